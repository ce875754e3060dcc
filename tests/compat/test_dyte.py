"""The Dyte contract replayed as its clients call it: meetings, faces, reference photos, voices, lists."""

import base64
import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditEntry, Institution
from accounts.tenancy import within
from proctoring.models import EvidenceItem, Incident, ReferenceFace
from tests.capture import BLUE, RED, frame
from tests.factories.compat import client_of, new_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted", "folder_store")]
JSON = "application/json"
WHO = {"participant_id": "p-1", "participant_name": "Carla <> Cole"}


def meet(client: Client) -> tuple[str, str]:
    """The id of a new meeting, and its admin id."""
    answer = client.post("/meetings", {"title": "Joint Entrance Examination"}, JSON)
    assert answer.status_code == 200
    return answer.json()["data"]["id"], answer.json()["admin_id"]


def picture(*people: Any, seed: int = 0) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(frame(*people, seed=seed)).decode()


def check(client: Client, name: str, meeting: str, image: str) -> Any:
    body = {**WHO, "meeting_id": meeting, "base64_img": image, "ref_image_url": "http://127.0.0.1:6379/"}
    return client.post(f"/{name}", body, JSON)


def test_create_room_share_link_host_candidate_split(old_client: Client) -> None:
    meeting, admin_id = meet(old_client)
    assert len(admin_id) == 32 and admin_id.isalnum()
    asked = {"name": "Carla", "preset_name": "group_call_host", "meeting_id": meeting}
    answer = old_client.post(f"/meetings/{meeting}/participants", asked, JSON)
    assert answer.status_code == 201, "the quirk of that contract"
    told = json.loads(answer.json()["detail"])["data"]
    assert told["token"] and told["client_specific_id"].startswith("react-samples::Carla-")
    assert told["preset_name"] == "group_call_participant", "a candidate never gets host rights"
    mine = old_client.post(f"/meetings/{meeting}/participants", {**asked, "admin_id": admin_id}, JSON)
    assert json.loads(mine.json()["detail"])["data"]["preset_name"] == "group_call_host"
    for admin, wanted in ((admin_id, True), ("x" * 32, False), ("", False)):
        asked = {"meeting_id": meeting, "admin_id": admin}
        assert old_client.post("/is_admin/", asked, JSON).json() == {"admin": wanted}


def test_multi_face_check_on_a_timer_warning_to_the_candidate(
    old_client: Client, institution: Institution
) -> None:
    meeting, _ = meet(old_client)
    assert check(old_client, "detect_faces", meeting, picture(RED)).json() == {
        "id": "p-1",
        "multiple_detected": False,
    }
    assert check(old_client, "detect_faces", meeting, picture()).json()["multiple_detected"] is False
    found = check(old_client, "detect_faces", meeting, picture(RED, BLUE)).json()
    assert found["multiple_detected"] is True and found["url"]
    with within(institution):
        assert Incident.objects.get().kind == "several_faces"
        assert EvidenceItem.objects.exists()


def test_one_stored_item_per_10_minutes_per_candidate(old_client: Client, institution: Institution) -> None:
    meeting, _ = meet(old_client)
    first = check(old_client, "detect_faces", meeting, picture(RED, BLUE)).json()
    again = check(old_client, "detect_faces", meeting, picture(RED, BLUE, seed=1)).json()
    assert (first["url"], again["url"]) == ("uploaded", "not uploaded")
    with within(institution):
        assert Incident.objects.count() == 1
    cache.clear()  # ten minutes later
    assert check(old_client, "detect_faces", meeting, picture(RED, BLUE)).json()["url"] == "uploaded"


def test_reference_photo_gate_then_same_face_checks(old_client: Client, institution: Institution) -> None:
    meeting, admin_id = meet(old_client)
    early = check(old_client, "api/same_faces", meeting, picture(RED))
    assert early.status_code == 400 and "reference photo" in early.json()["detail"]
    empty = check(old_client, "api/upload_photo", meeting, picture())
    assert empty.status_code == 400 and empty.json()["detail"]
    kept = check(old_client, "api/upload_photo", meeting, picture(RED)).json()
    assert kept["reference_image_uploaded"] is True and kept["img_url"]
    assert check(old_client, "api/same_faces", meeting, picture()).status_code == 200, "no 500 without a face"
    same = check(old_client, "api/same_faces", meeting, picture(RED)).json()
    assert same == {"id": "p-1", "different_faces_detected": False}
    with within(institution):
        assert ReferenceFace.objects.count() == 1
    rows = old_client.post("/api/suspicious_list", {"meeting_id": meeting, "admin_id": admin_id}, JSON)
    assert [row[4] for row in rows.json()] == ["REF_IMAGE"]


def test_proctor_sidebar_with_picture_verdict_time_only_for_admins(
    old_client: Client, secret: str, institution: Institution
) -> None:
    meeting, admin_id = meet(old_client)
    check(old_client, "detect_faces", meeting, picture(RED, BLUE))
    refused = old_client.post("/multiple_faces_list", {"meeting_id": meeting, "admin_id": "x" * 32}, JSON)
    assert refused.status_code == 401
    assert refused.json()["detail"] == "Participant dose not has admin role"
    asked = {"meeting_id": meeting, "admin_id": admin_id}
    rows = old_client.post("/multiple_faces_list", asked, JSON).json()
    assert [len(row) for row in rows] == [5]
    _, its_meeting, participant, url, verdict = rows[0]
    assert (its_meeting, participant) == (meeting, "p-1")
    parts = [part.strip() for part in verdict.split("<>")]
    assert parts == [
        "Participant Name: Carla   Cole",
        "Anomaly: Multiple Faces Detected",
        "Participant ID: p-1",
    ]
    opened = Client().get(url[url.index("/compat/") :])
    assert opened.status_code == 200 and opened["Content-Type"] == "image/jpeg"
    assert "no-store" in opened["Cache-Control"]
    with within(institution):
        assert AuditEntry.objects.filter(verb="evidence.viewed").count() == 1
    assert Client().get(f"/compat/{secret}/files/forged").status_code == 404


def test_links_of_another_key_open_nothing(old_client: Client, other_institution: Institution) -> None:
    meeting, admin_id = meet(old_client)
    check(old_client, "detect_faces", meeting, picture(RED, BLUE))
    asked = {"meeting_id": meeting, "admin_id": admin_id}
    url = old_client.post("/multiple_faces_list", asked, JSON).json()[0][3]
    foreign = client_of(new_key(other_institution)[1])
    assert foreign.get("/files/" + url.rsplit("/", 1)[1]).status_code == 404
    assert foreign.post("/multiple_faces_list", asked, JSON).status_code == 401
    assert check(foreign, "detect_faces", meeting, picture(RED)).status_code == 404


def test_several_voices_audio_proof_link_for_the_proctor(old_client: Client, two_voices: Any) -> None:
    meeting, admin_id = meet(old_client)
    body = {**WHO, "meeting_id": meeting}
    one = SimpleUploadedFile("audio.mp3", b"ID3" + b"\x00" * 2_000, "audio/mpeg")
    two_voices(False)
    told = old_client.post("/multiple_voices", {**body, "file": one}).json()
    assert told == {"id": "p-1", "different_voices_detected": False}
    two_voices(True)
    one.seek(0)
    told = old_client.post("/multiple_voices/", {**body, "file": one}).json()
    assert told == {"id": "p-1", "different_voices_detected": True, "url": "uploaded"}
    asked = {"meeting_id": meeting, "admin_id": admin_id}
    assert old_client.post("/multiple_voices_list", asked, JSON).status_code == 200
    none = old_client.post("/multiple_voices", body)
    assert none.status_code == 422 and none.json()["detail"] == "file is required"


@pytest.fixture
def two_voices(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Says what listening found: it has tests of its own, and a process of its own that takes seconds."""
    from proctoring.compat import dyte_checks
    from proctoring.ingest.clips import ClipAnswer

    def say(found: bool) -> None:
        answer = ClipAnswer(0, True, True, incidents=["another_voice"] if found else [])
        monkeypatch.setattr(dyte_checks, "accept_clip", lambda *_, **__: answer)

    return say


def test_a_missing_field_is_422_as_in_that_contract(old_client: Client) -> None:
    meeting, _ = meet(old_client)
    answer = old_client.post("/detect_faces", {"meeting_id": meeting, "base64_img": "x"}, JSON)
    assert answer.status_code == 422 and answer.json()["detail"] == "participant_id is required"


@pytest.mark.parametrize("value", [None, 1, [], {}, "\x00", "\ud800", "x" * 400])
def test_wrong_types_are_never_an_error_of_ours(old_client: Client, value: Any) -> None:
    meeting, admin_id = meet(old_client)
    names = ("base64_img", "participant_id", "participant_name", "meeting_id", "admin_id", "title", "file")
    whole = {**WHO, "meeting_id": meeting, "admin_id": admin_id, "title": "T", "name": "N", "base64_img": "x"}
    for address in (
        "/meetings",
        f"/meetings/{meeting}/participants",
        "/is_admin",
        "/detect_faces",
        "/same_faces",
        "/upload_photo",
        "/multiple_voices",
        "/multiple_faces_list",
        "/suspicious_list",
        "/multiple_voices_list",
    ):
        for name in names:
            answer = old_client.post(address, json.dumps({**whole, name: value}), JSON)
            assert answer.status_code < 500, (address, name, answer.content)
