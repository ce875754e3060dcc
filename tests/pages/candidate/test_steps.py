"""Every state of an attempt leads its candidate to the right page, and nobody else to any."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Institution, User
from exams import states
from exams.models import Attempt
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page

BrowserOf = Callable[..., Client]

PAGE_OF = {
    states.SCHEDULED: "check-in",
    states.CHECKING_IN: "check-in",
    states.READY: "waiting",
    states.IN_PROGRESS: "exam",
    states.PAUSED: "exam",
    states.OVERDUE: "exam",
    states.SUBMITTED: "done",
    states.TERMINATED: "done",
    states.REFUSED: "done",
    states.MISSED: "done",
    states.ABANDONED: "done",
}
PAGES = ("check-in", "waiting", "exam", "done")


def attempt_in(state: str, institution: Institution, user: User) -> Attempt:
    return make_attempt(enrol(make_sitting(make_exam(institution)), user), state=state)


def test_every_state_is_covered() -> None:
    assert set(PAGE_OF) == set(states.STATES)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("state", states.STATES)
def test_a_page_shows_its_state_or_leads_to_the_right_one(
    state: str, page: str, institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    attempt = attempt_in(state, institution, candidate)
    answer = browser_of(candidate).get(attempt_page(attempt, page))
    if page == PAGE_OF[state]:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer["Location"]) == (302, attempt_page(attempt, PAGE_OF[state]))


@pytest.mark.parametrize("page", PAGES)
def test_no_page_is_kept_by_a_cache(
    page: str, institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    state = next(state for state, own in PAGE_OF.items() if own == page)
    answer = browser_of(candidate).get(attempt_page(attempt_in(state, institution, candidate), page))
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "who", ["second_candidate", "proctor", "officer", "stranger", "foreign_candidate", "foreign_proctor"]
)
def test_others_find_no_page(
    who: str,
    page: str,
    institution: Institution,
    candidate: User,
    browser_of: BrowserOf,
    request: pytest.FixtureRequest,
) -> None:
    state = next(state for state, own in PAGE_OF.items() if own == page)
    attempt = attempt_in(state, institution, candidate)
    answer = browser_of(request.getfixturevalue(who)).get(attempt_page(attempt, page))
    assert answer.status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_signed_out_people_are_asked_to_sign_in(
    page: str, institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    address = attempt_page(attempt_in(states.READY, institution, candidate), page)
    answer = browser_of().get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={address}")


def test_an_attempt_is_not_found_below_another_institution(
    institution: Institution, other_institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    from accounts.roles import Role
    from tests.factories.accounts import add_role

    attempt = attempt_in(states.READY, institution, candidate)
    add_role(candidate, other_institution, Role.CANDIDATE)
    answer = browser_of(candidate).get(f"/i/{other_institution.slug}/attempts/{attempt.pk}/waiting/")
    assert answer.status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_only_read(
    page: str, institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    attempt = attempt_in(states.READY, institution, candidate)
    assert browser_of(candidate).post(attempt_page(attempt, page)).status_code == 405
