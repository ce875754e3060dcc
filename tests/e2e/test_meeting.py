"""A meeting of its own in two browsers: notice, waiting room, both pictures, a reload, letting out."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.models import Institution, User
from proctoring.models import MeetingStay
from tests.e2e.browsers import Console, open_page
from tests.factories.meetings import make_interview

LONG_MS = 40_000
_ARGUMENTS = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    # Where there is no network but the loopback, browsers offer no way over it by themselves.
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]
_PICTURE = """video => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
  canvas.getContext("2d").drawImage(video, 0, 0, 64, 48);
  return video.videoWidth ? canvas.toDataURL() : "";
}"""


def expect_moving(video: Locator) -> None:
    """The video shows a picture that changes."""
    expect(video).to_be_visible(timeout=LONG_MS)
    began, seen = time.monotonic(), set()
    while len(seen) < 3:
        assert time.monotonic() - began < LONG_MS / 1000, "the picture does not move"
        seen.update(filter(None, [video.evaluate(_PICTURE)]))
        video.page.wait_for_timeout(50)


def test_a_host_lets_a_candidate_in_and_out_and_both_see_each_other(
    asgi_server: str,
    institution: Institution,
    candidate: User,
    proctor: User,
    browser: Callable[..., Browser],
    browser_of: Callable[[User], Client],
    console: Console,
) -> None:
    meeting = make_interview(institution, proctor, candidate, title="Interview")
    opened = browser(arguments=_ARGUMENTS)

    def enter(user: User) -> Page:
        context, page = open_page(opened, console)
        cookie = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
        page.goto(f"{asgi_server}/i/{institution.slug}/meetings/{meeting.pk}/")
        return page

    page = enter(candidate)
    expect(page.get_by_text("Nothing that is said or shown is recorded")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on camera")).to_have_count(0)  # consent comes first
    page.get_by_role("button", name="I agree").click()
    _come_in(page, "Go to the waiting room")
    expect(page.get_by_role("heading", name="You are in the right place")).to_be_visible()

    host = enter(proctor)
    _come_in(host, "Join the meeting")
    host.get_by_role("button", name="Let Carla Candidate in").click()
    theirs, ours = page.locator(".meeting-tile video"), host.locator(".meeting-tile video")
    expect_moving(theirs)
    expect_moving(ours)
    expect(page.locator("[data-room-state]")).to_have_text("Connected.")

    host.get_by_role("button", name="Mute").click()
    expect(page.locator("[data-tile-state]")).to_have_text("muted")
    page.reload()
    expect_moving(theirs)
    expect_moving(ours)

    host.get_by_role("button", name="Let Carla Candidate out").click()
    expect(page.locator(".meeting-tile")).to_have_count(0)
    expect(page.locator("[data-room-state]")).to_contain_text("You were let out")
    expect(host.locator(".meeting-tile")).to_have_count(0)
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", name="You have left")).to_be_visible()
    expect(host.get_by_text("not here")).to_be_visible()
    _expect_stays()


def _come_in(page: Page, words: str) -> None:
    page.get_by_role("button", name="Turn on camera and microphone").click()
    expect(page.get_by_text("Your camera works")).to_be_visible(timeout=LONG_MS)
    page.get_by_role("button", name=words).click()


def _expect_stays() -> None:
    stays: Any = MeetingStay._base_manager.order_by("pk").select_related("participant")
    found = [(each.participant.part, each.ended_at is not None) for each in stays]
    assert found == [("candidate", True), ("host", False), ("candidate", True)]
