"""Practice as a candidate and the office see it: marked on every page, repeated, deleted on request."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tenancy import within
from exams import states
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.marking import hand_in
from tests.pages.candidate.addresses import attempt_page, enrolment_page

BrowserOf = Callable[..., Client]
BAND = "This is not the exam itself and counts nowhere"


@pytest.fixture
def practice(institution: Any) -> Sitting:
    return make_sitting(make_exam(institution, kinds=("true_false",), title="Geography"), is_practice=True)


@pytest.mark.parametrize(
    ("state", "page"),
    [
        (states.SCHEDULED, "check-in"),
        (states.READY, "waiting"),
        (states.IN_PROGRESS, "exam"),
        (states.SUBMITTED, "done"),
        (states.SUBMITTED, "result"),
        (states.SUBMITTED, "throw-away"),
    ],
    ids=lambda value: str(value),
)
def test_every_page_of_the_candidate_says_practice(
    practice: Sitting, candidate: User, browser_of: BrowserOf, state: str, page: str
) -> None:
    attempt = make_attempt(enrol(practice, candidate), state=state)
    answer = browser_of(candidate).get(attempt_page(attempt, page))
    assert answer.status_code == 200
    assert BAND in answer.content.decode()
    assert "deleted 7 days after the end" in answer.content.decode()
    assert "<title>Practice: " in answer.content.decode()


def test_the_dashboard_offers_to_practise_again_and_the_page_lists_what_was_practised(
    practice: Sitting, candidate: User, browser_of: BrowserOf
) -> None:
    done = hand_in(practice, candidate, true_false=True)
    client = browser_of(candidate)
    home = client.get("/").content.decode()
    assert "Practise again" in home
    assert "See your result" in home
    address = enrolment_page(done.enrolment)
    page = client.get(address).content.decode()
    assert BAND in page
    assert attempt_page(done, "done") in page
    answer = client.post(address)
    with within(practice.institution):
        newest = Attempt.objects.order_by("-id")[0]
    assert newest.pk != done.pk
    assert answer.headers["Location"] == attempt_page(newest, "check-in")


def test_after_the_window_only_the_end_is_left(
    practice: Sitting, candidate: User, browser_of: BrowserOf
) -> None:
    done = hand_in(practice, candidate, true_false=True)
    past = clock.now() - timedelta(minutes=1)
    with within(practice.institution):
        Sitting.objects.update(closes_at=past)
    client = browser_of(candidate)
    for address in ("/", attempt_page(done, "done")):
        assert "Practise again" not in client.get(address).content.decode()


def test_the_candidate_deletes_the_data_after_confirming(
    practice: Sitting, candidate: User, second_candidate: User, browser_of: BrowserOf
) -> None:
    done = hand_in(practice, candidate, true_false=True)
    address, client = attempt_page(done, "throw-away"), browser_of(candidate)
    assert browser_of(second_candidate).post(address).status_code == 404
    assert address in client.get(attempt_page(done, "done")).content.decode()
    assert "Delete your practice data?" in client.get(address).content.decode()
    done.refresh_from_db()
    assert done.thrown_away_at is None, "asking deletes nothing"
    answer = client.post(address, follow=True)
    assert "Your practice data is deleted" in answer.content.decode()
    done.refresh_from_db()
    assert done.thrown_away_at is not None
    with within(practice.institution):
        assert not done.paper.exists()
    page = client.get(attempt_page(done, "result")).content.decode()
    assert "its result with it" in page


def test_a_running_practice_is_not_deleted(practice: Sitting, candidate: User, browser_of: BrowserOf) -> None:
    running = make_attempt(enrol(practice, candidate))
    answer = browser_of(candidate).post(attempt_page(running, "throw-away"))
    assert answer.status_code == 409
    assert "Hand in first" in answer.content.decode()


def test_there_is_no_transcript_and_no_office_result_of_practice(
    practice: Sitting, candidate: User, officer: User, browser_of: BrowserOf
) -> None:
    done = hand_in(practice, candidate, true_false=True)
    own = browser_of(candidate).get(attempt_page(done, "transcript"))
    assert own.headers["Location"] == attempt_page(done, "result")
    client, here = browser_of(officer), f"/i/{practice.institution.slug}"
    for address in (
        f"{here}/results/{practice.pk}/",
        f"{here}/results/attempts/{done.pk}/",
        f"{here}/marking/new/{practice.pk}/",
        f"{here}/reports/sittings/{practice.pk}/",
        f"{here}/reports/sittings/{practice.pk}/export/",
        f"{here}/reports/attempts/{done.pk}/transcript/",
        f"{here}/watch/{practice.pk}/",
    ):
        assert client.get(address).status_code == 404, address
    for address in (f"{here}/results/", f"{here}/reports/", f"{here}/watch/"):
        assert practice.title not in client.get(address).content.decode(), address
