"""Supervision over HTTP: roles, foreign ids, bad bodies, and what the answers hold."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.tenancy import within
from proctoring import supervision
from proctoring.models import CandidateWarning, Incident, LiveEvent
from tests.capture import fresh
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session

pytestmark = pytest.mark.django_db

OUTSIDERS = ["candidate", "second_candidate", "second_proctor", "reviewer", "author", "stranger"]
FOREIGN = ["foreign_proctor", "foreign_officer", "foreign_candidate"]
ACTS = ["pause", "resume", "terminate", "reinstate", "admit"]


def url(attempt: Any, tail: str) -> str:
    return f"/api/v1/attempts/{attempt.pk}/{tail}/"


def test_a_proctor_pauses_resumes_terminates_and_reinstates(api_of: Any, proctor: Any, session: Any) -> None:
    client = api_of(proctor)
    for act, state in [
        ("pause", "paused"),
        ("resume", "in_progress"),
        ("terminate", "terminated"),
        ("reinstate", "paused"),
    ]:
        response = client.post(url(session.attempt, act), {"reason": "Because"})
        assert response.status_code == 200
        body = response.json()
        assert (body["attempt"], body["state"], body["reason"]) == (session.attempt_id, state, "Because")
        assert body["candidate"]["name"] == "Carla Candidate"
        assert fresh(session.attempt).state == state


@pytest.mark.parametrize("who", [*OUTSIDERS, *FOREIGN, None])
@pytest.mark.parametrize("act", [*ACTS, "warnings"])
def test_others_cannot(api_of: Any, request: Any, attempt: Any, act: str, who: str | None) -> None:
    user = request.getfixturevalue(who) if who else None
    body = {"reason": "Because", "text": "Hello"}
    response = api_of(user).post(url(attempt, act), body)
    assert response.status_code == (404 if who else 401)
    assert fresh(attempt).state == "in_progress"
    assert not LiveEvent._base_manager.exists()


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": 5}, {"reason": None}, {"reason": "x" * 501}])
@pytest.mark.parametrize("act", ["pause", "terminate"])
def test_a_reason_is_needed(api_of: Any, proctor: Any, attempt: Any, act: str, body: Any) -> None:
    response = api_of(proctor).post(url(attempt, act), body)
    assert (response.status_code, response.json()["field"]) == (400, "reason")
    assert fresh(attempt).state == "in_progress"


def test_an_illegal_move_is_409(api_of: Any, proctor: Any, attempt: Any) -> None:
    response = api_of(proctor).post(url(attempt, "resume"), {})
    assert (response.status_code, response.json()["code"]) == (409, "illegal_move")


@pytest.mark.parametrize("act", [*ACTS, "warnings"])
def test_csrf_is_checked(api_of: Any, proctor: Any, attempt: Any, act: str) -> None:
    client = api_of(proctor, enforce_csrf_checks=True)
    assert client.post(url(attempt, act), {"reason": "x", "text": "x"}).status_code == 403
    assert fresh(attempt).state == "in_progress"


def test_a_warning_goes_to_the_candidate_and_back(
    api_of: Any, proctor: Any, candidate: Any, second_candidate: Any, attempt: Any
) -> None:
    sent = api_of(proctor).post(url(attempt, "warnings"), {"text": "Please be quiet."}).json()
    assert (sent["text"], sent["acknowledged_at"]) == ("Please be quiet.", None)
    waiting = api_of(candidate).get(url(attempt, "warnings")).json()["warnings"]
    assert [each["id"] for each in waiting] == [sent["id"]]
    acknowledge = f"/api/v1/warnings/{sent['id']}/acknowledge/"
    for other in (second_candidate, proctor, None):
        assert api_of(other).post(acknowledge).status_code == (404 if other else 401)
    first = api_of(candidate).post(acknowledge).json()["acknowledged_at"]
    assert api_of(candidate).post(acknowledge).json()["acknowledged_at"] == first
    assert api_of(candidate).get(url(attempt, "warnings")).json() == {"warnings": []}


@pytest.mark.parametrize("body", [{}, {"text": " "}, {"text": ["a"]}, {"text": "x" * 501}])
def test_a_wrong_warning_is_refused(api_of: Any, proctor: Any, attempt: Any, body: Any) -> None:
    response = api_of(proctor).post(url(attempt, "warnings"), body)
    assert (response.status_code, response.json()["field"]) == (400, "text")
    assert not CandidateWarning._base_manager.exists()


def test_the_wall_and_the_events(api_of: Any, proctor: Any, session: Any, sitting: Any) -> None:
    with within(session.institution):
        make_incident(session, severity="high")
        supervision.warn(session.attempt, proctor=proctor, text="Hello")
    client = api_of(proctor)
    wall = client.get(f"/api/v1/sittings/{sitting.pk}/candidates/").json()
    assert [row["incidents"]["worst"] for row in wall["candidates"]] == ["high"]
    events = client.get(f"/api/v1/sittings/{sitting.pk}/events/?after=0").json()
    assert [each["kind"] for each in events["events"]] == ["warning.sent"]
    assert events["last_event_id"] == wall["last_event_id"] == events["events"][-1]["id"]


@pytest.mark.parametrize("who", [*OUTSIDERS, *FOREIGN, None])
@pytest.mark.parametrize("tail", ["candidates/", "events/"])
def test_a_sitting_is_for_its_watchers(
    api_of: Any, request: Any, sitting: Any, tail: str, who: str | None
) -> None:
    user = request.getfixturevalue(who) if who else None
    response = api_of(user).get(f"/api/v1/sittings/{sitting.pk}/{tail}")
    assert response.status_code == (404 if who else 401)


def test_a_sitting_of_another_institution(api_of: Any, officer: Any, other_institution: Any) -> None:
    foreign = make_sitting(make_exam(other_institution))
    for tail in ("candidates/", "events/"):
        assert api_of(officer).get(f"/api/v1/sittings/{foreign.pk}/{tail}").status_code == 404


@pytest.mark.parametrize("after", ["x", "-1", "", "1.5", "9" * 30])
def test_a_wrong_after_is_named(api_of: Any, proctor: Any, sitting: Any, after: str) -> None:
    response = api_of(proctor).get(f"/api/v1/sittings/{sitting.pk}/events/?after={after}")
    assert (response.status_code, response.json()["field"]) == (400, "after")


def test_an_incident_is_acknowledged_once(api_of: Any, proctor: Any, session: Any) -> None:
    incident = make_incident(session)
    address = f"/api/v1/incidents/{incident.pk}/acknowledge/"
    body = api_of(proctor).post(address, {"note": "seen"}).json()
    assert (body["incident"], body["review_state"]) == (incident.pk, "acknowledged")
    assert api_of(proctor).post(address, {}).json()["code"] == "illegal_move"
    assert api_of(proctor).post(address, {"note": 4}).status_code == 400


@pytest.mark.parametrize("who", ["candidate", "second_proctor", "author", "stranger", *FOREIGN, None])
def test_others_do_not_acknowledge(api_of: Any, request: Any, session: Any, who: str | None) -> None:
    incident = make_incident(session)
    user = request.getfixturevalue(who) if who else None
    response = api_of(user).post(f"/api/v1/incidents/{incident.pk}/acknowledge/", {})
    assert response.status_code == (404 if who else 401)
    assert Incident._base_manager.get().review_state == "unreviewed"


def test_ids_of_another_institution_in_every_address(
    api_of: Any, officer: Any, other_institution: Any, foreign_candidate: Any
) -> None:
    foreign = make_attempt(enrol(make_sitting(make_exam(other_institution)), foreign_candidate))
    incident = make_incident(make_session(foreign))
    client: APIClient = api_of(officer)
    for act in (*ACTS, "warnings"):
        assert client.post(url(foreign, act), {"reason": "x", "text": "x"}).status_code == 404
    assert client.post(f"/api/v1/incidents/{incident.pk}/acknowledge/", {}).status_code == 404
    assert client.get(url(foreign, "consent")).status_code == 404
