"""A private call between two browsers: accepted, heard on both sides, recorded; and nobody else is rung."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Attempt
from proctoring.ingest import call_joining
from proctoring.models import Call, EvidenceItem, Policy
from tests.capture import give_consent, scripted  # noqa: F401
from tests.e2e.browsers import Console, Listener, open_page
from tests.e2e.test_live_video import _LOOPBACK, LONG_MS
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session
from tests.recordings import listening  # noqa: F401

_LOUDEST = """async (audio) => {
    const context = new AudioContext();
    await context.resume();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(audio.srcObject).connect(analyser);
    const heard = new Float32Array(analyser.fftSize);
    let loudest = 0;
    for (let tries = 0; tries < 100 && loudest < 0.01; tries += 1) {
        await new Promise((done) => setTimeout(done, 50));
        analyser.getFloatTimeDomainData(heard);
        loudest = Math.max(loudest, ...heard.map(Math.abs));
    }
    await context.close();
    return loudest;
}"""


def loudness(page: Page) -> float:
    """The loudest sample of what the other side sends, within five seconds, until something is heard."""
    return float(page.locator("[data-call-audio]").evaluate(_LOUDEST))


def record_calls_with(attempt: Attempt, other: Attempt) -> None:
    """The policy says so; the notice of the first said so, the other chose no camera."""
    own = attempt.institution
    with within(own):
        Policy.objects.create(institution=own, name="Recorded", is_default=True, record_calls=True)
    give_consent(make_session(other), camera=False, face_comparison=False)
    give_consent(make_session(attempt), face_comparison=False, call_recording=True)


def assert_kept_and_played(wall: Page, call: Call, candidate: User) -> None:
    """Both sides are in one recording, which the panel plays."""
    for _ in range(300):  # the last piece is under way, and whoever joins first has it
        call.refresh_from_db()
        if call.recording_closed_at is not None or call_joining.finish_due():
            break
        wall.wait_for_timeout(100)
    else:
        pytest.fail(f"not joined; all sent at {call.recording_sent_at}, ended at {call.ended_at}")
    with within(call.institution):
        [item] = EvidenceItem.objects.filter(call=call)
    assert call.seconds is not None and abs(item.about["seconds"] - call.seconds) < 3
    assert max(item.about["peaks"]) > 100, "the browser's false microphones beep"
    wall.locator("a[data-act=details]", has_text=str(candidate)).click()
    player = wall.locator("clip-player")
    player.get_by_role("button", name="Play").click()
    expect(player.locator("[data-slot=time]")).not_to_contain_text("0:00 of", timeout=LONG_MS)


@pytest.mark.usefixtures("scripted", "listening")
def test_a_private_call_is_heard_on_both_sides_and_by_nobody_else(
    asgi_server: str,
    institution: Institution,
    candidate: User,
    second_candidate: User,
    proctor: User,
    browser: Callable[..., Browser],
    browser_of: Callable[[User], Client],
    console: Console,
) -> None:
    sitting = make_sitting(make_exam(institution, kinds=("essay",)), proctors=[proctor])
    attempt, other = (make_attempt(enrol(sitting, each)) for each in (candidate, second_candidate))
    record_calls_with(attempt, other)
    # The browser's own false microphone beeps once a second.
    opened = browser(
        arguments=[*_LOOPBACK, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    )

    def enter(user: User, address: str, **options: Any) -> Page:
        context, page = open_page(opened, console, **options)
        cookie = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
        page.add_init_script("sessionStorage.setItem('proctor-device', 'device-1')")
        page.goto(f"{asgi_server}/i/{institution.slug}/{address}")
        return page

    bystander = enter(second_candidate, f"attempts/{other.pk}/exam/")
    heard_there: list[str] = []
    bystander.on(
        "websocket", lambda line: line.on("framereceived", lambda frame: heard_there.append(str(frame)))
    )
    bystander.reload()
    page = enter(candidate, f"attempts/{attempt.pk}/exam/")
    wall = enter(proctor, f"watch/{sitting.pk}/")
    wall.locator("a[data-act=details]", has_text=str(candidate)).click()
    wall.get_by_role("button", name="Call by video").click()
    dock = page.locator("#call-dock")
    expect(dock).to_contain_text(f"Your proctor {proctor} wants to speak with you", timeout=LONG_MS)
    expect(dock.get_by_text("This call is recorded")).to_be_visible()
    dock.get_by_role("button", name="Accept with my picture").click()
    expect(dock.locator("[data-call-state]")).to_have_text("Connected.", timeout=LONG_MS)
    bar = wall.locator("#call-bar")
    expect(bar.locator("[data-call-state]")).to_have_text("Connected.", timeout=LONG_MS)
    expect(bar.locator("video")).to_be_visible()
    assert loudness(page) > 0.01 and loudness(wall) > 0.01
    expect(bar.locator("[data-call-recording]")).to_have_text("The sound of this call is being recorded.")

    listener = Listener(wall, "#call-bar [data-call-state]")
    page.reload()
    listener.wait_for(lambda said: said != "Connected.")
    expect(bar.locator("[data-call-state]")).to_have_text("Connected.", timeout=LONG_MS)
    wall.keyboard.press("Escape")  # the panel closes, the call does not
    bar.get_by_role("button", name="End the call").click()
    expect(dock).to_contain_text("Your proctor has ended the call.")
    expect(bar).to_contain_text("You have ended the call.")
    [call] = Call._base_manager.all()
    assert (call.state, call.ended_by) == ("ended", "proctor")
    assert_kept_and_played(wall, call, candidate)
    expect(bystander.locator("#call-dock")).to_be_hidden()
    assert heard_there and not [each for each in heard_there if '"call' in each]
