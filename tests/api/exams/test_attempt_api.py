"""The candidate's API on an attempt: owner only, CSRF, limits, and the shapes of the contract."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Institution, Membership, User
from accounts.roles import Role
from accounts.tenancy import within
from exams import states
from exams.delivery.receipts import verify_receipt
from exams.models import Answer, Attempt, JournalEntry, Sitting
from proctor_site.kernel import clock
from tests.factories.accounts import add_role
from tests.factories.exams import CONTENT, enrol, make_attempt, make_exam, make_sitting

KINDS = tuple(CONTENT)
CALLS = [
    ("get", "", None),
    ("get", "paper/", None),
    ("get", "receipt/", None),
    ("post", "start/", {"device": "device-1"}),
    ("post", "answers/", {"device": "device-1", "changes": []}),
    ("post", "take-over/", {"device": "phone"}),
    ("post", "submit/", {"device": "device-1"}),
]
Api = Callable[..., APIClient]


@pytest.fixture
def attempt(institution: Institution, candidate: User, proctor: User) -> Attempt:
    sitting = make_sitting(make_exam(institution, kinds=KINDS, shuffle_options=True), proctors=[proctor])
    return make_attempt(enrol(sitting, candidate))


def url(attempt: Attempt, tail: str = "") -> str:
    return f"/api/v1/attempts/{attempt.pk}/{tail}"


def rows(attempt: Attempt) -> tuple[Any, ...]:
    with within(attempt.institution):
        return (
            Attempt.objects.filter(pk=attempt.pk).values().get(),
            JournalEntry.objects.count(),
            Answer.objects.count(),
        )


def item_of(attempt: Attempt, kind: str) -> int:
    with within(attempt.institution):
        return attempt.paper.get(version__question__kind=kind).pk


def change(attempt: Attempt, sequence: int, kind: str, value: Any, **more: Any) -> dict[str, Any]:
    item = item_of(attempt, kind)
    body = {"client_sequence": sequence, "item": item, "value": value}
    return {**body, "client_at": "2026-11-23T10:00:00.000Z", **more}


@pytest.mark.parametrize(("method", "tail", "body"), CALLS)
@pytest.mark.parametrize(
    "who",
    [
        "second_candidate",
        "proctor",
        "officer",
        "reviewer",
        "stranger",
        "foreign_candidate",
        "foreign_officer",
    ],
)
def test_only_the_owner_finds_an_attempt(
    attempt: Attempt, api_of: Api, request: Any, who: str, method: str, tail: str, body: Any
) -> None:
    before = rows(attempt)
    answer = getattr(api_of(request.getfixturevalue(who)), method)(url(attempt, tail), body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert rows(attempt) == before


@pytest.mark.parametrize(("method", "tail", "body"), CALLS)
def test_signed_out_is_told_to_sign_in(
    attempt: Attempt, api_of: Api, method: str, tail: str, body: Any
) -> None:
    answer = getattr(api_of(None), method)(url(attempt, tail), body)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "tail", "body"), [call for call in CALLS if call[0] == "post"])
def test_writing_needs_the_csrf_token(
    attempt: Attempt, candidate: User, api_of: Api, method: str, tail: str, body: Any
) -> None:
    before = rows(attempt)
    client = api_of(candidate, enforce_csrf_checks=True)
    answer = client.post(url(attempt, tail), body)
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]
    assert rows(attempt) == before


def test_the_token_of_the_page_lets_an_answer_through(attempt: Attempt, candidate: User, api_of: Api) -> None:
    client = api_of(candidate, enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    body = {"device": "device-1", "changes": []}
    assert client.post(url(attempt, "answers/"), body, HTTP_X_CSRFTOKEN="a" * 32).status_code == 200


def test_a_candidate_who_has_left_the_institution_finds_nothing(
    attempt: Attempt, candidate: User, api_of: Api
) -> None:
    with within(attempt.institution):
        Membership.objects.filter(user=candidate).update(ended_at=clock.now())
    assert api_of(candidate).get(url(attempt)).status_code == 404


def test_an_own_attempt_in_each_institution(
    attempt: Attempt, candidate: User, other_institution: Institution, api_of: Api
) -> None:
    add_role(candidate, other_institution, Role.CANDIDATE)
    there = make_attempt(enrol(make_sitting(make_exam(other_institution)), candidate))
    client = api_of(candidate)
    assert client.get(url(attempt)).json()["id"] == attempt.pk
    assert client.get(url(there)).json()["id"] == there.pk


def test_attempt(attempt: Attempt, candidate: User, api_of: Api) -> None:
    now = clock.now()
    with clock.at(now):
        body = api_of(candidate).get(url(attempt)).json()
    assert attempt.deadline_at is not None
    assert body == {
        "id": attempt.pk,
        "state": "in_progress",
        "server_time": now.isoformat().replace("+00:00", "Z"),
        "deadline_at": attempt.deadline_at.isoformat().replace("+00:00", "Z"),
        "paused_at": None,
        "seconds_left": round((attempt.deadline_at - now).total_seconds(), 3),
        "journal_length": 0,
        "journal_hash": "0" * 64,
        "device": "device-1",
        "ended_by": "",
        "may_start_at": None,
        "extra_seconds": 0,
        "credited_seconds": 0,
        "break_until": None,
        "hand_in_until": None,
        "break_seconds_left": 0,
        "lost_time": [],
    }


def test_paper_holds_no_key(attempt: Attempt, candidate: User, api_of: Api) -> None:
    answer = api_of(candidate).get(url(attempt, "paper/"))
    (section,) = answer.json()["sections"]
    assert (section["access"], section["minutes"], section["deadline_at"]) == ("open", None, None)
    assert [item["kind"] for item in section["items"]] == list(KINDS)
    by_kind = {item["kind"]: item for item in section["items"]}
    assert set(by_kind["essay"]) == {
        "id", "position", "access", "kind", "stem", "text_format", "points", "content", "answer", "certainty",
        "certainty_levels", "flagged"
    }  # fmt: skip
    assert sorted(each["id"] for each in by_kind["single_choice"]["content"]["options"]) == ["a", "b", "c"]
    assert {key for each in by_kind["multiple_choice"]["content"]["options"] for key in each} == {
        "id",
        "text",
    }
    assert by_kind["numeric"]["content"] == by_kind["true_false"]["content"] == {}
    assert (by_kind["numeric"]["points"], by_kind["numeric"]["answer"]) == ("1", None)
    assert "correct" not in answer.content.decode() and "accepted" not in answer.content.decode()


@pytest.mark.parametrize("state", states.WAITING)
def test_no_paper_before_the_start(
    institution: Institution, candidate: User, api_of: Api, state: str
) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(institution)), candidate), state=state)
    answer = api_of(candidate).get(url(attempt, "paper/"))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_started")


def test_start_answer_reload_submit(institution: Institution, candidate: User, api_of: Api) -> None:
    enrolment = enrol(make_sitting(make_exam(institution, kinds=KINDS)), candidate)
    attempt = make_attempt(enrolment, state=states.READY)
    client = api_of(candidate)
    assert client.post(url(attempt, "start/"), {"device": "tab"}).json()["state"] == "in_progress"
    saved = client.post(
        url(attempt, "answers/"),
        {
            "device": "tab",
            "changes": [
                change(attempt, 1, "single_choice", "b", flagged=True),
                change(attempt, 2, "numeric", "3,14"),
                change(attempt, 3, "true_false", "maybe"),
            ],
        },
    ).json()
    assert saved["accepted"] == [1, 2]
    assert saved["refused"] == [
        {
            "client_sequence": 3,
            "code": "invalid",
            "detail": "The answer must be true or false.",
            "field": "value",
        }
    ]
    assert (saved["journal_length"], saved["state"], saved["device"]) == (2, "in_progress", "tab")
    assert verify_receipt(saved["receipt"]).hash == saved["journal_hash"]
    items = client.get(url(attempt, "paper/")).json()["sections"][0]["items"]
    kept = {item["kind"]: (item["answer"], item["flagged"]) for item in items}
    assert kept["single_choice"] == ("b", True)
    assert kept["numeric"] == ("3.14", False)
    done = client.post(url(attempt, "submit/"), {"device": "tab"}).json()
    assert (done["state"], done["ended_by"], done["seconds_left"]) == ("submitted", "candidate", 0)
    assert client.post(url(attempt, "submit/"), {"device": "tab"}).json()["state"] == "submitted"
    late = client.post(
        url(attempt, "answers/"), {"device": "tab", "changes": [change(attempt, 9, "single_choice", "a")]}
    )
    assert (late.status_code, late.json()["code"]) == (409, "ended")
    receipt = client.get(url(attempt, "receipt/"))
    assert receipt["Content-Disposition"] == f'attachment; filename="receipt-{attempt.pk}.json"'
    assert verify_receipt(receipt.json()["receipt"]).length == receipt.json()["journal_length"] == 2


def test_a_hand_in_that_arrives_late_says_when_it_was_made(
    attempt: Attempt, candidate: User, api_of: Api
) -> None:
    client, deadline = api_of(candidate), clock.now() - timedelta(minutes=1)
    with within(attempt.institution):
        Sitting.objects.update(time_up="abandon")
        Attempt.objects.update(deadline_at=deadline)
    for wrong in ("yesterday", 5, "2026-11-21T10:00:00"):
        answer = client.post(url(attempt, "submit/"), {"device": "device-1", "handed_in_at": wrong})
        assert (answer.status_code, answer.json()["field"]) == (400, "handed_in_at")
    body = {"device": "device-1", "handed_in_at": None}
    assert client.post(url(attempt, "submit/"), body).json()["state"] == "abandoned"
    body = {"device": "device-1", "handed_in_at": (deadline - timedelta(seconds=5)).isoformat()}
    done = client.post(url(attempt, "submit/"), body).json()
    assert (done["state"], done["ended_by"]) == ("submitted", "candidate")


def test_answers_after_the_deadline(attempt: Attempt, candidate: User, api_of: Api) -> None:
    before = rows(attempt)
    assert attempt.deadline_at is not None
    with clock.at(attempt.deadline_at + timedelta(milliseconds=1)):
        answer = api_of(candidate).post(
            url(attempt, "answers/"),
            {"device": "device-1", "changes": [change(attempt, 1, "single_choice", "a")]},
        )
    assert (answer.status_code, answer.json()["code"]) == (409, "too_late")
    assert rows(attempt) == before


def test_two_devices(attempt: Attempt, candidate: User, api_of: Api) -> None:
    client = api_of(candidate)
    body = {"device": "phone", "changes": [change(attempt, 1, "single_choice", "a")]}
    for tail, sent in (("answers/", body), ("start/", {"device": "phone"}), ("submit/", {"device": "phone"})):
        answer = client.post(url(attempt, tail), sent)
        assert (answer.status_code, answer.json()["code"]) == (409, "other_device")
    assert client.post(url(attempt, "take-over/"), {"device": "phone"}).json()["device"] == "phone"
    assert client.post(url(attempt, "answers/"), body).json()["accepted"] == [1]
    former = {"device": "device-1", "changes": [change(attempt, 1, "true_false", True)]}
    answer = client.post(url(attempt, "answers/"), former).json()
    assert (answer["accepted"], answer["device"]) == ([1], "phone")


@pytest.mark.parametrize(
    ("tail", "body", "field"),
    [
        ("start/", {}, "device"),
        ("start/", {"device": ""}, "device"),
        ("take-over/", {"device": ["x"]}, "device"),
        ("submit/", {"device": "a b"}, "device"),
        ("answers/", {"device": "device-1"}, "changes"),
        ("answers/", {"device": "device-1", "changes": {}}, "changes"),
        ("answers/", {"changes": []}, "device"),
    ],
)
def test_bad_bodies_name_the_field(
    attempt: Attempt, candidate: User, api_of: Api, tail: str, body: Any, field: str
) -> None:
    if tail == "start/":
        attempt = make_ready(attempt)
    before = rows(attempt)
    answer = api_of(candidate).post(url(attempt, tail), body)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "invalid", field)
    assert rows(attempt) == before


def make_ready(attempt: Attempt) -> Attempt:
    sitting = make_sitting(attempt.enrolment.sitting.exam)
    return make_attempt(enrol(sitting, attempt.enrolment.candidate), state=states.READY)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b'{"device": NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"device": "device-1", "changes": [], "x": ' + b"1" * 5000 + b"}", 400),
        (b'{"device":"device-1","changes":["' + b"x" * 1_048_576 + b'"]}', 413),
        (json.dumps({"device": "device-1", "changes": [{}] * 201}).encode(), 413),
    ],
)
def test_broken_and_huge_bodies(
    attempt: Attempt, candidate: User, api_of: Api, body: bytes, status: int
) -> None:
    before = rows(attempt)
    answer = api_of(candidate).post(url(attempt, "answers/"), body, content_type="application/json")
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert rows(attempt) == before


def test_other_content_types_are_refused(attempt: Attempt, candidate: User, api_of: Api) -> None:
    answer = api_of(candidate).post(url(attempt, "answers/"), b"a=1", content_type="text/plain")
    assert answer.status_code == 415


@pytest.mark.parametrize("number", [0, 999_999, 2**70])
def test_ids_that_do_not_exist(attempt: Attempt, candidate: User, api_of: Api, number: int) -> None:
    assert api_of(candidate).get(f"/api/v1/attempts/{number}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_reading_a_paper_costs_the_same_for_any_length(
    institution: Institution, candidate: User, api_of: Api, count: int, django_assert_num_queries: Any
) -> None:
    exam = make_exam(institution, kinds=("single_choice",) * count)
    attempt = make_attempt(enrol(make_sitting(exam), candidate))
    client = api_of(candidate)
    # Person, institutions, attempt, allowances, paper; the first reader also reads versions.
    for queries in (6, 5):
        with django_assert_num_queries(queries):
            assert client.get(url(attempt, "paper/")).status_code == 200
