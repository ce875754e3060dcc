"""Browser events over HTTP and over the socket: JSON, a beacon's form, wrong sessions, bad bodies."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Institution, User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.ingest import tokens
from proctoring.models import BrowserEvent, Consent, MonitoringSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def noted(session: MonitoringSession) -> MonitoringSession:
    with within(session.institution):
        Consent.objects.update(looked_for=["paste", "tab_hidden"])
    return session


def address(session: MonitoringSession) -> str:
    return f"/api/v1/sessions/{session.public_id}/browser-events/"


def paste(number: int) -> dict[str, Any]:
    return {"n": number, "kind": "paste", "at": clock.now().timestamp() * 1000, "length": 12}


def test_json_with_the_token_and_again(noted: MonitoringSession) -> None:
    client = APIClient(headers={"Authorization": f"Bearer {tokens.make(noted)}"})
    body = client.post(address(noted), {"events": [paste(1)]}, format="json").json()
    assert body == {
        "type": "browser_events_result",
        "accepted": [1],
        "stored": 1,
        "notes": [
            {
                "kind": "paste",
                "text": "You pasted text from elsewhere. This is noted. (first time)",
                "times": 1,
            }
        ],
    }
    assert client.post(address(noted), {"events": [paste(1)]}, format="json").json()["stored"] == 0


def test_a_beacon_brings_its_csrf_token_in_the_form(noted: MonitoringSession, candidate: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(candidate)
    form = {"events": json.dumps([paste(1)]), "now": str(clock.now().timestamp() * 1000)}
    assert client.post(address(noted), form).status_code == 403
    token = "a" * 32
    client.cookies["csrftoken"] = token
    answer = client.post(address(noted), {**form, "csrfmiddlewaretoken": token})
    assert (answer.status_code, answer.json()["stored"]) == (200, 1)
    assert client.post(address(noted), {"events": "[", "csrfmiddlewaretoken": token}).status_code == 400


def test_only_the_own_session(
    noted: MonitoringSession, second_candidate: User, other_institution: Institution, foreign_candidate: User
) -> None:
    body = {"events": [paste(1)]}
    for person in (second_candidate, foreign_candidate):
        client = APIClient()
        client.force_authenticate(person)
        assert client.post(address(noted), body, format="json").status_code == 404
    other = tokens.make(MonitoringSession(public_id=uuid.uuid4()))
    client = APIClient(headers={"Authorization": f"Bearer {other}"})
    assert client.post(address(noted), body, format="json").status_code == 404
    assert APIClient().post(address(noted), body, format="json").status_code == 401
    assert not BrowserEvent._base_manager.exists()


def test_bodies_that_are_none(noted: MonitoringSession) -> None:
    client = APIClient(headers={"Authorization": f"Bearer {tokens.make(noted)}"})
    for body, status in (({}, 400), ({"events": [{}]}, 400), ({"events": [paste(1)] * 101}, 413)):
        assert client.post(address(noted), body, format="json").status_code == status
    huge = json.dumps({"events": [], "x": "y" * 200_000})
    assert client.post(address(noted), huge, content_type="application/json").status_code == 413
