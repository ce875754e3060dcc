"""What a candidate's page asks of announcements, and how it acknowledges them."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.delivery import announcements
from exams.models import AnnouncementAcknowledgement, Attempt
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

Api = Callable[..., APIClient]


@pytest.fixture
def attempt(institution: Institution, candidate: User) -> Attempt:
    return make_attempt(enrol(make_sitting(make_exam(institution)), candidate))


@pytest.fixture
def announced(attempt: Attempt, officer: User) -> int:
    with within(attempt.institution):
        sitting = attempt.enrolment.sitting
        return announcements.announce(sitting, actor=officer, text="Line one\nline two").pk


def url(attempt: Attempt, tail: str = "") -> str:
    return f"/api/v1/attempts/{attempt.pk}/announcements/{tail}"


def test_the_list_says_what_is_unread(attempt: Attempt, announced: int, candidate: User, api_of: Api) -> None:
    [found] = api_of(candidate).get(url(attempt)).json()["announcements"]
    assert (found["id"], found["text"]) == (announced, "Line one\nline two")
    assert (found["standing"], found["unread"]) == ("in_force", True)
    assert (found["item"], found["position"], found["replaces"], found["withdrawn_at"]) == (None,) * 4


def test_acknowledging_twice_is_harmless(
    attempt: Attempt, announced: int, candidate: User, api_of: Api
) -> None:
    for _ in range(2):
        answer = api_of(candidate).post(url(attempt, f"{announced}/acknowledge/"))
        assert (answer.status_code, answer.json()["unread"]) == (200, False)
    with within(attempt.institution):
        assert AnnouncementAcknowledgement.objects.filter(attempt=attempt).count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"of_withdrawal": "yes"}, 400, "invalid"),
        ({"of_withdrawal": None}, 400, "invalid"),
        ({"of_withdrawal": True}, 409, "not_withdrawn"),
    ],
    ids=["text", "null", "not-withdrawn"],
)
def test_what_does_not_fit_is_refused(
    attempt: Attempt, announced: int, candidate: User, api_of: Api, body: Any, status: int, code: str
) -> None:
    answer = api_of(candidate).post(url(attempt, f"{announced}/acknowledge/"), body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_unknown_announcement_is_not_found(attempt: Attempt, candidate: User, api_of: Api) -> None:
    for number in (999_999, 10**30):
        assert api_of(candidate).post(url(attempt, f"{number}/acknowledge/")).status_code == 404
