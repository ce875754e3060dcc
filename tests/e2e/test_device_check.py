"""The device check in a browser: live advice for camera and microphone, and neither holds anybody up."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from proctoring.identity import consent, notice
from proctoring.models import ReferenceFace
from tests import media
from tests.capture import BLUE, RED, frame, scripted  # noqa: F401
from tests.e2e.browsers import Console, open_page
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page


@pytest.mark.usefixtures("scripted")
def test_what_camera_and_microphone_need_is_told_live(
    transactional_db: None,
    institution: Institution,
    candidate: User,
    live_server: LiveServer,
    browser: Callable[..., Browser],
    browser_of: Callable[[User], Client],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Sync Playwright keeps an event loop in this thread, which only waits while a test reads the database.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    attempt = make_attempt(enrol(make_sitting(make_exam(institution)), candidate), state=states.CHECKING_IN)
    with within(institution):
        read = notice.for_attempt(attempt).version
        consent.give(attempt, candidate=candidate, notice=read, camera=True, face_comparison=True)
    cookie = settings.SESSION_COOKIE_NAME
    value = browser_of(candidate).cookies[cookie].value
    clip = media.write_mjpeg(tmp_path / "two.mjpeg", [frame(RED, BLUE)] * 4)
    console = Console(allowed=["WebSocket", "Failed to load resource"])
    context, page = open_page(browser(camera=clip), console)
    context.add_cookies([{"name": cookie, "value": value, "url": live_server.url}])

    page.goto(live_server.url + attempt_page(attempt, "check-in"))

    advice = page.locator("[data-look-advice]")
    expect(advice).to_contain_text("please be alone")
    expect(page.locator('[data-mark="alone"]')).to_have_text("! Only you: needs attention")
    expect(page.locator('[data-mark="light"]')).to_have_text("✓ Enough light: good")
    page.get_by_role("button", name="Check the microphone").click()
    microphone = page.locator('[data-check="microphone"]')
    expect(microphone).to_have_attribute("data-state", "good")  # the fake one beeps
    expect(microphone.get_by_role("meter", name="Loudness")).to_be_visible()
    page.get_by_role("button", name="Pause live advice").press("Enter")
    expect(advice).to_have_text("Live advice is paused. Nothing is sent.")
    with within(institution):
        assert not ReferenceFace.objects.exists()
    console.assert_clean()
