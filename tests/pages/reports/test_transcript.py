"""The printable transcript: what is on it, who may read it, attempts that are not over, the audit entry."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from accounts.audit import stream_of
from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams.marking import releases
from exams.models import Answer, Attempt, Mark, QuestionVersion
from tests.factories.accounts import add_role
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.results import make_results

BrowserOf = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(institution: Institution) -> Attempt:
    sitting = make_results(institution, attempts=2, kinds=["single_choice", "true_false", "essay"])
    with within(institution):
        found = Attempt.objects.filter(enrolment__sitting=sitting).order_by("id").first()
        assert found is not None
        Answer.objects.filter(attempt=found, item__position=1).update(value="a")
        Answer.objects.filter(attempt=found, item__position=3).update(value="One <b>line</b>\nand another.")
        Mark.objects.filter(attempt=found).update(points=1)
        Mark.objects.filter(attempt=found, item__position=1).update(comment="Well <done>.")
        Mark.objects.filter(attempt=found, item__position=3).delete()
    return found


def address(attempt: Attempt, slug: str = "north-college") -> str:
    return f"/i/{slug}/reports/attempts/{attempt.pk}/transcript/"


def test_what_is_on_it(browser_of: BrowserOf, officer: User, attempt: Attempt) -> None:
    page = browser_of(officer).get(address(attempt)).content.decode()
    assert attempt.enrolment.candidate.email in page
    assert "2 of 3 points, 66.67 %: 1 answer is not marked yet" in page
    assert page.index("Question 1") < page.index("Question 2") < page.index("Question 3")
    assert "Vienna" in page and "1 of 1 points" in page
    assert "not marked yet, of 1 points" in page
    assert "One &lt;b&gt;line&lt;/b&gt;" in page and "Well &lt;done&gt;." in page
    assert "Europe/Vienna" in page


def test_a_question_left_out_by_a_regrade_says_so(
    browser_of: BrowserOf, officer: User, attempt: Attempt
) -> None:
    with within(attempt.institution):
        Mark.objects.filter(attempt=attempt, item__position=1).update(
            points=Decimal(0), possible=Decimal(0), ruling="left_out"
        )
    assert "does not count</p>" in browser_of(officer).get(address(attempt)).content.decode()


def test_each_reading_is_in_the_audit_log(browser_of: BrowserOf, officer: User, attempt: Attempt) -> None:
    browser_of(officer).get(address(attempt))
    with within(attempt.institution):
        entry = AuditEntry.objects.get(stream=stream_of(attempt), verb="attempt.transcript_read")
    assert entry.actor == officer


def test_an_attempt_that_is_not_over_has_none(
    browser_of: BrowserOf, officer: User, institution: Institution, candidate: User
) -> None:
    running = make_attempt(enrol(make_sitting(make_exam(institution)), candidate))
    page = browser_of(officer).get(address(running))
    assert page.status_code == 409
    assert "as soon as the attempt is over" in page.content.decode()


def test_others_are_refused(
    browser_of: BrowserOf, author: User, proctor: User, foreign_officer: User, attempt: Attempt
) -> None:
    assert browser_of(author).get(address(attempt)).status_code == 403
    assert browser_of(proctor).get(address(attempt)).status_code == 403
    assert browser_of(attempt.enrolment.candidate).get(address(attempt)).status_code == 404  # no member
    assert browser_of(foreign_officer).get(address(attempt)).status_code == 404
    assert browser_of(foreign_officer).get(address(attempt, "south-school")).status_code == 404


def own_address(attempt: Attempt) -> str:
    return f"/i/north-college/attempts/{attempt.pk}/transcript/"


@pytest.fixture
def sitter(attempt: Attempt) -> User:
    return add_role(attempt.enrolment.candidate, attempt.institution, Role.CANDIDATE)


def test_the_candidate_reads_the_own_one_once_results_are_released(
    browser_of: BrowserOf, officer: User, candidate: User, attempt: Attempt, sitter: User
) -> None:
    browser = browser_of(sitter)
    assert browser.get(own_address(attempt)).url.endswith(f"/attempts/{attempt.pk}/result/")
    with within(attempt.institution):
        sitting = attempt.enrolment.sitting
        releases.release(sitting, actor=officer, allow_unmarked=True)
    page = browser.get(own_address(attempt))
    assert page.status_code == 200
    assert "2 of 3 points" in page.content.decode()
    assert "Question 1" not in page.content.decode()  # the policy shows totals only
    with within(attempt.institution):
        shows = {"shows_total": True, "shows_marks": True, "shows_answers": True, "shows_comments": True}
        releases.set_policy(sitting.exam, actor=officer, not_before=None, **shows)
    page = browser.get(own_address(attempt)).content.decode()
    assert "Well &lt;done&gt;." in page and "Your answer" in page and "Right answer" not in page
    assert (
        own_address(attempt)
        in browser.get(f"/i/north-college/attempts/{attempt.pk}/result/").content.decode()
    )
    assert browser_of(candidate).get(own_address(attempt)).status_code == 404
    assert browser_of(officer).get(own_address(attempt)).status_code == 404


def test_after_a_regrade_the_key_is_the_one_the_marks_follow(
    browser_of: BrowserOf, officer: User, attempt: Attempt
) -> None:
    with within(attempt.institution):
        mark = Mark.objects.get(attempt=attempt, item__position=2)
        version = mark.item.version
        later = QuestionVersion.objects.create(
            institution=attempt.institution,
            question=version.question,
            number=2,
            stem=version.stem,
            content={"correct": False},
        )
        Mark.objects.filter(pk=mark.pk).update(key=later)
    page = browser_of(officer).get(address(attempt)).content.decode()
    assert ">False</dd>" in page[page.index("Question 2") : page.index("Question 3")]
