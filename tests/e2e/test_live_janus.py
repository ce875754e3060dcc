"""Live video through a real Janus: first picture, the large one, a restart amid the exam, the end."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import av
import pytest
from django.conf import settings as configured
from playwright.sync_api import Browser, Page, expect

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.delivery import attempts
from proctoring.evidence import store
from proctoring.meetings import admission, live_recordings
from proctoring.meetings.providers.janus_api import talk
from proctoring.models import EvidenceItem, Incident, LiveWatch, Policy
from proctoring.models.evidence import EvidenceKind
from tests.capture import give_consent, scripted  # noqa: F401
from tests.e2e.test_live_video import LONG_MS, wait_for_picture
from tests.e2e.test_screen_share import NAMED, enter_as, share_the_whole, sharing_browser  # noqa: F401
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


def sendings_recorded(janus: JanusServer) -> set[tuple[str, str]]:
    """Of what anything was written down: the room, and "s" for a shared screen."""
    named = re.compile(r".*\.(attempt-[\w-]+)\.\w+-user-[\w-]+\.(s?)\d+x.*")
    found = [named.fullmatch(each.name) for each in janus.recordings.iterdir()]
    return {(each[1], each[2]) for each in found if each is not None}


@pytest.mark.usefixtures("scripted")
def test_janus_carries_the_picture_and_may_be_restarted(
    janus: JanusServer,
    institution: Institution,
    candidate: User,
    proctor: User,
    sharing: Callable[[str], Browser],
    enter: Callable[[Browser, User, str], Page],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sitting = make_sitting(make_exam(institution, kinds=("essay",)), proctors=[proctor])
    attempt = make_attempt(enrol(sitting, candidate))
    session = make_session(attempt)
    agreed = {"live_recording": True, "screen": True, "screen_seconds": 2, "looked_for": NAMED}
    give_consent(session, live_video=True, **agreed)
    asked = {"record_live": True, "screen": "required", "screen_seconds": 2}
    Policy(institution=institution, name="Recorded", is_default=True, **asked).save()
    opened = sharing("monitor")

    page = enter(opened, candidate, f"attempts/{attempt.pk}/exam/")
    wall = enter(opened, proctor, f"watch/{sitting.pk}/")
    badge, label = page.locator("[data-live-badge]"), wall.locator(".tile-live-state")
    expect(page.locator("[data-picture-state]")).to_have_text("being sent and looked at", timeout=LONG_MS)
    share_the_whole(page)
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
    large = wait_for_picture(wall, ".live-large:not(.live-screen) video", wide=640)
    screen = wait_for_picture(wall, "[data-live-screen] video", wide=1280)
    print(f"large picture {large:.0f} ms, screen {screen:.0f} ms")
    expect(wall.locator("#details-dialog [data-live-state]")).to_have_text("Live. It is recorded.")
    page.get_by_role("button", name="Stop sharing").click()
    expect(wall.locator("[data-live-screen]")).to_be_hidden(timeout=LONG_MS)
    assert sendings_recorded(janus) == {(f"attempt-{attempt.pk}", "")}, "never that of the screen"
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
