"""Live video through a real Janus: first picture, the large one, a restart amid the exam, the end."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import pytest
from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.delivery import attempts
from proctoring.evidence import store
from proctoring.meetings import admission, live_recordings
from proctoring.meetings.providers.janus_api import talk
from proctoring.models import Consent, EvidenceItem, Incident, LiveWatch, Policy
from proctoring.models.evidence import EvidenceKind
from tests import media
from tests.capture import RED, frame, give_consent, scripted  # noqa: F401
from tests.e2e.browsers import Console, open_page
from tests.e2e.test_live_video import _LOOPBACK, LONG_MS, wait_for_picture
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session
from tests.janus_server import JanusServer, run_janus


@pytest.fixture
def janus(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[JanusServer]:
    for server in run_janus(tmp_path_factory.mktemp("janus")):
        server.choose(settings)
        settings.JANUS_RECORDINGS = str(server.recordings)
        policy = configured.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        connect = [*policy["connect-src"], server.ws_url]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "connect-src": connect}}
        yield server


def people_in() -> list[dict[str, Any]]:
    """Who is in the rooms of Janus."""
    with talk() as said:
        rooms = said.ask("list", admin_key=configured.JANUS_ADMIN_KEY)["list"]
        return [
            each
            for found in rooms
            for each in said.ask("listparticipants", room=found["room"])["participants"]
        ]


def pieces_of(incident: Incident) -> list[list[int]]:
    """What was kept of recordings of live video, after the sweep: how wide the pictures of each are."""
    live_recordings.collect()
    with within(incident.institution):
        items = list(EvidenceItem.objects.filter(incident=incident, kind=EvidenceKind.LIVE_VIDEO))
        store.flush()
        films = [av.open(io.BytesIO(store.read(each))) for each in items]
    return [[frame.width for frame in film.decode(video=0)] for film in films]


@pytest.mark.usefixtures("scripted")
def test_janus_carries_the_picture_and_may_be_restarted(
    janus: JanusServer,
    asgi_server: str,
    institution: Institution,
    candidate: User,
    proctor: User,
    browser: Callable[..., Browser],
    browser_of: Callable[[User], Client],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    console: Console,
) -> None:
    sitting = make_sitting(make_exam(institution, kinds=("essay",)), proctors=[proctor])
    attempt = make_attempt(enrol(sitting, candidate))
    session = make_session(attempt)
    give_consent(session)
    Consent._base_manager.update(live_video=True, live_recording=True)
    Policy(institution=institution, name="Recorded", is_default=True, record_live=True).save()
    opened = browser(camera=media.write_mjpeg(tmp_path / "one.mjpeg", [frame(RED)] * 4), arguments=_LOOPBACK)

    def enter(user: User, address: str, **options: Any) -> Page:
        context, page = open_page(opened, console, **options)
        cookie = browser_of(user).cookies[configured.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
        page.add_init_script("sessionStorage.setItem('proctor-device', 'device-1')")
        page.goto(f"{asgi_server}/i/{institution.slug}/{address}")
        return page

    page = enter(candidate, f"attempts/{attempt.pk}/exam/")
    wall = enter(proctor, f"watch/{sitting.pk}/")
    badge, label = page.locator("[data-live-badge]"), wall.locator(".tile-live-state")
    expect(page.locator("[data-picture-state]")).to_have_text("being sent and looked at", timeout=LONG_MS)
    wall.get_by_role("button", name="Live pictures").click()
    first = wait_for_picture(wall, "video.tile-live")
    expect(badge).to_have_text("A proctor is watching live; it is recorded")

    janus.stop()
    expect(label).to_have_text("no live video", timeout=LONG_MS)
    janus.start()
    again = wait_for_picture(wall, "video.tile-live")
    expect(page.locator("[data-picture-state]")).to_have_text("being sent and looked at")
    print(f"first picture {first:.0f} ms; after the restart {again:.0f} ms")

    wall.locator(".tile-name a").click()
    wall.get_by_role("button", name="Watch live").click()
    large = wait_for_picture(wall, ".live-large video", wide=640)
    print(f"large picture {large:.0f} ms")
    expect(wall.locator("#details-dialog [data-live-state]")).to_have_text("Live. It is recorded.")
    monkeypatch.setattr(live_recordings, "SETTLED_AFTER", timedelta(0))
    monkeypatch.setattr(live_recordings, "CUT_OFF_AFTER", timedelta(0))
    incident = make_incident(session)
    with within(institution):
        attempts.terminate(attempt, actor=proctor, reason="Noise")
    expect(wall.locator("#details-dialog [data-live-state]")).to_contain_text("ended", timeout=LONG_MS)
    admission.settle()
    assert people_in() == []
    *before, after = pieces_of(incident)  # a killed Janus may have written nothing yet
    assert max(after) == 640 and all(max(each) == 320 for each in before), "as large as it was watched"
    watch = LiveWatch._base_manager.latest("pk")
    assert watch.ended_by == "attempt_ended" and watch.is_large
