"""The door to a sitting: it explains, opens the attempt once, and says why it stays shut."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.models import Attempt, Enrolment
from proctor_site.kernel import clock
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page, enrolment_page

BrowserOf = Callable[..., Client]


@pytest.fixture
def enrolment(institution: Institution, candidate: User) -> Enrolment:
    return enrol(make_sitting(make_exam(institution, title="Geography")), candidate)


def attempts_of(enrolment: Enrolment) -> list[Attempt]:
    with within(enrolment.institution):
        return list(enrolment.attempts.select_related("institution"))


def test_the_page_explains_and_changes_nothing(
    enrolment: Enrolment, candidate: User, browser_of: BrowserOf
) -> None:
    answer = browser_of(candidate).get(enrolment_page(enrolment))
    assert answer.status_code == 200
    assert "Geography" in answer.content.decode()
    assert attempts_of(enrolment) == []


def test_posting_opens_the_attempt_and_leads_to_check_in(
    enrolment: Enrolment, candidate: User, browser_of: BrowserOf
) -> None:
    answer = browser_of(candidate).post(enrolment_page(enrolment))
    [attempt] = attempts_of(enrolment)
    assert attempt.state == states.SCHEDULED
    assert answer["Location"] == attempt_page(attempt, "check-in")


def test_posting_again_continues_the_same_attempt(
    enrolment: Enrolment, candidate: User, browser_of: BrowserOf
) -> None:
    attempt = make_attempt(enrolment, state=states.PAUSED)
    answer = browser_of(candidate).post(enrolment_page(enrolment))
    assert answer["Location"] == attempt_page(attempt, "exam")
    assert [each.pk for each in attempts_of(enrolment)] == [attempt.pk]


@pytest.mark.parametrize(
    ("opens_in", "words"),
    [
        (timedelta(hours=3), "Check-in opens on"),
        (timedelta(hours=-9), "The exam could be started until"),
    ],
)
def test_outside_the_window_the_page_says_when(
    opens_in: timedelta,
    words: str,
    institution: Institution,
    candidate: User,
    browser_of: BrowserOf,
) -> None:
    opens = clock.now() + opens_in
    sitting = make_sitting(make_exam(institution), opens_at=opens, closes_at=opens + timedelta(hours=2))
    shut = enrol(sitting, candidate)
    answer = browser_of(candidate).post(enrolment_page(shut))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert attempts_of(shut) == []


def test_a_withdrawn_enrolment_is_not_found(
    enrolment: Enrolment, candidate: User, browser_of: BrowserOf
) -> None:
    enrolment.withdrawn_at = clock.now()
    enrolment.save(update_fields=["withdrawn_at"])
    assert browser_of(candidate).get(enrolment_page(enrolment)).status_code == 404
    assert browser_of(candidate).post(enrolment_page(enrolment)).status_code == 404


@pytest.mark.parametrize(
    "who", ["second_candidate", "proctor", "officer", "stranger", "foreign_candidate", "foreign_proctor"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_others_find_no_door(
    method: str, who: str, enrolment: Enrolment, browser_of: BrowserOf, request: pytest.FixtureRequest
) -> None:
    client = browser_of(request.getfixturevalue(who))
    assert getattr(client, method)(enrolment_page(enrolment)).status_code == 404
    assert attempts_of(enrolment) == []


def test_posting_needs_the_csrf_token(enrolment: Enrolment, candidate: User, browser_of: BrowserOf) -> None:
    client = browser_of(candidate, enforce_csrf_checks=True)
    assert client.post(enrolment_page(enrolment)).status_code == 403
    assert attempts_of(enrolment) == []
