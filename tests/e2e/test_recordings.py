"""The microphone in a browser: another voice reaches the proctor, outages cost nothing, a no is a no."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.delivery import attempts
from proctor_site.kernel import clock
from proctoring.analysis import heard
from proctoring.models import Incident, MonitoringSession, Policy
from tests import media
from tests.capture import RED, frame, scripted  # noqa: F401
from tests.e2e.browsers import Console, open_page
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session
from tests.recordings import ANNA, BEN, agree_to_sound, listening, recording  # noqa: F401

PIECE_S = 3
SECONDS = 40_000
# What cancels noise takes pure tones for noise.
PLAIN_SOUND = (
    "const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
    "navigator.mediaDevices.getUserMedia = (wishes) => get({ ...wishes, audio: Boolean(wishes.audio) && "
    "{ echoCancellation: false, noiseSuppression: false, autoGainControl: false } });"
)
KEPT_NOTHING = """() => new Promise((resolve) => {
  indexedDB.open("proctor-clips").onsuccess = ({ target: { result: database } }) => {
    const request = database.transaction("sounds").objectStore("sounds").count();
    request.onsuccess = () => resolve(request.result === 0);
  };
})"""


@pytest.mark.usefixtures("scripted", "listening")
def test_another_voice_an_outage_and_a_pause(
    asgi_server: str,
    institution: Institution,
    candidate: User,
    proctor: User,
    browser: Callable[..., Browser],
    browser_of: Callable[[User], Client],
    tmp_path: Path,
    console: Console,
) -> None:
    console.allow("WebSocket")
    console.allow("Failed to load resource")
    sitting = make_sitting(make_exam(institution, kinds=("essay",)), proctors=[proctor])
    attempt = make_attempt(enrol(sitting, candidate))
    session = make_session(attempt, started_at=clock.now() - timedelta(seconds=5))
    with within(institution):
        agree_to_sound(session)
        Policy.objects.update(clip_seconds=PIECE_S)
    sound = tmp_path / "two.wav"
    sound.write_bytes(recording((0.0, 1.0, ANNA), (1.0, 2.0, BEN), seconds=2))
    opened = browser(
        camera=media.write_mjpeg(tmp_path / "one.mjpeg", [frame(RED)] * 4),
        arguments=[f"--use-file-for-fake-audio-capture={sound}"],
    )

    def enter(user: User, address: str) -> Page:
        context, page = open_page(opened, console)
        cookie = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
        page.add_init_script(PLAIN_SOUND)
        page.add_init_script("sessionStorage.setItem('proctor-device', 'device-1')")
        page.goto(f"{asgi_server}/i/{institution.slug}/{address}")
        return page

    wall = enter(proctor, f"watch/{sitting.pk}/")
    page = enter(candidate, f"attempts/{attempt.pk}/exam/")
    answers: list[dict[str, Any]] = []
    page.on("response", lambda each: "/clips/" in each.url and answers.append(each.json()))

    fate = page.locator("[data-sound-state]")
    expect(wall.get_by_role("list", name="Incidents")).to_contain_text(
        "Another voice was heard", timeout=SECONDS
    )
    page.context.set_offline(True)
    expect(fate).to_contain_text("kept here", timeout=SECONDS)
    page.wait_for_timeout((PIECE_S + 1) * 1000)
    page.context.set_offline(False)
    expect(fate).to_have_text(f"recorded in pieces of {PIECE_S} s", timeout=SECONDS)
    with within(institution):
        attempt.refresh_from_db()
        attempts.pause(attempt, actor=proctor, reason="Noise")
    expect(fate).to_have_text("not recorded while the exam is paused")
    page.wait_for_timeout(PIECE_S * 1000)

    number = _numbers_without_a_gap(answers, session)
    with within(institution):
        # The pause may have cut the last piece before the second voice.
        assert Incident.objects.get(kind="another_voice").count >= number - 1
        attempts.resume(attempt, actor=proctor)
    _nothing_is_kept_after_withdrawal(page)


def _nothing_is_kept_after_withdrawal(page: Page) -> None:
    fate = page.locator("[data-sound-state]")
    expect(fate).to_have_text(f"recorded in pieces of {PIECE_S} s")
    page.context.route("**/clips/", lambda route: route.abort())
    expect(fate).to_contain_text("kept here", timeout=SECONDS)
    page.get_by_role("button", name="Withdraw my agreement").click()
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(fate).to_have_text("stopped: you withdrew your agreement")
    expect(page.locator("[data-microphone-state]")).to_have_text("off")
    page.wait_for_function(KEPT_NOTHING)


def _numbers_without_a_gap(answers: list[dict[str, Any]], session: MonitoringSession) -> int:
    """How many pieces were accepted: each number once, and after the outage the newest came first."""
    numbers = [each["sequence"] for each in answers if each["accepted"]]
    assert sorted(numbers) == list(range(len(numbers)))
    assert numbers != sorted(numbers)
    known = heard.load(session.pk)
    assert (known.missing, known.last_sequence) == (0, len(numbers) - 1)
    return len(numbers)
