"""When capture cannot begin or stops, the candidate's page and the proctor's page both say so."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Institution, User
from exams.models import Attempt, Sitting
from tests import media
from tests.capture import RED, frame, give_consent, scripted  # noqa: F401
from tests.e2e.browsers import Console, open_page
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session

pytestmark = pytest.mark.usefixtures("scripted")
LONG_MS = 40_000
_FAKE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


@pytest.fixture
def sitting(institution: Institution, proctor: User) -> Sitting:
    return make_sitting(make_exam(institution, kinds=("essay",)), proctors=[proctor])


@pytest.fixture
def attempt(sitting: Sitting, candidate: User) -> Attempt:
    made = make_attempt(enrol(sitting, candidate))
    give_consent(make_session(made))
    return made


@pytest.fixture
def enter(
    asgi_server: str, institution: Institution, browser_of: Callable[[User], Client], console: Console
) -> Callable[..., Page]:
    """A page of the institution, opened in that browser as that person."""

    def open_it(opened: Browser, user: User, address: str) -> Page:
        context, page = open_page(opened, console)
        cookie = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
        page.add_init_script("sessionStorage.setItem('proctor-device', 'device-1')")
        page.goto(f"{asgi_server}/i/{institution.slug}/{address}")
        return page

    return open_it


@pytest.mark.parametrize(
    ("flags", "below", "above"),
    [
        (["--use-fake-ui-for-media-stream=deny", _FAKE[1]], "Camera not allowed", "camera not allowed"),
        ([_FAKE[0], f"{_FAKE[1]}=device-count=0"], "Camera not found", "no camera"),
    ],
    ids=["denied", "missing"],
)
def test_a_camera_that_cannot_be_used_is_seen_by_both(
    enter: Callable[..., Page],
    browser: Callable[..., Browser],
    attempt: Attempt,
    sitting: Sitting,
    proctor: User,
    flags: list[str],
    below: str,
    above: str,
) -> None:
    page = enter(browser(arguments=flags), attempt.enrolment.candidate, f"attempts/{attempt.pk}/exam/")
    wall = enter(browser(), proctor, f"watch/{sitting.pk}/")
    expect(page.locator("[data-watch-text]")).to_have_text(below)
    expect(page.get_by_role("button", name="Start the camera again")).to_be_visible()
    expect(wall.locator("[data-tile]")).to_contain_text(above)
    page.locator(".question textarea").fill("Without a camera I can still write")
    expect(page.locator("#save-state")).to_contain_text("Saved")


def test_a_frozen_candidate_is_seen_within_seconds_and_comes_back(
    enter: Callable[..., Page],
    browser: Callable[..., Browser],
    attempt: Attempt,
    sitting: Sitting,
    proctor: User,
    tmp_path: Path,
) -> None:
    frozen = browser(camera=media.write_mjpeg(tmp_path / "one.mjpeg", [frame(RED)] * 4))
    page = enter(frozen, attempt.enrolment.candidate, f"attempts/{attempt.pk}/exam/")
    wall = enter(browser(), proctor, f"watch/{sitting.pk}/")
    tile = wall.locator("[data-tile]")
    expect(page.locator("[data-program-state]")).to_have_text("looks at each picture", timeout=LONG_MS)
    expect(tile.locator("[data-slot=connection]")).to_contain_text("connected, ", timeout=LONG_MS)
    with stopped(processes_of(frozen)):
        began = time.monotonic()
        expect(tile).to_contain_text("no sign", timeout=LONG_MS)
        print(f"a frozen candidate is told of after {time.monotonic() - began:.1f} s")
    expect(tile.locator("[data-slot=connection]")).to_contain_text("connected, ", timeout=LONG_MS)
    expect(page.locator("[data-program-state]")).to_have_text("looks at each picture", timeout=LONG_MS)


def processes_of(opened: Browser) -> list[int]:
    """All processes of a browser, the main one first."""
    session = opened.new_browser_cdp_session()
    found: dict[str, Any] = session.send("SystemInfo.getProcessInfo")
    session.detach()
    return [int(each["id"]) for each in found["processInfo"]]


@contextmanager
def stopped(processes: list[int]) -> Iterator[None]:
    """The processes do nothing for a while: a computer that hangs, though its connections look open."""
    for each in processes:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in processes:
            os.kill(each, signal.SIGCONT)
