"""Live video between two browsers: first picture, the large one, reloads of both sides, pause and end."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.delivery import attempts
from proctoring.identity import consent
from proctoring.models import Consent, LiveWatch
from tests import media
from tests.capture import RED, frame, give_consent, scripted  # noqa: F401
from tests.e2e.browsers import Console, Listener, open_page
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session

LONG_MS = 40_000
# Where there is no network but the loopback, browsers offer no way over it by themselves.
_LOOPBACK = ["--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns"]


def wait_for_picture(page: Page, selector: str, *, wide: int = 1) -> float:
    """Milliseconds until the video shows a picture of at least that many pixels' width."""
    began = time.monotonic()
    video = page.locator(selector)
    video.wait_for(state="visible", timeout=LONG_MS)
    # Not wait_for_function: it evaluates text in the page, which the page's policy forbids.
    while not video.evaluate("(video, wide) => video.videoWidth >= wide && video.currentTime > 0", wide):
        assert time.monotonic() - began < LONG_MS / 1000, "no picture came"
        page.wait_for_timeout(20)
    return (time.monotonic() - began) * 1000


@pytest.mark.usefixtures("scripted")
def test_a_proctor_watches_live_and_the_candidate_knows(
    asgi_server: str,
    institution: Institution,
    candidate: User,
    proctor: User,
    browser: Callable[..., Browser],
    browser_of: Callable[[User], Client],
    tmp_path: Path,
    console: Console,
) -> None:
    sitting = make_sitting(make_exam(institution, kinds=("essay",)), proctors=[proctor])
    attempt = make_attempt(enrol(sitting, candidate))
    give_consent(make_session(attempt))
    Consent._base_manager.update(live_video=True)
    opened = browser(camera=media.write_mjpeg(tmp_path / "one.mjpeg", [frame(RED)] * 4), arguments=_LOOPBACK)

    def enter(user: User, address: str, **options: Any) -> Page:
        context, page = open_page(opened, console, **options)
        cookie = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
        page.add_init_script("sessionStorage.setItem('proctor-device', 'device-1')")
        page.goto(f"{asgi_server}/i/{institution.slug}/{address}")
        return page

    page = enter(candidate, f"attempts/{attempt.pk}/exam/")
    wall = enter(proctor, f"watch/{sitting.pk}/")
    badge, state = page.locator("[data-live-badge]"), page.locator("[data-live-state]")
    expect(state).to_have_text("nobody watches now")
    expect(page.locator("[data-picture-state]")).to_have_text("being sent and looked at", timeout=LONG_MS)

    wall.get_by_role("button", name="Live pictures").click()
    first = wait_for_picture(wall, "video.tile-live")
    expect(badge).to_have_text("A proctor is watching live")
    listener = Listener(wall, ".tile-live-state")
    page.reload()
    listener.wait_for(lambda said: said == "connecting")
    again = wait_for_picture(wall, "video.tile-live")
    wall.reload()
    reloaded = wait_for_picture(wall, "video.tile-live")
    print(
        f"first picture {first:.0f} ms; candidate reloaded {again:.0f} ms; proctor reloaded {reloaded:.0f} ms"
    )

    wall.locator(".tile-name a").click()
    wall.get_by_role("button", name="Watch live").click()
    wait_for_picture(wall, ".live-large video", wide=640)
    assert wall.locator(".live-large video").evaluate("(video) => video.muted")
    expect(wall.get_by_role("button", name="Turn sound on")).to_be_hidden()  # nobody agreed to sound
    with within(institution):
        attempts.pause(attempt, actor=proctor, reason="Noise")
    expect(wall.locator("#details-dialog [data-live-state]")).to_contain_text("paused", timeout=LONG_MS)
    with within(institution):
        consent.withdraw(attempt, candidate=candidate)
    expect(wall.locator("#details-dialog [data-live-state]")).to_contain_text("withdrew", timeout=LONG_MS)
    expect(badge).to_have_text("")
    with within(institution):
        watches = list(LiveWatch.objects.order_by("pk"))
    assert [each.ended_by for each in watches] == ["page_gone", "withdrawn"]
    assert [each.is_large for each in watches] == [False, True]
