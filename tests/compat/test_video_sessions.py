"""The VideoProctoring contract replayed as its clients call it: sessions, frames, figures, both reports."""

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Institution, User
from accounts.services.candidate_numbers import set_numbers
from accounts.tenancy import within
from proctoring.models import Consent, Incident, MonitoringSession
from tests.capture import BLUE, RED, frame
from tests.factories.compat import client_of, new_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted")]
JSON = "application/json"
JOB = {"candidateName": "Carla Cole", "email": "carla@old.example", "jobTitle": "Clerk"}


def data_url(picture: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(picture).decode()


def start(client: Client, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/sessions/start", {"job_data": JOB, **body}, JSON)
    assert answer.status_code == 200, answer.content
    return answer.json()


def send(client: Client, session_id: str, picture: bytes) -> dict[str, Any]:
    answer = client.post(f"/api/sessions/{session_id}/frame", {"frame": data_url(picture)}, JSON)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_sessions_start_frame_metrics_alerts_end_delete_list_docs_health(
    old_client: Client, server_client: Client, institution: Institution
) -> None:
    session_id = start(old_client)["session_id"]
    result = send(old_client, session_id, frame(RED))["result"]
    assert result["frame_number"] == 1 and result["face_count"] == 1
    assert set(result["metrics"]) == {
        "eye_contact",
        "facial_expression",
        "engagement",
        "confidence",
        "posture",
    }
    assert old_client.get(f"/api/sessions/{session_id}/metrics").json()["is_active"] is True
    assert old_client.get(f"/api/sessions/{session_id}/alerts").json()["total_alerts"] == 0
    listed = server_client.get("/api/sessions").json()
    assert listed["total_sessions"] == 1 and listed["sessions"][0]["session_id"] == session_id
    assert old_client.post(f"/api/sessions/{session_id}/end", {}, JSON).json()["status"] == "success"
    deleted = server_client.delete(f"/api/sessions/{session_id}")
    assert deleted.json() == {"success": True, "message": f"Session {session_id} deleted"}
    assert old_client.get(f"/api/sessions/{session_id}/metrics").status_code == 404
    assert "endpoints" in old_client.get("/api/docs").json()
    assert old_client.get("/health").json()["features"]["video_url_analysis"] is False


def test_a_start_answers_both_versions(old_client: Client) -> None:
    told = start(old_client)
    assert told["success"] is True and told["status"] == "active"
    assert {"get_alerts", "register_face", "analyze_frame"} <= told["api_endpoints"].keys()
    assert told["document_verified"] is False and told["pre_verification_endpoint"]
    assert "+" not in told["start_time"] and not told["start_time"].endswith("Z")
    again = old_client.post("/api/sessions/start", {"session_id": told["session_id"]}, JSON)
    assert again.status_code == 400 and again.json()["error"] == "Session already active"


def test_a_page_that_was_closed_without_a_word_keeps_nobody_out(old_client: Client) -> None:
    assert start(old_client)["session_id"] != start(old_client)["session_id"]


def test_the_agreement_that_the_admin_attests_is_stored_with_the_session(
    old_client: Client, institution: Institution
) -> None:
    start(old_client)
    with within(institution):
        consent = Consent.objects.get()
    assert consent.camera and consent.microphone and consent.face_comparison
    assert consent.notice_url == "https://old.example/notice" and consent.asked_by == "Admission interviews"


def test_a_number_from_a_page_is_never_that_of_a_known_candidate(
    old_client: Client, institution: Institution, candidate: User
) -> None:
    with within(institution):
        set_numbers(institution, {candidate.pk: "A-1"}, actor=None)
    start(old_client, job_data={"candidate_id": "A-1"})
    with within(institution):
        assert MonitoringSession.objects.get().candidate != candidate


@pytest.mark.parametrize("form", ["data_url", "base64", "multipart"])
def test_frames_come_as_json_and_multipart(old_client: Client, form: str) -> None:
    address = f"/api/sessions/{start(old_client)['session_id']}/frame"
    picture = frame(RED)
    if form == "multipart":
        answer = old_client.post(address, {"frame": SimpleUploadedFile("f.jpg", picture, "image/jpeg")})
    else:
        text = data_url(picture) if form == "data_url" else base64.b64encode(picture).decode()
        answer = old_client.post(address, {"frame": text}, JSON)
    assert answer.json()["result"]["face_count"] == 1


def test_a_png_of_full_size_is_made_smaller(old_client: Client) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (720, 1280, 3), np.uint8)
    picture = cv2.imencode(".png", noise)[1].tobytes()
    assert len(picture) > 2_000_000
    session_id = start(old_client)["session_id"]
    answer = old_client.post(
        f"/api/sessions/{session_id}/frame",
        {"frame": "data:image/png;base64," + base64.b64encode(picture).decode()},
        JSON,
    )
    assert answer.status_code == 200 and "error" not in answer.json()["result"]


def test_no_face_many_face_looking_away_object_text_alerts_with_severity(
    old_client: Client, institution: Institution
) -> None:
    session_id = start(old_client)["session_id"]
    result = send(old_client, session_id, frame(RED, BLUE))["result"]
    found = [(each["type"], each["severity"]) for each in result["alerts"]]
    assert found == [("multiple_faces_detected", "critical")]
    send(old_client, session_id, frame(RED, BLUE, seed=1))
    told = old_client.get(f"/api/sessions/{session_id}/alerts").json()
    assert told["total_alerts"] == 1, "frames of one incident are one alert"
    with within(institution):
        incident = Incident.objects.get()
    assert incident.kind == "several_faces" and incident.session.sitting.exam.is_outside


def test_emotion_engagement_facial_expression_emotion_timeline(old_client: Client) -> None:
    session_id = start(old_client)["session_id"]
    result = send(old_client, session_id, frame(RED))["result"]
    assert result["emotions"] == {} and result["disabled_reason"] and "dominant_emotion" not in result
    assert result["metrics"]["engagement"] is None and result["metrics"]["facial_expression"] is None
    told = old_client.get(f"/api/sessions/{session_id}/emotions").json()
    assert (told["emotion_summary"], told["emotion_timeline"]) == ({}, []) and told["disabled_reason"]


def test_attire_cultural_fit_leadership_technical_scores_hire_recommendation_llm_summary(
    old_client: Client,
) -> None:
    session_id = start(old_client)["session_id"]
    send(old_client, session_id, frame(RED))
    report = old_client.post(f"/api/sessions/{session_id}/end").json()
    parts = report["performanceBreakdown"]
    assert {"professionalAttire", "culturalFit", "leadershipPotential", "technicalKnowledge"} <= parts.keys()
    assert all(part["overallAveragePercentage"] is None for part in parts.values())
    assert report["recommendations"]["recommendation"] is None and report["report"]["ai_summary"] is None
    assert report["aiEvaluationSummary"]["summary"] is None
    assert set(report["quickStats"].values()) == {None}


def test_one_body_serves_clients_of_both_reports(old_client: Client) -> None:
    session_id = start(old_client)["session_id"]
    send(old_client, session_id, frame(RED))
    report = old_client.post(f"/api/sessions/{session_id}/end", {}, JSON).json()
    assert report["status"] == "success" and report["success"] is True
    assert report["session_metadata"]["total_frames_analyzed"] == 1
    old = report["report"]
    assert old["session_summary"]["frames_analyzed"] == 1 and old["session_id"] == session_id
    assert old["analysis_metadata"] == {"llm_enhanced": False, "llm_provider": None}
    assert report["token_consumption"]["total_tokens"] == 0


def test_a_beacon_without_a_body_ends_the_session_once_only(old_client: Client) -> None:
    session_id = start(old_client)["session_id"]
    address = f"/api/sessions/{session_id}/end"
    first = old_client.post(address, b"", "text/plain;charset=UTF-8").json()
    again = old_client.post(address, b"gone", "text/plain;charset=UTF-8").json()
    assert first["status"] == "success" and again["session_metadata"] == first["session_metadata"]
    late = old_client.post(f"/api/sessions/{session_id}/frame", {"frame": data_url(frame(RED))}, JSON)
    assert late.status_code == 400 and late.json()["error"] == "Session has ended"


def test_errors_have_the_contracts_words(old_client: Client) -> None:
    unknown = old_client.post("/api/sessions/nobody/frame", {"frame": "x"}, JSON)
    assert (unknown.status_code, unknown.json()["error"]) == (404, "Invalid session")
    address = f"/api/sessions/{start(old_client)['session_id']}/frame"
    missing = old_client.post(address, {}, JSON)
    assert (missing.status_code, missing.json()["error"]) == (400, "No frame data provided")
    no_file = old_client.post(address, {"other": "1"})
    assert (no_file.status_code, no_file.json()["error"]) == (400, "No frame file provided")
    bad = old_client.post(address, {"frame": "%%%"}, JSON)
    assert bad.status_code == 400 and bad.json()["success"] is False
    no_image = old_client.post(address, {"frame": base64.b64encode(b"text" * 99).decode()}, JSON)
    assert no_image.status_code == 200 and no_image.json()["result"]["error"]


def test_a_page_key_neither_lists_nor_deletes(old_client: Client) -> None:
    session_id = start(old_client)["session_id"]
    assert old_client.get("/api/sessions").status_code == 403
    assert old_client.delete(f"/api/sessions/{session_id}").status_code == 403


def test_sessions_of_others_are_not_there(old_client: Client, other_institution: Institution) -> None:
    session_id = start(old_client)["session_id"]
    foreign = client_of(new_key(other_institution, is_private=True, origins=[])[1])
    for method, tail in (("get", "/metrics"), ("get", "/alerts"), ("post", "/end"), ("delete", "")):
        assert getattr(foreign, method)(f"/api/sessions/{session_id}{tail}").status_code == 404


def test_eye_contact_posture_head_stability_gestures(old_client: Client) -> None:
    session_id = start(old_client)["session_id"]
    result = send(old_client, session_id, frame(RED))["result"]
    for name in ("eye_contact", "posture"):
        assert result["metrics"][name] is None or 0 <= result["metrics"][name] <= 100
    report = old_client.post(f"/api/sessions/{session_id}/end").json()
    assert {"posture", "eye_contact", "head_stability"} == report["report"]["body_language_analysis"][
        "detailed_scores"
    ].keys()
    assert report["behavioral_analysis"]["voice_tone"] is None


WRONG: list[Any] = [None, 1, 1.5, True, [], ["x"], {}, {"a": {"b": []}}, "\x00", "\ud800", "x" * 400, -1]


@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:20])
def test_wrong_types_are_never_an_error_of_ours(old_client: Client, value: Any) -> None:
    names = ("session_id", "job_data", "verification_token", "document", "live_face", "document_type")
    session_id = start(old_client, session_id=str(uuid.uuid4()))["session_id"]
    for address in (
        "/api/sessions/start",
        f"/api/sessions/{session_id}/frame",
        f"/api/sessions/{session_id}/register-face",
        f"/api/sessions/{session_id}/verify-document",
        "/api/verify-document",
        "/comprehensive-interview-analysis",
    ):
        for name in (*names, "frame", "face"):
            answer = old_client.post(address, json.dumps({name: value}), JSON)
            assert answer.status_code < 500, (address, name)


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff\xfe", b"[" * 20_000, b'{"frame": NaN}'])
def test_broken_bodies_are_refused_in_shape(old_client: Client, body: bytes) -> None:
    answer = old_client.post("/api/sessions/start", body, JSON)
    assert answer.status_code == 400 and answer.json()["success"] is False


def test_a_body_of_any_size_is_bounded(
    old_client: Client, settings: Any, make_big: Callable[[], str]
) -> None:
    address = f"/api/sessions/{start(old_client)['session_id']}/frame"
    assert old_client.post(address, {"frame": make_big()}, JSON).status_code == 413


@pytest.fixture
def make_big(settings: Any) -> Callable[[], str]:
    settings.COMPAT_PICTURE_MAX_BYTES = 100_000
    return lambda: "A" * 1_000_000
