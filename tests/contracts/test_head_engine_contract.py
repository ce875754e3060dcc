"""What every head engine must keep, run against each of them."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import cv2
import numpy as np
import pytest

from proctoring.observations import FaceBox, Head
from proctoring.vision.engines.base import EngineError, FaceEngine, HeadEngine, load_engine
from tests import media


def painted(turn: float = 0.0) -> np.ndarray:
    """One red rectangle on grey with a black nose, `turn` of half its width off the middle."""
    frame = np.random.default_rng(1).integers(90, 110, (480, 640, 1), np.uint8).repeat(3, axis=2)
    frame[120:320, 240:400] = (20, 20, 230)
    nose = 320 + round(80 * turn)
    frame[212:228, nose - 8 : nose + 8] = 0
    frame[280:290, 290:350] = 255
    return frame


def photographed(turn: float = 0.0) -> np.ndarray:
    """A real face: straight, or turned some 12 degrees to the left of the picture."""
    return media.scene([media.Person("obama2" if turn < 0 else "obama")])


@dataclass
class Case:
    """A head engine, the face engine whose faces it gets, and the frames both understand."""

    head: HeadEngine
    faces: FaceEngine
    draw: Callable[[float], np.ndarray]

    def look(self, frame: np.ndarray) -> Head:
        found = self.head.look(frame, self.faces.detect(frame)[0])
        assert found is not None
        return found


ENGINES = "proctoring.vision.engines."
CASES = {
    "mesh_head.MeshHead": ("opencv_faces.OpenCVFaces", photographed),
    "scripted.ScriptedHead": ("scripted.ScriptedFaces", painted),
}


@pytest.fixture(scope="module", params=list(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    faces, draw = CASES[request.param]
    return Case(
        load_engine(HeadEngine, ENGINES + request.param), load_engine(FaceEngine, ENGINES + faces), draw
    )


def test_a_straight_head_is_straight_in_plain_numbers_within_their_bounds(case: Case) -> None:
    head = case.look(case.draw(0.0))
    assert {type(getattr(head, each.name)) for each in fields(head)} == {float}
    assert abs(head.yaw) < 8 and abs(head.pitch) < 10 and abs(head.roll) < 5
    for share in (head.gaze_x, head.eyes_closed, head.mouth_open, head.presence):
        assert 0 <= share <= 1
    assert head.presence > 0.9 and head.eyes_closed < 0.5


def test_a_turned_head_is_turned_to_that_side_and_its_mirror_to_the_other(case: Case) -> None:
    frame = case.draw(-0.3)
    turned, mirrored = case.look(frame), case.look(frame[:, ::-1].copy())
    assert turned.yaw > 8 > -8 > mirrored.yaw
    assert turned.yaw == pytest.approx(-mirrored.yaw, abs=4)
    assert turned.pitch == pytest.approx(mirrored.pitch, abs=4)
    assert turned.mouth_open == pytest.approx(mirrored.mouth_open, abs=0.05)
    assert turned.gaze_x == pytest.approx(1 - mirrored.gaze_x, abs=0.05)


def test_same_frame_same_answer_and_frame_untouched(case: Case) -> None:
    frame = case.draw(0.0)
    before = frame.copy()
    assert case.look(frame) == case.look(frame)
    assert np.array_equal(frame, before)


@pytest.mark.parametrize("size", [(480, 640), (640, 360), (65, 64)])
def test_a_box_without_a_face_gives_none_or_plain_numbers(case: Case, size: tuple[int, int]) -> None:
    frame = np.full((*size, 3), 120, np.uint8)
    points = ((20.0, 20.0), (40.0, 20.0), (30.0, 30.0), (22.0, 40.0), (38.0, 40.0))
    for box in (FaceBox(10, 5, 40, 50, 0.9, points), FaceBox(-30, -30, 40, 50, 0.9, points)):
        head = case.head.look(frame, box)
        assert head is None or all(np.isfinite(getattr(head, each.name)) for each in fields(head))


def test_a_face_too_small_for_points_gives_none(case: Case) -> None:
    points = ((12.0, 12.0), (16.0, 12.0), (14.0, 15.0), (12.0, 18.0), (16.0, 18.0))
    assert case.head.look(case.draw(0.0), FaceBox(10, 10, 8, 10, 0.9, points)) is None


def test_versions_are_named(case: Case) -> None:
    case.head.warm_up()
    assert case.head.name in case.head.description and case.head.model_versions


def test_a_face_engine_is_no_head_engine() -> None:
    with pytest.raises(EngineError, match="HeadEngine"):
        load_engine(HeadEngine, ENGINES + "opencv_faces.OpenCVFaces")


def test_the_mesh_measures_the_tilt_of_a_picture_that_is_turned() -> None:
    case = Case(
        load_engine(HeadEngine, ENGINES + "mesh_head.MeshHead"),
        load_engine(FaceEngine, ENGINES + "opencv_faces.OpenCVFaces"),
        photographed,
    )
    frame = photographed()
    turned = cv2.warpAffine(frame, cv2.getRotationMatrix2D((320, 240), -15, 1), (640, 480))
    straight, tilted = case.look(frame), case.look(turned)
    assert tilted.roll - straight.roll == pytest.approx(15, abs=3)
    assert tilted.yaw == pytest.approx(straight.yaw, abs=6)


def test_the_mesh_sees_eyes_that_look_aside_and_an_open_mouth() -> None:
    engine = load_engine(HeadEngine, ENGINES + "mesh_head.MeshHead")
    faces = load_engine(FaceEngine, ENGINES + "opencv_faces.OpenCVFaces")
    ahead, aside = (
        Case(engine, faces, photographed).look(media.scene([media.Person(name)]))
        for name in ("obama", "obama2")
    )
    assert aside.gaze_x < ahead.gaze_x - 0.1
    assert aside.mouth_open > ahead.mouth_open + 0.1


def test_brows_differ_between_people_and_an_engine_may_say_nothing(case: Case) -> None:
    if case.head.name != "mesh-head":
        frame = case.draw(0.0)
        assert case.head.brows(frame, case.faces.detect(frame)[0]) is None
        return
    smiling, frowning = (media.scene([media.Person(name)]) for name in ("obama", "biden"))
    low, high = (case.head.brows(each, case.faces.detect(each)[0]) for each in (smiling, frowning))
    assert low is not None and high is not None and -1.5 <= low < high - 0.2 <= 1.4
