"""The VideoProctoring contract: documents before and in a session, the registered face, its checks."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.models import DocumentCheck, MonitoringSession, ReferenceFace
from proctoring.models.identity_check import DocumentType
from tests.capture import BLUE, RED, frame
from tests.factories.compat import client_of, new_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted", "folder_store")]
JSON = "application/json"


def photo(*people: Any, seed: int = 0) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(frame(*people, seed=seed)).decode()


def verify(client: Client, document: str, live: str, **more: Any) -> Any:
    body = {"document": document, "live_face": live, "document_type": "passport", **more}
    return client.post("/api/verify-document", body, JSON)


def start(client: Client, **body: Any) -> Any:
    return client.post("/api/sessions/start", body, JSON)


def test_id_document_and_face_verification_30_min_single_use_token(
    old_client: Client, institution: Institution
) -> None:
    told = verify(old_client, photo(RED), photo(RED, seed=1)).json()
    assert told["success"] and told["verified"] and told["similarity"] >= told["threshold"] == 80.0
    assert told["token_expires_in"] == "30 minutes"
    token = told["verification_token"]
    begun = start(old_client, verification_token=token).json()
    assert begun["document_verified"] is True
    assert begun["verification_info"]["document_type"] == "passport"
    again = start(old_client, verification_token=token)
    assert again.status_code == 400 and again.json()["code"] == "token_used"
    with within(institution):
        assert MonitoringSession.objects.count() == 1, "a token that is refused begins nothing"
        assert DocumentCheck.objects.get().photo_name == "", "no photo is kept"
    status = old_client.get(f"/api/sessions/{begun['session_id']}/document-status").json()
    assert status["document_verified"] is True and status["verification_info"]["verified"] is True


def test_a_token_ends_after_30_minutes(old_client: Client, institution: Institution) -> None:
    token = verify(old_client, photo(RED), photo(RED, seed=1)).json()["verification_token"]
    with within(institution):
        DocumentCheck.objects.update(token_expires_at=clock.now() - timedelta(seconds=1))
    assert start(old_client, verification_token=token).json()["code"] == "token_expired"


@pytest.mark.parametrize("kind", [*DocumentType.values, "library_card"])
def test_six_document_types(old_client: Client, kind: str) -> None:
    answer = verify(old_client, photo(RED), photo(RED, seed=1), document_type=kind)
    assert answer.status_code == (400 if kind == "library_card" else 200)
    assert answer.json()["document_type"] == kind


def test_photos_without_one_face_are_refused(old_client: Client) -> None:
    for document, live in ((photo(), photo(RED)), (photo(RED), photo()), (photo(RED), photo(RED, BLUE))):
        answer = verify(old_client, document, live)
        assert answer.status_code == 400
        assert answer.json()["verified"] is False and answer.json()["error"]


def test_a_face_is_registered_once_and_checked_in_frames(
    old_client: Client, institution: Institution, django_capture_on_commit_callbacks: Any
) -> None:
    name = start(old_client).json()["session_id"]
    base = f"/api/sessions/{name}"
    nobody = old_client.post(f"{base}/register-face", {"face": photo()}, JSON)
    assert nobody.status_code == 200 and nobody.json()["success"] is False
    with django_capture_on_commit_callbacks(execute=True):
        told = old_client.post(f"{base}/register-face", {"face": photo(RED)}, JSON).json()
    assert told["success"] is True and 0 < told["face_bounding_box"]["Width"] < 1
    repeat = old_client.post(f"{base}/register-face", {"face": photo(RED)}, JSON)
    assert repeat.status_code == 400
    result = old_client.post(f"{base}/frame", {"frame": photo(RED, seed=2)}, JSON).json()["result"]
    assert result["face_verification"]["verified"] is True
    status = old_client.get(f"{base}/verification-status").json()
    assert status["verification_summary"]["total_verifications"] == 1
    assert status["verification_summary"]["registered"] is True
    assert len(status["recent_verifications"]) == 1
    with within(institution):
        assert ReferenceFace.objects.count() == 1
    kept = old_client.post(f"{base}/verify-document", {"document": photo(RED, seed=3)}, JSON).json()
    assert kept["verified"] is True


def test_without_consent_to_face_comparison_no_face_is_compared(
    institution: Institution, switched_on: None
) -> None:
    client = client_of(new_key(institution, faces=False)[1])
    assert verify(client, photo(RED), photo(RED)).json()["code"] == "consent_missing"
    name = start(client).json()["session_id"]
    refused = client.post(f"/api/sessions/{name}/register-face", {"face": photo(RED)}, JSON)
    assert refused.status_code == 403
