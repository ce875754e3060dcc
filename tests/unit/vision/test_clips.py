"""Clips at one frame a second through pipeline and rules: each gives its incident and nothing else."""

import csv
import re
from functools import cache

import cv2
import pytest

from proctoring.incidents.rules import EndIncident
from proctoring.observations import ObservationKind
from proctoring.vision.engines.base import Engines
from proctoring.vision.engines.mesh_head import MeshHead
from proctoring.vision.engines.opencv_faces import OpenCVFaces
from proctoring.vision.image import encode_jpeg
from proctoring.vision.pipeline import Pipeline
from tests import media

DATA = media.development_data()
ABSENT = "the development clips are not here (set TEST_DATA_DIR)"
# Words of clips.csv for what these engines can see.
WORDS = {
    "no_face": ObservationKind.NO_FACE,
    "multiple_faces": ObservationKind.SEVERAL_FACES,
    "identity_mismatch": ObservationKind.DIFFERENT_PERSON,
    "camera_blocked": ObservationKind.CAMERA_COVERED,
    "looking_away": ObservationKind.LOOKING_AWAY,
}
PHONE = "phone.mp4"  # looking at it may count as looking away
WEAK = "second_person_at_edge.mp4"  # half a head at the edge: may be found, need not


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(Engines(OpenCVFaces(), MeshHead()))


@pytest.mark.parametrize("offset", [0.0, 0.45])
@pytest.mark.parametrize("name", media.CLIPS)
def test_made_clip_gives_exactly_its_incident(pipeline: Pipeline, name: str, offset: float) -> None:
    clip = media.clip(name)
    incidents = media.run_clip(pipeline, clip.frames, clip.fps, clip.reference, start=offset)
    assert [incident.kind for incident in incidents] == ([clip.expected] if clip.expected else [])
    for incident in incidents:
        assert clip.event_at <= incident.started_at <= clip.event_at + 1
        assert incident.opened_at <= clip.event_at + 5
        assert isinstance(incident.decisions[-1], EndIncident)
        assert re.search(
            r"in \d+ of \d+ (frames|comparisons) over \d+ s.*confidence 0\.\d\d", incident.explanation
        )


def test_the_candidate_coming_back_ends_the_incident(pipeline: Pipeline) -> None:
    clip = media.clip("covered")
    quiet = media.clip("quiet").frames
    incidents = media.run_clip(pipeline, clip.frames + quiet, clip.fps, clip.reference)
    assert [incident.kind for incident in incidents] == [ObservationKind.CAMERA_COVERED]
    assert incidents[0].decisions[-1].reason == "clear"
    assert incidents[0].last_seen_at == pytest.approx(clip.duration - 1, abs=0.01)


def test_clips_are_the_same_every_time_and_play_as_mjpeg(tmp_path: object) -> None:
    clip = media.clip("two_people")
    media.clip.cache_clear()
    assert media.clip("two_people").frames == clip.frames
    path = media.write_mjpeg(tmp_path / "clip.mjpeg", clip.frames[:4], clip.fps)
    data = path.read_bytes()
    assert data.startswith(clip.frames[0] * 5 + clip.frames[1])
    assert data.endswith(clip.frames[3])


def _development_clips() -> list[dict[str, str]]:
    if DATA is None:
        return []
    with (DATA / "clips.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@cache
def _frames_at_five(path: str) -> list[bytes]:
    """Every third frame of a clip of 15 a second, as JPEG."""
    film, frames = cv2.VideoCapture(path), []
    while (read := film.read())[0]:
        frames.append(read[1])
    return [encode_jpeg(frame) for frame in frames[::3]]


@pytest.mark.skipif(DATA is None, reason=ABSENT)
@pytest.mark.parametrize("offset", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("row", _development_clips(), ids=lambda row: row["file"].rpartition("/")[2])
def test_development_clip_gives_what_its_label_says(
    pipeline: Pipeline, row: dict[str, str], offset: float
) -> None:
    assert DATA is not None
    frames = _frames_at_five(str(DATA / row["file"]))
    reference = (DATA / row["reference_image"]).read_bytes() if row["reference_image"] else None
    expected: dict[ObservationKind, float] = {}
    for word, begin in re.findall(r"([a-z_]+) (\d+(?:\.\d+)?)-", row["expected_flags_seconds"]):
        if word in WORDS:
            expected.setdefault(WORDS[word], float(begin))  # a second turn belongs to the same incident
    incidents = media.run_clip(pipeline, frames, 5, reference, start=offset)
    found = {incident.kind: incident for incident in incidents}
    if row["file"].endswith(WEAK):
        assert set(found) <= {ObservationKind.SEVERAL_FACES}
        return
    if row["file"].endswith(PHONE):
        found.pop(ObservationKind.LOOKING_AWAY, None)
    assert set(found) == set(expected)
    for kind, begin in expected.items():
        assert found[kind].opened_at <= begin + 5
