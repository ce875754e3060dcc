"""An agreement withdrawn during an exam: capture ends at once, a person is told, and the exam goes on."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Route, expect

from accounts.models import Institution, User
from accounts.tenancy import within
from proctoring.analysis import recent
from proctoring.models import Consent, LiveEvent
from tests import media
from tests.capture import RED, frame, give_consent, scripted  # noqa: F401
from tests.e2e.browsers import Console, open_page
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session

LONG_MS = 40_000
TRACKS = """video => (video.srcObject?.getTracks() ?? []).filter(each => each.readyState === "live").length"""


@pytest.mark.usefixtures("scripted")
def test_capture_ends_at_once_and_the_exam_goes_on(
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
    session = make_session(attempt)
    give_consent(session)
    opened = browser(camera=media.write_mjpeg(tmp_path / "one.mjpeg", [frame(RED)] * 4))
    context, page = open_page(opened, console)
    cookie = browser_of(candidate).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
    page.goto(f"{asgi_server}/i/{institution.slug}/attempts/{attempt.pk}/exam/")
    page.get_by_role("button", name="Continue here").click()
    expect(page.locator("[data-camera-state]")).to_have_text("on", timeout=LONG_MS)
    video = page.locator("[data-self-view] video")
    picture = video.element_handle()
    assert picture is not None
    stream = picture.evaluate_handle("video => video.srcObject")
    page.wait_for_timeout(3_000)

    # The line is down at that moment: the camera goes off all the same, and the wish can be sent again.
    def refuse(route: Route) -> None:
        route.abort()

    console.allow("net::ERR_FAILED")
    page.route("**/consent/", refuse)
    page.get_by_role("button", name="Withdraw my agreement").click()
    began = time.monotonic()
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.locator("#withdraw-dialog [data-dialog-problem]")).to_contain_text("did not reach")
    live = stream.evaluate("each => each.getTracks().filter(one => one.readyState === 'live').length")
    off_after = time.monotonic() - began
    assert live == 0
    assert off_after < 5
    page.unroute("**/consent/")
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_text("A proctor has been told")).to_be_visible()
    expect(page.locator("[data-face-compared]")).to_have_text("no")
    print(f"\ntracks stopped and said so {off_after:.2f} s after the press")

    with within(institution):
        assert Consent.objects.filter(session=session, withdrawn_at=None).count() == 0
        told = LiveEvent.objects.filter(attempt=attempt, kind="camera.changed").latest("pk")
        assert told.payload["state"] == "withdrawn"
    assert recent.load(session.pk).last_sequence == -1, "nothing of the last seconds is left"
    page.wait_for_timeout(5_000)
    assert recent.load(session.pk).last_sequence == -1, "and nothing came any more"
    with within(institution):
        attempt.refresh_from_db()
        assert attempt.state == "in_progress"
    page.reload()
    expect(page.get_by_text("You withdrew your agreement")).to_be_visible()
