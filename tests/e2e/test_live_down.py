"""A media server that does not answer: the proctor's page says so, and the candidate works on undisturbed."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Institution, User
from proctoring.models import Consent, LiveWatch
from tests import media
from tests.capture import RED, frame, give_consent, scripted  # noqa: F401
from tests.deepgram_server import closed_port
from tests.e2e.browsers import Console, open_page
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session


@pytest.mark.usefixtures("scripted")
def test_a_media_server_that_is_down_is_said_and_disturbs_nobody(
    asgi_server: str,
    institution: Institution,
    candidate: User,
    proctor: User,
    browser: Callable[..., Browser],
    browser_of: Callable[[User], Client],
    tmp_path: Path,
    console: Console,
    settings: Any,
) -> None:
    settings.LIVE_PROVIDER, settings.LIVEKIT_URL = "livekit", f"ws://127.0.0.1:{closed_port()}"
    settings.LIVEKIT_KEY, settings.LIVEKIT_SECRET = "key", "a-secret-of-at-least-thirty-two-letters"
    sitting = make_sitting(make_exam(institution, kinds=("essay",)), proctors=[proctor])
    attempt = make_attempt(enrol(sitting, candidate))
    give_consent(make_session(attempt))
    Consent._base_manager.update(live_video=True)
    opened = browser(camera=media.write_mjpeg(tmp_path / "one.mjpeg", [frame(RED)] * 4))

    def enter(user: User, address: str, **options: Any) -> Page:
        context, page = open_page(opened, console, **options)
        cookie = browser_of(user).cookies[site.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": site.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
        page.add_init_script("sessionStorage.setItem('proctor-device', 'device-1')")
        page.goto(f"{asgi_server}/i/{institution.slug}/{address}")
        return page

    page = enter(candidate, f"attempts/{attempt.pk}/exam/")
    expect(page.locator("[data-picture-state]")).to_have_text("being sent and looked at", timeout=40_000)
    wall = enter(proctor, f"watch/{sitting.pk}/")
    wall.get_by_role("button", name="Live pictures").click()
    expect(wall.locator("#live-news")).to_contain_text("Live video is not available now; trying again at")
    expect(wall.locator(".tile-live-state").first).to_have_text("no live video")
    page.get_by_role("textbox", name="Your text").fill("Saved all the same.")
    expect(page.locator("[data-live-state]")).to_have_text("nobody watches now")
    until = time.monotonic() + 20  # while the page tries again there is one for a moment
    while LiveWatch._base_manager.exists():
        assert time.monotonic() < until, "nobody has seen anything"
        page.wait_for_timeout(50)
