"""The default engine for things on the development clips: the phone within 5 s, and no false flag."""

import cv2
import pytest

from proctoring.observations import ObservationKind
from proctoring.vision.detectors.things import THINGS
from proctoring.vision.engines.base import Engines
from proctoring.vision.engines.efficientdet_things import EfficientDetThings
from proctoring.vision.engines.opencv_faces import OpenCVFaces
from proctoring.vision.image import encode_jpeg
from proctoring.vision.pipeline import Pipeline
from tests import media

DATA = media.development_data()
EXPECTED = {
    "phone.mp4": ObservationKind.PHONE,
    "two_persons.mp4": ObservationKind.SECOND_PERSON,
    "second_person_at_edge.mp4": ObservationKind.SECOND_PERSON,
}


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(Engines(OpenCVFaces(), things=EfficientDetThings()))


def test_a_second_person_is_seen_by_the_body_and_a_quiet_clip_stays_quiet(pipeline: Pipeline) -> None:
    alone = [encode_jpeg(media.scene(["obama"], moment=moment)) for moment in (0, 6)]
    assert media.run_clip(pipeline, alone * 3, 1) == []
    people = [media.Person("obama"), media.Person("biden", x=0.8, y=0.45, face=0.25)]
    two = [encode_jpeg(media.scene(people, moment=moment)) for moment in (0, 6)]
    kinds = {item.kind for item in media.run_clip(pipeline, two * 2, 1)}
    assert kinds == {ObservationKind.SEVERAL_FACES, ObservationKind.SECOND_PERSON}


@pytest.mark.skipif(DATA is None, reason="the development clips are not here (set TEST_DATA_DIR)")
@pytest.mark.parametrize("offset", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("name", sorted(path.name for path in (DATA / "clips").glob("*.mp4")) if DATA else [])
def test_development_clip_shows_its_things_only(pipeline: Pipeline, name: str, offset: float) -> None:
    assert DATA is not None
    film, frames = cv2.VideoCapture(str(DATA / "clips" / name)), []
    while (read := film.read())[0]:
        frames.append(read[1])
    jpegs = [encode_jpeg(frame) for frame in frames[::3]]
    found = {
        item.kind: item for item in media.run_clip(pipeline, jpegs, 5, start=offset) if item.kind in THINGS
    }
    expected = EXPECTED.get(name)
    assert set(found) == ({expected} if expected else set())
    if expected:
        assert found[expected].opened_at <= 5
