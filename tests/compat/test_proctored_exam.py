"""The five addresses of AI Proctored Exam, as we define them."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Institution
from accounts.tenancy import within
from proctoring import supervision_wall
from proctoring.evidence import custody
from proctoring.identity import reference
from proctoring.models import CompatKey, CompatLogin, EvidenceItem, MonitoringSession
from tests.capture import BLUE, RED, frame
from tests.factories.compat import client_of, new_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted")]
JSON = "application/json"
CARLA = {"username": "Carla Cole", "password": "a long enough one", "name": "Carla Cole"}


def test_register_login_upload_frame_alerts_submit_exam_and_user_data_admin_dashboard(
    old_client: Client, server_client: Client, institution: Institution
) -> None:
    assert old_client.post("/register", CARLA, JSON).status_code == 201
    again = old_client.post("/register", CARLA, JSON)
    assert again.status_code == 400 and again.json()["success"] is False
    told = old_client.post("/login", CARLA, JSON).json()
    bearer = {"authorization": f"Bearer {told['token']}"}
    file = SimpleUploadedFile("f.jpg", frame(RED, BLUE), "image/jpeg")
    found = old_client.post("/upload-frame", {"image": file}, headers=bearer).json()
    assert found["result"]["face_count"] == 2 and found["alerts"][0]["type"] == "multiple_faces_detected"
    assert old_client.get("/alerts", headers=bearer).json()["total_alerts"] == 1
    assert server_client.get("/alerts").json()["alerts"][0]["session_id"] == told["session_id"]
    assert old_client.post("/login", CARLA, JSON).json()["session_id"] == told["session_id"]
    assert old_client.post("/submit", {"token": told["token"]}, JSON).json()["success"] is True
    late = old_client.post("/upload-frame", {"token": told["token"], "frame": "x"}, JSON)
    assert late.status_code == 400 and late.json()["error"] == "Session has ended"
    with within(institution):
        session = MonitoringSession.objects.get()
        stored = CompatLogin.objects.get()
    assert session.candidate.name == "Carla Cole" and not session.candidate.has_usable_password()
    assert CARLA["password"] not in stored.password


def test_ape_future_deep_face_recognition_gaze_emotion_screen_recording_cloud_live_dashboard(
    old_client: Client,
    key_and_secret: tuple[CompatKey, str],
    institution: Institution,
    folder_store: Path,
) -> None:
    """What that system announced, in the sessions of its own clients; emotion and screen are refusals."""
    old_client.post("/register", CARLA, JSON)
    bearer = {"authorization": f"Bearer {old_client.post('/login', CARLA, JSON).json()['token']}"}
    with within(institution):
        session = MonitoringSession.objects.get()
        assert reference.enrol(session, frame(RED)).ok

    def upload(*people: Any, seed: int) -> dict[str, Any]:
        file = SimpleUploadedFile("f.jpg", frame(*people, seed=seed), "image/jpeg")
        found: dict[str, Any] = old_client.post("/upload-frame", {"frame": file}, headers=bearer).json()
        return found

    result = upload(RED, seed=1)["result"]
    assert result["face_verification"]["verified"] is True, "deep face recognition: the enrolled face"
    assert {"eye_contact", "posture"} <= result["metrics"].keys(), "gaze, as angles of the head"
    assert result["emotions"] == {} and result["disabled_reason"], "emotion: never in education"
    screen = Client().post(
        f"/api/v1/sessions/{session.public_id}/screens/",
        frame(),
        "image/jpeg",
        headers={**bearer, "x-sequence": "1"},
    )
    assert screen.status_code == 409 and screen.json()["code"] == "consent_missing", (
        "the screen: in exams of ours, where candidates are asked for it"
    )
    upload(RED, BLUE, seed=2)
    with within(institution):
        item = EvidenceItem.objects.first()
        assert item is not None
        kept = custody.read_for(item, key_and_secret[0].account)
        assert kept.startswith(b"\xff\xd8"), "cloud: evidence in the store that the operator chose"
        (row,) = supervision_wall.rows_of(key_and_secret[0].sitting)
    assert row["candidate"]["name"] == "Carla Cole" and row["incidents"]["total"] == 1, (
        "live dashboard: the wall"
    )


def test_a_wrong_password_and_an_unknown_name_look_alike_and_are_counted(old_client: Client) -> None:
    old_client.post("/register", CARLA, JSON)
    wrong = old_client.post("/login", {**CARLA, "password": "another"}, JSON)
    unknown = old_client.post("/login", {"username": "nobody", "password": "another"}, JSON)
    assert wrong.status_code == unknown.status_code == 401 and wrong.json() == unknown.json()
    for _ in range(10):
        last = old_client.post("/login", {**CARLA, "password": "another"}, JSON)
    assert last.status_code == 429 and "Retry-After" in last


def test_a_weak_password_is_refused(old_client: Client) -> None:
    answer = old_client.post("/register", {**CARLA, "password": "short"}, JSON)
    assert answer.status_code == 400 and "too short" in answer.json()["error"]


def test_a_token_of_another_institution_opens_nothing(
    old_client: Client, other_institution: Institution
) -> None:
    old_client.post("/register", CARLA, JSON)
    token = old_client.post("/login", CARLA, JSON).json()["token"]
    foreign = client_of(new_key(other_institution)[1])
    assert foreign.get("/alerts", headers={"authorization": f"Bearer {token}"}).status_code == 404
    assert foreign.post("/login", CARLA, JSON).status_code == 401
    assert old_client.get("/alerts").status_code == 401


@pytest.mark.parametrize("value", [None, 1, [], {}, "\x00", "\ud800", "x" * 500])
def test_wrong_types_are_never_an_error_of_ours(old_client: Client, value: Any) -> None:
    for address in ("/register", "/login", "/upload-frame", "/submit"):
        for name in ("username", "email", "password", "name", "token", "frame", "image"):
            answer = old_client.post(address, json.dumps({**CARLA, name: value}), JSON)
            assert answer.status_code < 500, (address, name)
