"""Going on in a paper over the API: own attempts only, bad input named, the answer is what is open now."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Attempt
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

Api = Callable[..., APIClient]
DEVICE = {"device": "device-1"}


@pytest.fixture
def attempt(institution: Institution, candidate: User) -> Attempt:
    exam = make_exam(institution, kinds=("single_choice", "true_false"), navigation="forward", minutes=10)
    return make_attempt(enrol(make_sitting(exam), candidate))


def url(attempt: Attempt, tail: str) -> str:
    return f"/api/v1/attempts/{attempt.pk}/{tail}"


def ids(attempt: Attempt) -> tuple[int, int, int]:
    with within(attempt.institution):
        first, second = attempt.paper.order_by("position")
    return first.section_id, first.pk, second.pk


def test_a_paper_from_part_to_part(attempt: Attempt, candidate: User, api_of: Api) -> None:
    client = api_of(candidate)
    section, first, second = ids(attempt)
    assert client.get(url(attempt, "paper/")).json()["next_section"] == section
    opened = client.post(url(attempt, f"sections/{section}/open/"), DEVICE).json()
    assert [item["access"] for item in opened["sections"][0]["items"]] == ["open", "ahead"]
    assert opened["sections"][0]["deadline_at"] is not None
    left = client.post(url(attempt, "leave/"), {**DEVICE, "item": first}).json()
    assert [item["access"] for item in left["sections"][0]["items"]] == ["closed", "open"]
    change = {"client_sequence": 1, "item": first, "value": "a", "client_at": "2026-11-23T10:00:00Z"}
    refused = client.post(url(attempt, "answers/"), {**DEVICE, "changes": [change]}).json()["refused"]
    assert [(each["code"], each["field"]) for each in refused] == [("question_left", "item")]
    closed = client.post(url(attempt, f"sections/{section}/close/"), DEVICE).json()
    assert [item["access"] for item in closed["sections"][0]["items"]] == ["closed", "closed"]
    assert (closed["next_section"], closed["in_order"]) == (None, True)
    again = client.post(url(attempt, f"sections/{section}/open/"), DEVICE)
    assert (again.status_code, again.json()["code"]) == (409, "section_closed")
    assert client.post(url(attempt, "leave/"), {**DEVICE, "item": second}).json()["code"] == "section_closed"


@pytest.mark.parametrize("item", [None, "1", True, 0, -1, 2**63, 1.5, [1], {"id": 1}, 999_999])
def test_a_question_that_is_none(attempt: Attempt, candidate: User, api_of: Api, item: Any) -> None:
    answer = api_of(candidate).post(url(attempt, "leave/"), {**DEVICE, "item": item})
    assert (answer.status_code, answer.json()["field"]) == (400, "item")


@pytest.mark.parametrize("device", [None, "", "two words", "x" * 65])
def test_a_device_that_is_none(attempt: Attempt, candidate: User, api_of: Api, device: Any) -> None:
    section, first, _ = ids(attempt)
    for tail, body in (
        ("leave/", {"item": first}),
        (f"sections/{section}/open/", {}),
        (f"sections/{section}/close/", {}),
    ):
        answer = api_of(candidate).post(url(attempt, tail), {**body, "device": device})
        assert (answer.status_code, answer.json()["field"]) == (400, "device")


def test_a_section_of_another_exam(
    attempt: Attempt, candidate: User, other_institution: Institution, foreign_candidate: User, api_of: Api
) -> None:
    exam = make_exam(other_institution, minutes=5)
    foreign = make_attempt(enrol(make_sitting(exam), foreign_candidate))
    section, _, _ = ids(foreign)
    for section_id in (section, 10**18, 10**30):
        answer = api_of(candidate).post(url(attempt, f"sections/{section_id}/open/"), DEVICE)
        assert (answer.status_code, answer.json()["code"]) == (400, "not_on_paper")
    assert api_of(candidate).post(url(foreign, f"sections/{section}/open/"), DEVICE).status_code == 404


def test_the_page_part_holds_only_what_is_open(attempt: Attempt, candidate: User, browser_of: Any) -> None:
    client = browser_of(candidate)
    page = f"/i/{attempt.institution.slug}/attempts/{attempt.pk}/questions/"
    section, first, second = ids(attempt)
    text = client.get(page).content.decode()
    assert "Begin this part" in text
    assert '<section class="question card"' not in text
    client.post(url(attempt, f"sections/{section}/open/"), DEVICE, content_type="application/json")
    text = client.get(page).content.decode()
    assert f'data-item="{first}"' in text
    assert f'data-item="{second}"' not in text
    assert "What is the answer to question" in text
