"""The start page: visitors, candidates with and without exams, staff, and how many queries it takes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Institution, User
from accounts.roles import Role
from exams import states
from exams.delivery import queries
from exams.models import Enrolment
from exams.pages.steps import next_step
from proctor_site.kernel import clock
from tests.factories.accounts import add_role
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

BrowserOf = Callable[..., Client]


def enrolled(institution: Institution, user: User, *, opens_in: timedelta = timedelta(0)) -> Enrolment:
    opens = clock.now() + opens_in
    sitting = make_sitting(make_exam(institution), opens_at=opens, closes_at=opens + timedelta(hours=2))
    return enrol(sitting, user)


@pytest.mark.django_db
def test_visitors_see_what_this_is(browser_of: BrowserOf) -> None:
    answer = browser_of().get("/")
    assert answer.status_code == 200
    assert "accounts/landing.html" in [template.name for template in answer.templates]


def test_a_person_without_exams_is_told_so(stranger: User, browser_of: BrowserOf) -> None:
    text = browser_of(stranger).get("/").content.decode()
    assert "You are not enrolled for an exam at the moment." in text
    assert stranger.email in text


def test_own_sittings_of_all_institutions_and_no_others(
    institution: Institution,
    other_institution: Institution,
    candidate: User,
    second_candidate: User,
    browser_of: BrowserOf,
) -> None:
    add_role(candidate, other_institution, Role.CANDIDATE)
    own = [enrolled(institution, candidate), enrolled(other_institution, candidate)]
    foreign = enrolled(institution, second_candidate)
    text = browser_of(candidate).get("/").content.decode()
    assert [each.sitting.exam.title in text for each in own] == [True, True]
    assert foreign.sitting.exam.title not in text


@pytest.mark.parametrize(
    ("state", "label"),
    [
        (None, "Check in"),
        (states.SCHEDULED, "Check in"),
        (states.CHECKING_IN, "Continue check-in"),
        (states.READY, "Continue"),
        (states.IN_PROGRESS, "Continue the exam"),
        (states.PAUSED, "Continue the exam"),
        (states.SUBMITTED, "View receipt"),
        (states.TERMINATED, "See what happened"),
        (states.REFUSED, "See what happened"),
        (states.MISSED, "See what happened"),
    ],
)
def test_each_state_has_one_next_step(
    state: str | None, label: str, institution: Institution, candidate: User
) -> None:
    enrolment = enrolled(institution, candidate)
    if state is not None:
        make_attempt(enrolment, state=state)
    [row] = queries.sittings_of(candidate)
    step = next_step(row, clock.now())
    assert step.label == label
    assert step.opens is (state in (None, states.SCHEDULED))


@pytest.mark.parametrize(
    ("opens_in", "note"),
    [
        (timedelta(hours=2), "Nothing to do yet: check-in opens an hour before the exam."),
        (timedelta(hours=-5), "The time to start is over. If you had a reason, tell your exam office."),
    ],
)
def test_outside_the_window_there_is_no_button(
    opens_in: timedelta, note: str, institution: Institution, candidate: User
) -> None:
    enrolled(institution, candidate, opens_in=opens_in)
    [row] = queries.sittings_of(candidate)
    step = next_step(row, clock.now())
    assert (step.url, step.note) == ("", note)


def test_times_are_in_the_readers_zone_with_the_sittings_zone_named(
    institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    candidate.time_zone = "America/New_York"
    candidate.save(update_fields=["time_zone"])
    opens = datetime(2030, 7, 1, 8, 0, tzinfo=UTC)
    sitting = make_sitting(make_exam(institution), opens_at=opens, closes_at=opens + timedelta(hours=2))
    enrol(sitting, candidate)
    text = browser_of(candidate).get("/").content.decode()
    assert "Monday 1 July 2030, 04:00" in text
    assert "Monday 1 July, 10:00 at the exam’s place, Europe/Vienna" in text
    assert timezone.get_current_timezone_name() == "UTC"


def test_staff_find_their_work_by_role(
    institution: Institution, proctor: User, officer: User, candidate: User, browser_of: BrowserOf
) -> None:
    def links(user: User) -> list[str]:
        [desk] = browser_of(user).get("/").context["desks"] or [(None, [])]
        return [link["url"] for link in desk[1]]

    assert f"/i/{institution.slug}/watch/" in links(proctor)
    assert f"/i/{institution.slug}/members/" not in links(proctor)
    assert f"/i/{institution.slug}/members/" in links(officer)
    assert links(candidate) == []


def test_queries_do_not_grow_with_sittings(
    institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    client = browser_of(candidate)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/").status_code == 200
        return len(captured)

    make_attempt(enrolled(institution, candidate), state=states.READY)
    client.get("/")
    few = count()
    for _ in range(5):
        make_attempt(enrolled(institution, candidate), state=states.READY)
    assert count() == few
