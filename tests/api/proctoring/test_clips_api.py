"""Recordings over HTTP: raw and as a form, by token; who may not; and the piece that is played afterwards."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.analysis import sound_pool
from proctoring.evidence import custody
from proctoring.ingest import tokens
from proctoring.models import EvidenceItem, Incident, MonitoringSession
from tests.recordings import ANNA, BEN, agree_to_sound, listening, recording  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("listening")]
TWO = recording((1.0, 6.0, ANNA), (6.5, 9.0, BEN), seconds=10)


@pytest.fixture
def heard(session: MonitoringSession) -> MonitoringSession:
    with within(session.institution):
        agree_to_sound(session)
    return session


def send(session: MonitoringSession, data: bytes = TWO, **headers: str) -> Any:
    sent = {"Authorization": f"Bearer {tokens.make(session)}", "X-Sequence": "0", **headers}
    address = f"/api/v1/sessions/{session.public_id}/clips/"
    return APIClient().post(address, data, content_type="audio/webm;codecs=opus", headers=sent)


def test_a_raw_recording_with_the_token(heard: MonitoringSession) -> None:
    began = round(clock.now().timestamp() * 1000) - 10_000
    body = send(heard, **{"X-Captured-At": str(began)}).json()
    assert set(body) == {
        "type", "sequence", "accepted", "analysed", "code", "last_sequence", "duration_s", "truncated",
        "quality", "coaching", "incidents", "clip_seconds", "next",
    }  # fmt: skip
    assert (body["type"], body["accepted"], body["duration_s"]) == ("clip_result", True, 10.0)
    assert (body["incidents"], body["next"], body["clip_seconds"]) == (["another_voice"], "listen_first", 30)
    again = send(heard).json()
    assert (again["accepted"], again["code"], again["last_sequence"]) == (False, "repeated", 0)


def test_a_piece_without_anything_to_hear_is_only_told_of(heard: MonitoringSession) -> None:
    client = APIClient(headers={"Authorization": f"Bearer {tokens.make(heard)}"})
    address = f"/api/v1/sessions/{heard.public_id}/clips/"
    notice = {"sequence": 3, "seconds": 30.0, "level_db": -61.5}
    notice["started_at"] = round(clock.now().timestamp() * 1000)
    body = client.post(address, notice, format="json").json()
    assert (body["accepted"], body["analysed"], body["code"]) == (True, False, "quiet")
    assert (body["duration_s"], body["quality"]["silent"], body["last_sequence"]) == (30.0, False, 3)
    assert client.post(address, notice, format="json").json()["code"] == "repeated"
    for name, value in {"seconds": 0, "level_db": 3, "sequence": -1, "started_at": "soon"}.items():
        refused = client.post(address, {**notice, name: value}, format="json")
        assert (refused.status_code, refused.json()["field"]) == (400, name)
    assert client.post(address, {"sequence": 4}, format="json").json()["code"] == "required"


def test_a_form_and_what_is_refused(heard: MonitoringSession, monkeypatch: pytest.MonkeyPatch) -> None:
    client = APIClient(headers={"Authorization": f"Bearer {tokens.make(heard)}"})
    address = f"/api/v1/sessions/{heard.public_id}/clips/"
    file = SimpleUploadedFile("a.wav", TWO, content_type="audio/wav")
    assert client.post(address, {"clip": file, "sequence": 4}).json()["last_sequence"] == 4
    assert client.post(address, {"sequence": 5}).json()["field"] == "clip"
    assert client.post(address, TWO, content_type="audio/wav").json()["field"] == "sequence"
    assert send(heard, b"<html>no sound</html>", **{"X-Sequence": "6"}).json()["code"] == "not_a_recording"
    other = MonitoringSession(public_id=uuid.uuid4())
    assert send(other).status_code == 404
    elsewhere = APIClient(headers={"Authorization": f"Bearer {tokens.make(other)}"})
    assert elsewhere.post(address, TWO, content_type="audio/wav").status_code == 404

    def crowded(*arguments: Any) -> None:
        raise sound_pool.crowded("busy", sound_pool.RETRY_AFTER_MS)

    monkeypatch.setattr(sound_pool, "analyse", crowded)
    shed = send(heard, **{"X-Sequence": "7"})
    assert (shed.status_code, shed["Retry-After"], json.loads(shed.content)["code"]) == (
        503,
        "15",
        "overloaded",
    )


def test_the_piece_is_played_in_ranges_and_each_look_is_logged_once(
    heard: MonitoringSession, proctor: User, institution: Institution, browser_of: Callable[..., Client]
) -> None:
    send(heard)
    with within(institution):
        item, incident = EvidenceItem.objects.get(), Incident.objects.get()
    client = browser_of(proctor)
    address = custody.address_of(item.pk, proctor, institution.slug)
    whole = client.get(address)
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    assert (whole["X-Content-Type-Options"], whole["Cache-Control"]) == ("nosniff", "private, no-store")
    assert whole["Content-Security-Policy"].startswith("default-src 'none'")
    part = client.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part["Content-Range"] == f"bytes 100-199/{item.size}"
    assert client.get(address, headers={"Range": f"bytes={item.size}-"}).status_code == 416
    with within(institution):
        assert AuditEntry.objects.filter(verb="evidence.viewed").count() == 1
    links = client.get(f"/i/{institution.slug}/incidents/{incident.pk}/evidence/").json()
    assert [each["id"] for each in links["sounds"]] == [item.pk] and links["evidence"] == []
    page = client.get(f"/admin/proctoring/incident/{incident.pk}/change/").content.decode()
    assert "<audio controls" in page and "another voice 0:01-0:03" in page
