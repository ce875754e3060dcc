"""Check-in over HTTP, from the notice to the waiting page."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from proctoring.ingest import tokens
from proctoring.models import Consent, MonitoringSession, ReferenceFace
from tests.capture import BLUE, RED, frame, fresh
from tests.factories.exams import enrol, make_attempt

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")]


@pytest.fixture
def attempt(sitting: Any, candidate: Any) -> Any:
    return make_attempt(enrol(sitting, candidate), state="checking_in")


def url(attempt: Any, tail: str) -> str:
    return f"/api/v1/attempts/{attempt.pk}/{tail}/"


def agree(client: APIClient, attempt: Any, **choice: Any) -> Any:
    version = client.get(url(attempt, "consent")).json()["notice"]["version"]
    body = {"notice": version, "camera": True, "face_comparison": True, **choice}
    return client.post(url(attempt, "consent"), body)


def photo(client: APIClient, attempt: Any, image: bytes) -> Any:
    return client.post(url(attempt, "reference-photo"), image, content_type="image/jpeg")


def test_from_notice_to_ready(api_of: Any, candidate: Any, attempt: Any) -> None:
    client = api_of(candidate)
    read = client.get(url(attempt, "consent")).json()
    assert read["consent"] is None
    assert (read["camera_required"], read["reference_photo_required"]) == (True, True)
    assert "What is captured" in read["notice"]["body"]
    given = agree(client, attempt).json()
    session = MonitoringSession._base_manager.get()
    assert (given["session"], given["capture"], given["next"]) == (
        str(session.public_id),
        True,
        "reference_photo",
    )
    assert tokens.read(given["token"]) == session.public_id
    assert client.post(url(attempt, "check-in/complete")).json()["code"] == "reference_photo_missing"
    bad = photo(client, attempt, frame(RED, BLUE)).json()
    assert (bad["ok"], "several_faces" in [each["code"] for each in bad["problems"]]) == (False, True)
    good = photo(client, attempt, frame(RED)).json()
    assert (good["ok"], good["problems"], good["width"], good["height"]) == (True, [], 640, 480)
    assert good["face"]["w"] > 100
    assert client.post(url(attempt, "check-in/complete")).json()["state"] == "ready"
    assert client.get(url(attempt, "consent")).json()["consent"]["camera"] is True


def test_declining_leads_to_a_person(api_of: Any, candidate: Any, proctor: Any, attempt: Any) -> None:
    client = api_of(candidate)
    given = agree(client, attempt, camera=False, face_comparison=False).json()
    assert (given["capture"], given["next"]) == (False, "person_will_check")
    refused = client.post(url(attempt, "check-in/complete"))
    assert (refused.status_code, refused.json()["code"]) == (409, "person_will_check")
    assert photo(client, attempt, frame(RED)).json()["code"] == "consent_missing"
    admitted = api_of(proctor).post(url(attempt, "admit"), {"reason": "Checked the card"})
    assert admitted.json()["state"] == "ready"


def test_withdrawing(api_of: Any, candidate: Any, attempt: Any) -> None:
    client = api_of(candidate)
    agree(client, attempt)
    photo(client, attempt, frame(RED))
    assert client.delete(url(attempt, "consent")).status_code == 204
    assert not ReferenceFace._base_manager.exists()
    assert client.get(url(attempt, "consent")).json()["consent"] is None


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"camera": "yes"}, "camera"),
        ({"camera": None}, "camera"),
        ({"face_comparison": 0}, "face_comparison"),
        ({"notice": 99}, "notice"),
        ({"notice": None}, "notice"),
        ({"notice": [1]}, "notice"),
    ],
)
def test_a_wrong_choice_is_named(api_of: Any, candidate: Any, attempt: Any, choice: Any, field: str) -> None:
    response = agree(api_of(candidate), attempt, **choice)
    assert (response.status_code, response.json()["field"]) == (400, field)
    assert not Consent._base_manager.exists()


@pytest.mark.parametrize(
    "who",
    ["second_candidate", "proctor", "officer", "stranger", "foreign_candidate", "foreign_officer", None],
)
def test_nobody_else_checks_in(api_of: Any, request: Any, attempt: Any, who: str | None) -> None:
    client = api_of(request.getfixturevalue(who) if who else None)
    expected = 404 if who else 401
    assert client.get(url(attempt, "consent")).status_code == expected
    body = {"notice": 1, "camera": True, "face_comparison": True}
    assert client.post(url(attempt, "consent"), body).status_code == expected
    assert client.delete(url(attempt, "consent")).status_code == expected
    assert photo(client, attempt, frame(RED)).status_code == expected
    looked = client.post(url(attempt, "look"), frame(RED), content_type="image/jpeg")
    assert looked.status_code == expected
    assert client.post(url(attempt, "check-in/complete")).status_code == expected
    assert not MonitoringSession._base_manager.exists()
    assert fresh(attempt).state == "checking_in"


def test_csrf_is_checked(api_of: Any, candidate: Any, attempt: Any) -> None:
    strict = api_of(candidate, enforce_csrf_checks=True)
    body = {"notice": 1, "camera": True, "face_comparison": True}
    assert strict.post(url(attempt, "consent"), body).status_code == 403
    assert photo(strict, attempt, frame(RED)).status_code == 403
    assert not Consent._base_manager.exists()


@pytest.mark.parametrize(
    ("image", "status", "code"),
    [
        (b"", 400, "required"),
        (b"no picture", 400, "not_an_image"),
        (frame(RED)[:4000], 400, "truncated"),
        (frame(RED) + b"\0" * 1_600_000, 413, "too_large"),
    ],
    ids=["empty", "text", "truncated", "huge"],
)
def test_bad_photos(api_of: Any, candidate: Any, attempt: Any, image: bytes, status: int, code: str) -> None:
    client = api_of(candidate)
    agree(client, attempt)
    response = photo(client, attempt, image)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert not ReferenceFace._base_manager.exists()


def test_no_photo_before_the_choice(api_of: Any, candidate: Any, attempt: Any) -> None:
    response = photo(api_of(candidate), attempt, frame(RED))
    assert (response.status_code, response.json()["code"]) == (409, "consent_missing")


def test_a_finished_attempt_takes_neither_choice_nor_photo(
    api_of: Any, sitting: Any, second_candidate: Any
) -> None:
    ended = make_attempt(enrol(sitting, second_candidate), state="submitted")
    client = api_of(second_candidate)
    assert agree(client, ended).json()["code"] == "ended"
    assert photo(client, ended, frame(RED)).json()["code"] == "consent_missing"


def test_a_look_at_how_the_candidate_sits(api_of: Any, candidate: Any, attempt: Any) -> None:
    client = api_of(candidate)

    def look(image: bytes) -> Any:
        return client.post(url(attempt, "baseline"), image, content_type="image/jpeg")

    assert look(frame(RED)).json()["code"] == "consent_missing"
    agree(client, attempt)
    first = look(frame(RED)).json()
    assert (first["looks"], first["wanted"], first["done"]) == (1, 15, False)
    assert "look at your screen" in first["text"]
    assert look(frame(RED, BLUE)).json()["looks"] == 1
    refused = look(b"")
    assert (refused.status_code, refused.json()["field"]) == (400, "frame")


def test_a_look_only(api_of: Any, candidate: Any, attempt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proctoring.identity.look.LEAST_APART_S", 60.0)  # half a second may pass
    client = api_of(candidate)

    def look(image: bytes) -> Any:
        return client.post(url(attempt, "look"), image, content_type="image/jpeg")

    assert look(frame(RED)).json()["code"] == "consent_missing"
    agree(client, attempt, face_comparison=False)
    seen = look(frame(RED, BLUE)).json()
    assert (seen["looked"], seen["ok"], seen["width"], seen["height"]) == (True, False, 640, 480)
    assert [each["code"] for each in seen["problems"]] == ["several_faces"]
    assert seen["face"]["w"] > 100
    assert look(frame(RED)).json()["looked"] is False  # too soon after the other one
    huge = look(frame(RED) + b"\0" * 300_000)
    assert (huge.status_code, huge.json()["field"]) == (413, "frame")
    assert not ReferenceFace._base_manager.exists()
