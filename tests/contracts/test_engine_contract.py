"""What every face engine must keep, run against each of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from proctoring.observations import FaceBox
from proctoring.vision.engines import base
from proctoring.vision.engines.base import EngineError, FaceEngine, load_engine, mean_vector
from tests import media

# Where three people of the scripted engine stand: BGR colours far apart, two of them nearly alike.
_PAINT = {"obama": (20, 20, 230), "obama2": (20, 45, 230), "biden": (20, 220, 20)}


def painted(people: list[media.Person]) -> np.ndarray:
    """Grey noise with one rectangle of pure colour per person."""
    frame = np.random.default_rng(1).integers(90, 110, (480, 640, 1), np.uint8).repeat(3, axis=2)
    for person in people:
        h = round(person.face * 480)
        x, y = round(person.x * 640 - h * 0.4), round(person.y * 480 - h / 2)
        frame[y : y + h, x : x + round(h * 0.8)] = _PAINT[person.name]
    return frame


@dataclass
class Case:
    """An engine and the frames it understands."""

    engine: FaceEngine
    draw: Callable[[list[media.Person]], np.ndarray]


ENGINES = {
    "proctoring.vision.engines.opencv_faces.OpenCVFaces": media.scene,
    "proctoring.vision.engines.dlib_faces.DlibFaces": media.scene,
    "proctoring.vision.engines.scripted.ScriptedFaces": painted,
}


@pytest.fixture(scope="module", params=list(ENGINES), ids=lambda path: path.rpartition(".")[2])
def case(request: pytest.FixtureRequest) -> Case:
    return Case(load_engine(FaceEngine, request.param), ENGINES[request.param])


LEFT = media.Person("obama", x=0.3, y=0.45, face=0.32)
RIGHT = media.Person("biden", x=0.72, y=0.45, face=0.3)


def clear(case: Case, frame: np.ndarray) -> list[FaceBox]:
    return [face for face in case.engine.detect(frame) if face.score >= case.engine.thresholds.face]


def test_nobody_in_an_empty_room(case: Case) -> None:
    assert clear(case, case.draw([])) == []


def test_finds_each_person_where_they_are(case: Case) -> None:
    faces = sorted(clear(case, case.draw([LEFT, RIGHT])), key=lambda face: face.x)
    assert len(faces) == 2
    for face, person in zip(faces, (LEFT, RIGHT), strict=True):
        assert abs(face.x + face.w / 2 - person.x * 640) < 0.3 * face.h
        assert abs(face.y + face.h / 2 - person.y * 480) < 0.3 * face.h
        assert 0.6 < face.h / (person.face * 480) < 1.5


def test_boxes_are_plain_numbers_best_first_with_five_ordered_points(case: Case) -> None:
    faces = case.engine.detect(case.draw([LEFT, RIGHT]))
    assert faces
    for face in faces:
        assert {type(value) for value in (face.x, face.y, face.w, face.h, face.score)} == {float}
        assert 0 <= face.score <= 1
        right_eye, left_eye, nose, right_mouth, left_mouth = face.landmarks
        assert right_eye[0] < left_eye[0] and right_mouth[0] < left_mouth[0]
        assert right_eye[1] < nose[1] < right_mouth[1] and left_eye[1] < nose[1] < left_mouth[1]
        assert FaceBox.from_json(face.to_json()).landmarks[0] == pytest.approx(right_eye, abs=0.06)


def test_vectors_tell_people_apart(case: Case) -> None:
    vectors = {}
    for name in ("obama", "obama2", "biden"):
        frame = case.draw([media.Person(name)])
        vectors[name] = case.engine.embed(frame, clear(case, frame)[0])
    for vector in vectors.values():
        assert vector.dtype == np.float32 and vector.ndim == 1
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-3)
    same = case.engine.similarity(vectors["obama"], vectors["obama2"])
    different = case.engine.similarity(vectors["obama"], vectors["biden"])
    assert same >= case.engine.thresholds.same
    assert different < case.engine.thresholds.different
    assert case.engine.similarity(vectors["obama"], vectors["obama"]) == pytest.approx(1.0, abs=1e-3)
    mean = mean_vector([vectors["obama"], vectors["obama2"]])
    assert np.linalg.norm(mean) == pytest.approx(1.0, abs=1e-3)
    assert case.engine.similarity(mean, vectors["biden"]) < case.engine.thresholds.different


def test_same_frame_same_answer_and_frame_untouched(case: Case) -> None:
    frame = case.draw([LEFT])
    before = frame.copy()
    first, second = case.engine.detect(frame), case.engine.detect(frame)
    assert first == second
    assert np.array_equal(case.engine.embed(frame, first[0]), case.engine.embed(frame, first[0]))
    assert np.array_equal(frame, before)


@pytest.mark.parametrize("size", [(480, 640), (360, 640), (640, 360), (65, 64), (97, 301)])
def test_any_frame_size_is_accepted(case: Case, size: tuple[int, int]) -> None:
    frame = np.full((*size, 3), 120, np.uint8)
    assert case.engine.detect(frame) == []


def test_a_face_at_the_edge_can_be_described(case: Case) -> None:
    frame = case.draw([media.Person("obama", x=0.5, y=0.5, face=0.4)])[:, 260:].copy()
    for face in case.engine.detect(frame)[:1]:
        assert np.isfinite(case.engine.embed(frame, face)).all()


def test_thresholds_and_versions_make_sense(case: Case) -> None:
    scores = case.engine.thresholds
    assert 0 < scores.different <= scores.same < 1
    assert 0 < scores.trace <= scores.face <= scores.extra_face <= 1
    assert case.engine.name in case.engine.description
    assert case.engine.model_versions


def test_vectors_of_another_engine_are_refused(case: Case) -> None:
    with pytest.raises(ValueError, match="different engines"):
        case.engine.similarity(np.ones(5, np.float32), np.ones(7, np.float32))


@pytest.mark.parametrize(
    "path",
    ["", "nothing", "proctoring.vision.engines.none.Such", "proctoring.vision.engines.base.EngineError"],
)
def test_unknown_engines_are_named_in_the_error(path: str) -> None:
    with pytest.raises(EngineError, match="engine|FaceEngine"):
        load_engine(FaceEngine, path)


def test_dlib_leaves_other_readers_of_pictures_as_strict_as_they_were() -> None:
    from PIL import ImageFile

    from proctoring.vision.engines import dlib_faces

    dlib_faces.DlibFaces()
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_dlib_that_quits_on_import_becomes_an_engine_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """face_recognition calls quit() when its models are missing; the worker must survive it."""
    from proctoring.vision.engines import dlib_faces

    def quits(name: str) -> None:
        print("Please install `face_recognition_models`")
        raise SystemExit

    monkeypatch.setattr(dlib_faces, "import_module", quits)
    with pytest.raises(EngineError, match="Please install"):
        dlib_faces.DlibFaces()


def test_averaging_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no vectors"):
        base.mean_vector([])
    with pytest.raises(ValueError, match="cancel"):
        base.mean_vector([np.array([1, 0], np.float32), np.array([-1, 0], np.float32)])
