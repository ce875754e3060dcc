"""An interview of a case in two browsers: offered, agreed, prepared, notes beside the room, written down."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states as attempt_states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring import states
from proctoring.models import Interview
from tests.e2e.browsers import Console, open_page
from tests.factories.cases import make_case
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.interviews import slot_in
from tests.papers import items, save

ESSAY = "Short waves are scattered most, so the sky looks blue from everywhere but the sun. " * 5


def make_read_case(institution: Institution, candidate: User, reviewer: User) -> tuple[Attempt, int]:
    """A handed-in attempt with an essay, and the number of its case, read once by the reviewer."""
    exam = make_exam(institution, kinds=["single_choice", "essay"], title="Optics")
    attempt = make_attempt(enrol(make_sitting(exam), candidate))
    with within(institution):
        save(attempt, 1, items(attempt)[1], ESSAY, device=attempt.device)
    Attempt._base_manager.filter(pk=attempt.pk).update(state=attempt_states.SUBMITTED, ended_at=clock.now())
    attempt.refresh_from_db()
    case = make_case(attempt, state=states.CASE_FIRST_READ, readers=(reviewer,))
    return attempt, case.pk


def let_time_come() -> None:
    """The agreed time is now."""
    Interview._base_manager.update(begins_at=clock.now() - timedelta(minutes=30))


def test_an_interview_from_the_offer_to_what_came_of_it(
    asgi_server: str,
    institution: Institution,
    candidate: User,
    reviewer: User,
    browser: Callable[..., Browser],
    browser_of: Callable[[User], Client],
    console: Console,
) -> None:
    attempt, case = make_read_case(institution, candidate, reviewer)
    opened = browser()

    def enter(user: User, path: str) -> Page:
        context, page = open_page(opened, console)
        cookie = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
        page.goto(f"{asgi_server}{path}")
        return page

    host = enter(reviewer, f"/admin/proctoring/case/{case}/change/")
    host.get_by_role("link", name="Offer an interview").click()
    host.get_by_label("Why, for the candidate").fill("How you came to your text about the sky.")
    time = slot_in(2).astimezone(ZoneInfo(institution.time_zone))
    host.get_by_label("First time").fill(f"{time:%Y-%m-%dT%H:%M}")
    host.get_by_role("button", name="Offer the interview").click()
    expect(host.get_by_text("offered, not answered yet").first).to_be_visible()

    page = enter(candidate, f"/i/{institution.slug}/my-record/{attempt.pk}/")
    page.get_by_role("link", name="Read and answer").click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Take this time").click()
    page.get_by_role("button", name="Yes, I come").click()
    expect(page.get_by_role("link", name="Go to the meeting")).to_be_visible()

    host.reload()
    host.get_by_role("button", name="Put it on the sheet").click()
    host.get_by_label("A question of your own").fill("What is a wave?")
    host.get_by_role("button", name="Add it").click()
    host.locator("[data-question]").nth(1).focus()
    host.keyboard.press("Alt+ArrowUp")
    expect(host.locator(".interview-asks").first).to_contain_text("What is a wave?")
    host.get_by_role("link", name="Open the room").click()
    notes = host.get_by_label("Notes to question 1")
    notes.fill("A swing that travels.")
    expect(host.get_by_text("Kept at")).to_be_visible()
    host.reload()
    expect(notes).to_have_value("A swing that travels.")

    let_time_come()
    host.get_by_role("link", name="Write down what came of it").click()
    host.get_by_label("Fits the candidate’s own work").check()
    host.get_by_label("Reasons, for the candidate").fill("Every step was explained.")
    host.get_by_label("I have looked through the notes").check()
    host.get_by_role("button", name="Write it down").click()
    expect(host.get_by_text("held", exact=True).first).to_be_visible()
    page.goto(f"{asgi_server}/i/{institution.slug}/my-record/{attempt.pk}/")
    expect(page.get_by_text("Took place", exact=True)).to_be_visible()
    expect(page.get_by_text("Every step was explained.")).to_have_count(0)  # nothing is released yet
