"""Waiting: working time with allowances. The end: what happened, in words, and the receipt."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.bank.paper import draw_paper
from exams.delivery import attempts
from exams.models import Allowance, Answer, Attempt, Enrolment
from exams.models.sitting import TimeUp
from proctor_site.kernel import clock
from proctoring import supervision
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page

BrowserOf = Callable[..., Client]


@pytest.fixture
def enrolment(institution: Institution, candidate: User, proctor: User) -> Enrolment:
    return enrol(make_sitting(make_exam(institution), proctors=[proctor]), candidate)


def page(attempt: Attempt, step: str, user: User, browser_of: BrowserOf) -> str:
    answer = browser_of(user).get(attempt_page(attempt, step))
    assert answer.status_code == 200
    return answer.content.decode()


def test_extra_time_is_said_but_never_why(
    enrolment: Enrolment, candidate: User, browser_of: BrowserOf
) -> None:
    with within(enrolment.institution):
        Allowance.objects.create(
            institution=enrolment.institution,
            enrolment=enrolment,
            extra_minutes=5,
            factor=Decimal("1.25"),
            reason="dyslexia",
        )
    text = page(make_attempt(enrolment, state=states.READY), "waiting", candidate, browser_of)
    assert "80 minutes, 20 of them extra time for you" in text
    assert "dyslexia" not in text


def test_without_allowance_the_working_time_is_the_sittings(
    enrolment: Enrolment, candidate: User, browser_of: BrowserOf
) -> None:
    text = page(make_attempt(enrolment, state=states.READY), "waiting", candidate, browser_of)
    assert "60 minutes. It begins when you choose" in text


@pytest.mark.parametrize(
    ("ended_by", "words"),
    [
        ("candidate", "You have handed in your exam."),
        ("clock", "The time was over, so what you had written was handed in by itself."),
        ("proctor", "A proctor has handed in your exam."),
    ],
)
def test_who_handed_in_is_said(
    ended_by: str, words: str, enrolment: Enrolment, candidate: User, browser_of: BrowserOf
) -> None:
    attempt = make_attempt(enrolment, state=states.SUBMITTED, ended_by=ended_by)
    assert words in page(attempt, "done", candidate, browser_of)


def test_the_receipt_names_what_has_arrived(
    enrolment: Enrolment, candidate: User, browser_of: BrowserOf
) -> None:
    attempt = make_attempt(enrolment, state=states.SUBMITTED, journal_length=7, journal_hash="ab" * 32)
    with within(enrolment.institution):
        first, second = attempt.paper.all()
        common = {"institution": enrolment.institution, "attempt": attempt, "saved_at": clock.now()}
        Answer.objects.create(item=first, value="a", **common)
        Answer.objects.create(item=second, value=None, flagged=True, **common)
    text = page(attempt, "done", candidate, browser_of)
    assert "1 of 2 questions" in text
    assert "<dd>7</dd>" in text
    assert "ab" * 32 in text
    assert f'href="/api/v1/attempts/{attempt.pk}/receipt/"' in text


def test_a_termination_shows_the_reason_and_no_result(
    enrolment: Enrolment, candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    attempt = make_attempt(enrolment)
    with within(enrolment.institution):
        supervision.terminate(attempt, proctor=proctor, reason="Somebody else sat down <b>")
    text = page(attempt, "done", candidate, browser_of)
    assert "Reason: Somebody else sat down &lt;b&gt;" in text
    assert "reinstated.js" in text


def test_after_a_reinstatement_the_page_leads_back(
    enrolment: Enrolment, candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    attempt = make_attempt(enrolment)
    with within(enrolment.institution):
        supervision.terminate(attempt, proctor=proctor, reason="By mistake")
        supervision.reinstate(attempt, proctor=proctor)
    answer = browser_of(candidate).get(attempt_page(attempt, "done"))
    assert (answer.status_code, answer["Location"]) == (302, attempt_page(attempt, "exam"))


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        (states.MISSED, "This exam was missed"),
        (states.REFUSED, "You were not let in"),
        (states.ABANDONED, "Your exam was not handed in"),
    ],
)
def test_other_ends_have_words_of_their_own(
    state: str, heading: str, enrolment: Enrolment, candidate: User, browser_of: BrowserOf
) -> None:
    assert heading in page(make_attempt(enrolment, state=state), "done", candidate, browser_of)


def test_parts_with_limits_and_forward_only_ones_are_announced(
    institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    exam = make_exam(institution, minutes=20, navigation="forward")
    attempt = make_attempt(enrol(make_sitting(exam, duration_minutes=60), candidate), state=states.READY)
    with within(institution):
        draw_paper(attempt)
        Allowance.objects.create(institution=institution, enrolment=attempt.enrolment, factor="1.5")
    text = browser_of(candidate).get(attempt_page(attempt, "waiting")).content.decode()
    assert "Part one: 30 minutes from when you begin it" in text
    assert "In “Part one” you can only go forward" in text


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (TimeUp.AUTO_SUBMIT, "what you have written is handed in by itself"),
        (TimeUp.GRACE, "and have 7 minutes to hand in"),
        (TimeUp.ABANDON, "what is not handed in by then is recorded as not handed in"),
    ],
)
def test_what_happens_when_the_time_is_up_is_said_before_and_while_working(
    rule: TimeUp, words: str, institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    sitting = make_sitting(make_exam(institution), time_up=rule, grace_minutes=7)
    attempt = make_attempt(enrol(sitting, candidate), state=states.READY)
    assert words in page(attempt, "waiting", candidate, browser_of)
    with within(institution):
        attempts.start(attempt, actor=candidate, device="tab")
    text = page(attempt, "exam", candidate, browser_of)
    assert f'data-time-up="{rule}" data-grace="7"' in text
    assert (words in text) == (rule != TimeUp.AUTO_SUBMIT)
