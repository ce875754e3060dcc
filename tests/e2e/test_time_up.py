"""Without a connection at the end, in the browser: a termination taken back, then the grace period."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.delivery import attempts, time_up
from exams.models import Answer, Attempt, JournalEntry
from exams.models.sitting import TimeUp
from proctor_site.kernel import clock
from tests.e2e.browsers import Console, open_page
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

ASK = "document.dispatchEvent(new CustomEvent('attempt:check'))"


@pytest.fixture
def attempt(institution: Institution, candidate: User) -> Attempt:
    exam = make_exam(institution, kinds=("single_choice", "true_false"))
    return make_attempt(enrol(make_sitting(exam, time_up=TimeUp.GRACE, grace_minutes=30), candidate))


@pytest.fixture
def page(
    asgi_server: str,
    browser: Callable[..., Browser],
    browser_of: Callable[[User], Client],
    console: Console,
    attempt: Attempt,
) -> Page:
    """The exam page of the attempt."""
    console.allow("WebSocket")
    console.allow("Failed to load resource")
    with within(attempt.institution):
        cookie = browser_of(attempt.enrolment.candidate).cookies[settings.SESSION_COOKIE_NAME].value
    context, opened = open_page(browser(), console)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
    opened.add_init_script("sessionStorage.setItem('proctor-device', 'device-1')")
    opened.goto(f"{asgi_server}/i/{attempt.institution.slug}/attempts/{attempt.pk}/exam/")
    return opened


def test_what_was_done_offline_counts(page: Page, attempt: Attempt) -> None:
    context, institution = page.context, attempt.institution
    # Written offline, then terminated: the page brings it as soon as it can, and reinstating counts it.
    page.get_by_label("Berlin").wait_for()
    context.set_offline(True)
    page.get_by_label("Berlin").check()
    expect(page.locator("#save-state")).to_have_attribute("data-status", "offline")
    with within(institution):
        attempts.terminate(attempt, actor=None, reason="Left the room")
    context.set_offline(False)
    page.evaluate(ASK)
    expect(page.locator("#end-dialog")).to_contain_text("counts it if the exam is opened again")
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("heading", name="Your exam was ended")).to_be_visible()
    with within(institution):
        attempts.reinstate(attempt, actor=None)
        attempts.resume(attempt, actor=None)
    page.reload()
    expect(page.get_by_label("Berlin")).to_be_checked()

    # The time runs out while the connection is gone; handing in is kept on this computer and sent later.
    context.set_offline(True)
    page.get_by_label("Vienna").check()
    with within(institution):
        now = clock.now()
        Attempt.objects.update(deadline_at=now)
    page.evaluate(
        "at => document.dispatchEvent(new CustomEvent('attempt:moved', { detail: { deadline_at: at } }))",
        now.isoformat(),
    )
    dialog = page.get_by_role("dialog", name="Time is up: hand in now")
    expect(dialog.locator("[data-grace-time]")).to_contain_text("29:")
    dialog.get_by_role("button", name="Hand in my exam").click()
    expect(page.get_by_role("dialog", name="Handed in on this computer")).to_be_visible()
    with within(institution), clock.at(now + timedelta(minutes=31)):
        time_up.end_by_clock(Attempt.objects.get())
        assert Attempt.objects.get().state == states.ABANDONED
    context.set_offline(False)
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("heading", name="Your exam is handed in")).to_be_visible()
    with within(institution):
        found = Attempt.objects.get()
        assert (found.state, found.ended_by) == (states.SUBMITTED, "candidate")
        assert Answer.objects.get(attempt=found).value == "a"
        assert [entry.is_late for entry in JournalEntry.objects.order_by("sequence")] == [True, True]
