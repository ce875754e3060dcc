"""Announcements in the browser: seen at once, without moving or taking anything from who is typing."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.delivery import announcements, attempts
from exams.models import Announcement, Attempt
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.papers import items

PUSHED_MS = 10_000
"""Sooner than a page asks by itself."""


def test_an_announcement_is_seen_at_once_and_read_anywhere(
    open_exam: Callable[[Attempt], Page], institution: Institution, candidate: User, officer: User
) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(institution, kinds=("essay",))), candidate))
    sitting = attempt.enrolment.sitting
    page = open_exam(attempt)
    essay, dock = page.locator(".question textarea"), page.locator("[data-dock]")
    essay.press_sequentially("One ")
    place = essay.bounding_box()

    with within(institution):
        first = announcements.announce(sitting, actor=officer, text="Paper is\nallowed.")
    expect(dock).to_contain_text("Paper is\nallowed.", timeout=PUSHED_MS)
    expect(page.locator("[data-speech]")).to_have_text("Announcement: Paper is allowed.")
    page.keyboard.type("two")
    expect(essay).to_have_value("One two")
    assert essay.bounding_box() == place

    with within(institution):
        attempt.refresh_from_db()
        attempts.pause(attempt, actor=officer, reason="Noise")
        announcements.correct(first, actor=officer, text="Paper is not allowed.")
    expect(page.locator("#pause-dialog [data-dock]")).to_contain_text("Paper is not allowed.")
    dock.get_by_role("button", name="I have read this").click()
    expect(dock).to_be_hidden()
    with within(institution):
        attempts.resume(attempt, actor=officer)
    expect(page.locator("#pause-dialog")).to_be_hidden()

    page.context.set_offline(True)
    with within(institution):
        question = items(attempt)[0].version.question
        announcements.announce(sitting, actor=officer, text="Of this question", question=question)
    page.context.set_offline(False)
    expect(dock).to_contain_text("Of this question")
    expect(page.locator(".clarification")).to_have_count(0)  # nothing moves before it was read
    with page.expect_response("**/acknowledge/"):
        dock.get_by_role("button", name="I have read this").click()
    expect(page.locator(".clarification")).to_contain_text("Of this question")
    with within(institution):
        for each in Announcement.objects.filter(replaced_by=None):
            assert each.acknowledgements.filter(attempt=attempt).count() == 1

    page.reload()
    expect(page.locator(".announcement")).to_have_count(3)
    expect(page.locator(".clarification")).to_contain_text("Of this question")
    expect(dock).to_be_hidden()
