"""A minute of MP3 with one or two voices through the real local ears, as part 3 of Dyte's pages sends."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Institution
from accounts.tenancy import within
from proctoring.analysis import sound_pool
from proctoring.audio.clips import decode
from proctoring.models import Incident
from tests.compat.made_voices import HIGH, LOW, talk
from tests.unit.audio.sounds import encode

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted", "folder_store", "local_ears")]
JSON = "application/json"
MINUTE_S, RATE = 60, 16_000
RECORDINGS = Path(os.environ.get("TEST_DATA_DIR", "nowhere")) / "audio"


@pytest.fixture
def local_ears(settings: Any) -> Iterator[None]:
    """The product's own models, in this process."""
    sound_pool.close()
    settings.SOUND_WORKERS = 0
    yield
    sound_pool.close()


def _ask(client: Client, samples: Any, participant: str, meeting: str) -> dict[str, Any]:
    recording = encode(samples, "mp3", rate=44_100)
    body = {"meeting_id": meeting, "participant_id": participant, "participant_name": "Carla Cole"}
    file = SimpleUploadedFile("audio.mp3", recording, "audio/mpeg")
    answer = client.post("/multiple_voices", {**body, "file": file})
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def _check(client: Client, institution: Institution, one: Any, two: Any) -> None:
    made = client.post("/meetings", {"title": "Entrance"}, JSON).json()
    meeting = made["data"]["id"]
    assert _ask(client, one, "p-1", meeting) == {"id": "p-1", "different_voices_detected": False}
    told = _ask(client, two, "p-2", meeting)
    assert told == {"id": "p-2", "different_voices_detected": True, "url": "uploaded"}
    asked = {"meeting_id": meeting, "admin_id": made["admin_id"]}
    (row,) = client.post("/multiple_voices_list", asked, JSON).json()
    assert row[2] == "p-2" and "Anomaly: Different Voices Detected" in row[4]
    piece = Client().get(row[3][row[3].index("/compat/") :])
    assert piece.status_code == 200 and piece["Content-Type"].startswith("audio/")
    with within(institution):
        assert Incident.objects.get().kind == "another_voice"


def test_a_minute_of_one_voice_is_no_alert_and_one_of_two_is(
    old_client: Client, institution: Institution
) -> None:
    _check(old_client, institution, talk([LOW], MINUTE_S), talk([LOW, HIGH], MINUTE_S))


@pytest.mark.slow
@pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the development recordings are not here (set TEST_DATA_DIR)"
)
def test_the_same_with_recordings_of_people(old_client: Client, institution: Institution) -> None:
    with (RECORDINGS / "labels.csv").open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if float(row["duration_s"]) > 8]
    one = next(row for row in rows if row["category"] == "single_plain")
    two = next(row for row in rows if row["category"] == "two_alt")
    _check(old_client, institution, *(_minute_of(RECORDINGS / row["file"]) for row in (one, two)))


def _minute_of(path: Path) -> Any:
    samples = decode(path.read_bytes()).samples
    return np.tile(samples, -(-MINUTE_S * RATE // len(samples)))[: MINUTE_S * RATE]
