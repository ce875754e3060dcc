"""Forward-only questions and timed parts in the browser: going on, coming back, time out, no network."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Answer, Attempt, Section, SectionQuestion, SectionRun
from proctor_site.kernel import clock
from tests.factories.exams import enrol, make_attempt, make_exam, make_question, make_sitting

Open = Callable[[Attempt], Page]


def answers(attempt: Attempt) -> dict[int, object]:
    with within(attempt.institution):
        return dict(Answer.objects.filter(attempt=attempt).values_list("item__position", "value"))


def test_forward_only_questions(open_exam: Open, institution: Institution, candidate: User) -> None:
    exam = make_exam(institution, kinds=("single_choice", "true_false", "essay"), navigation="forward")
    attempt = make_attempt(enrol(make_sitting(exam), candidate))
    page = open_exam(attempt)
    expect(page.locator(".question:visible h2")).to_have_text("Question 1 of 3")
    assert page.locator(".question").count() == 1
    page.get_by_label("Berlin").check()
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".question:visible h2")).to_have_text("Question 2 of 3")
    assert answers(attempt) == {1: "b"}
    expect(page.get_by_role("button", name="Question 1, answered, closed")).to_be_disabled()
    # Without an answer it asks first; without a network it stays and says so.
    page.get_by_role("button", name="Next").click()
    dialog = page.get_by_role("dialog", name="Go on without an answer?")
    page.context.set_offline(True)
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The server cannot be reached")
    page.context.set_offline(False)
    dialog.get_by_role("button", name="Go on").click()
    expect(page.locator(".question:visible h2")).to_have_text("Question 3 of 3")
    page.get_by_label("Your text").fill("At the end.")
    page.reload()
    expect(page.locator(".question:visible h2")).to_have_text("Question 3 of 3")
    expect(page.get_by_label("Your text")).to_have_value("At the end.")
    expect(page.get_by_role("button", name="Next")).to_be_hidden()


def test_parts_with_a_time_limit(open_exam: Open, institution: Institution, candidate: User) -> None:
    exam = make_exam(institution, kinds=("single_choice", "short_answer"), minutes=10)
    with within(institution):
        second = Section.objects.create(
            institution=institution, exam=exam, title="Part two", position=2, minutes=5
        )
        question = make_question(institution, "true_false")
        SectionQuestion.objects.create(institution=institution, section=second, question=question)
    attempt = make_attempt(enrol(make_sitting(exam), candidate))
    page = open_exam(attempt)
    expect(page.get_by_role("heading", name="Part one", level=2)).to_be_visible()
    page.get_by_role("button", name="Begin this part").click()
    expect(page.locator(".question:visible h2")).to_have_text("Question 1 of 3")
    expect(page.locator("[data-part-clock]")).to_have_text("10:00")
    page.get_by_label("Vienna").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Your answer, a few words").fill("Wien")
    # The time of the part runs out: what was written arrives, and the next part can be begun.
    with within(institution):
        SectionRun.objects.update(opened_at=clock.now() - timedelta(minutes=10) + timedelta(seconds=4))
    page.reload()
    expect(page.get_by_role("dialog", name="The time for this part is over")).to_be_visible()
    expect(page.get_by_role("heading", name="Part two", level=2)).to_be_visible()
    assert answers(attempt) == {1: "a", 2: "Wien"}
    expect(page.locator("#part-clock")).to_be_hidden()
    page.get_by_role("button", name="Begin this part").click()
    expect(page.locator(".question:visible h2")).to_have_text("Question 3 of 3")
    expect(page.locator("[data-part-clock]")).to_have_text("05:00")
    page.get_by_role("button", name="Finish this part").click()
    dialog = page.get_by_role("dialog", name="Finish this part?")
    expect(dialog).to_contain_text("You have answered 0 of 1 questions here.")
    dialog.get_by_role("button", name="Finish this part").click()
    expect(page.get_by_role("heading", name="Final check")).to_be_visible()
    expect(page.get_by_role("button", name="Back to the questions")).to_be_hidden()
    expect(page.locator("#final-check")).to_contain_text("Question 3 (closed)")
