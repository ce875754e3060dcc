"""The whole screen in browsers: shared, filmed around an incident, seen live, ended; a window is refused."""

import re
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
from proctor_site.kernel import clock
from proctoring.browser.events import BrowserKind
from proctoring.incidents import services
from proctoring.incidents.decisions import OpenIncident
from proctoring.live import presence
from proctoring.models import EvidenceItem, LiveEvent, MonitoringSession, Policy
from proctoring.observations import ObservationKind, Severity
from tests import media
from tests.capture import RED, frame, give_consent, scripted  # noqa: F401
from tests.e2e.browsers import Console, open_page
from tests.e2e.test_live_video import _LOOPBACK, LONG_MS, wait_for_picture
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session

WITHOUT_HINT = """() => {
  // The fake screen follows the hint to share a monitor, as people need not.
  const get = navigator.mediaDevices.getDisplayMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getDisplayMedia = () => get({ video: true });
}"""
NAMED = [BrowserKind.SCREEN_SHARE_STOPPED.value]


@pytest.fixture(name="sharing")
def sharing_browser(browser: Callable[..., Browser], tmp_path: Path) -> Callable[[str], Browser]:
    """A browser with a painted camera that shares, when asked, a "monitor" or a "window"."""
    camera = media.write_mjpeg(tmp_path / "one.mjpeg", [frame(RED)] * 4)

    def start(surface: str) -> Browser:
        fake = f"--use-fake-device-for-media-stream=display-media-type={surface}"
        files = f"--use-file-for-fake-video-capture={camera}"
        return browser(arguments=[*_LOOPBACK, "--use-fake-ui-for-media-stream", fake, files])

    return start


def open_phone_incident(session: Any) -> None:
    now = clock.now().timestamp()
    decision = OpenIncident(
        kind=ObservationKind.PHONE,
        severity=Severity.HIGH,
        confidence=0.9,
        count=2,
        explanation="A phone was seen.",
        measurements={},
        started_at=now - 2,
        last_seen_at=now,
    )
    with within(session.institution):
        services.record(session, [decision], engine="test", frames=None)


@pytest.fixture
def session(institution: Institution, candidate: User, proctor: User) -> MonitoringSession:
    """An exam that requires the screen, every two seconds and filmed; the candidate has agreed."""
    sitting = make_sitting(make_exam(institution, kinds=("essay",)), proctors=[proctor])
    made = make_session(
        make_attempt(enrol(sitting, candidate)), started_at=clock.now() - timedelta(seconds=5)
    )
    with within(institution):
        Policy.objects.create(
            institution=institution,
            name="Screen",
            is_default=True,
            screen="required",
            screen_seconds=2,
            screen_clips=True,
        )
    agreed = {"screen": True, "screen_seconds": 2, "screen_clips": True, "looked_for": NAMED}
    give_consent(made, live_video=True, **agreed)
    return made


@pytest.fixture(name="enter")
def enter_as(
    asgi_server: str, institution: Institution, browser_of: Callable[[User], Client], console: Console
) -> Callable[[Browser, User, str], Page]:
    """Opens a page of the institution as somebody."""

    def open_it(opened: Browser, user: User, address: str) -> Page:
        context, page = open_page(opened, console)
        cookie = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
        page.add_init_script("sessionStorage.setItem('proctor-device', 'device-1')")
        page.goto(f"{asgi_server}/i/{institution.slug}/{address}")
        return page

    return open_it


def share_the_whole(page: Page) -> None:
    """Shares by the banner; the first picture reaches the server."""
    banner = page.locator("#screen-banner")
    expect(banner).to_be_visible(timeout=LONG_MS)
    with page.expect_response(lambda each: "/screens/" in each.url, timeout=LONG_MS) as sent:
        banner.get_by_role("button", name="Share my whole screen").click()
        expect(page.locator("[data-screen-state]")).to_have_text("shared")
    assert sent.value.json()["accepted"], sent.value.text()
    expect(banner).to_be_hidden()
    expect(page.locator("[data-screen-preview]")).to_be_visible()


@pytest.mark.usefixtures("scripted")
def test_a_shared_screen_is_seen_kept_around_incidents_and_missed_when_it_ends(
    session: MonitoringSession,
    candidate: User,
    proctor: User,
    sharing: Callable[[str], Browser],
    enter: Callable[[Browser, User, str], Page],
) -> None:
    whole, exam = sharing("monitor"), f"attempts/{session.attempt_id}/exam/"
    page, wall = enter(whole, candidate, exam), enter(whole, proctor, f"watch/{session.sitting_id}/")
    share_the_whole(page)

    wall.locator(".tile-name a").click()
    wall.get_by_role("button", name="Watch live").click()
    live = wait_for_picture(wall, "[data-live-screen] video", wide=1280)
    print(f"screen live at the proctor after {live:.0f} ms")
    expect(wall.locator("#details-dialog")).to_contain_text("Shared since")

    with page.expect_response(lambda each: "/screen-clips/" in each.url, timeout=LONG_MS) as film:
        open_phone_incident(session)
    assert film.value.json()["accepted"], film.value.text()
    kinds = EvidenceItem._base_manager.values_list("kind", flat=True)
    assert {"screen", "screen_clip"} <= set(kinds)
    expect(wall.locator(".entry-screen img").first).to_have_attribute("alt", re.compile("Screen of "))

    page.get_by_role("button", name="Stop sharing").click()
    expect(page.locator("#screen-banner")).to_be_visible()
    expect(wall.locator("[data-live-screen]")).to_be_hidden(timeout=LONG_MS)
    told = LiveEvent._base_manager.filter(kind="screen.changed").order_by("pk")
    assert [event.payload["state"] for event in told][-2:] == ["ok", "ended"]
    page.context.close()

    part = enter(sharing("window"), candidate, exam)
    part.evaluate(WITHOUT_HINT)
    part.get_by_role("button", name="Share my whole screen").click()
    expect(part.locator("[data-screen-problem]")).to_contain_text("a window or a tab, not the whole screen")
    expect(part.locator("[data-screen-state]")).to_have_text("not shared")
    part.wait_for_timeout(300)
    assert presence.read(session.attempt_id or 0).screen == "window"
