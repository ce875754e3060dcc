"""What counts as a person, as a covered or dark camera, and as another person; and what says nothing."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.observations import FaceBox, ObservationKind, Quality, QualityReason
from proctoring.vision.detectors.camera_blocked import observe_camera
from proctoring.vision.detectors.face_count import count_people, observe_face_count
from proctoring.vision.detectors.same_person import is_comparable, observe_identity, turn_of
from proctoring.vision.engines.scripted import ScriptedFaces
from proctoring.vision.image import measure_light
from proctoring.vision.thresholds import OPENCV_FACES as SCORES
from tests import media

GOOD = Quality(usable=True)


def face(h: float = 150, score: float = 0.93, x: float = 200, turn: float = 0.0) -> FaceBox:
    w = 0.8 * h
    points = ((0.3, 0.4), (0.7, 0.4), (0.5 + 0.4 * turn, 0.6), (0.35, 0.8), (0.65, 0.8))
    return FaceBox(x, 100, w, h, score, tuple((x + px * w, 100 + py * h) for px, py in points))


@pytest.mark.parametrize(
    ("faces", "people", "doubts"),
    [
        ([], 0, 0),
        ([face()], 1, 0),
        ([face(), face(h=90, score=0.8)], 2, 0),
        ([face(), face(h=90, score=0.72)], 1, 1),  # a dog scores about that
        ([face(), face(h=40, score=0.9)], 1, 0),  # far behind the main face
        ([face(h=60), face(h=22, score=0.9)], 1, 0),  # too small for a person in the room
        ([face(score=0.62)], 0, 1),  # half hidden: somebody may be there
        ([face(h=12, score=0.69)], 0, 0),  # a patch of wallpaper
    ],
)
def test_which_boxes_are_people(faces: list[FaceBox], people: int, doubts: int) -> None:
    count = count_people(faces, 480, SCORES)
    assert (len(count.people), len(count.doubtful)) == (people, doubts)


def test_main_face_is_the_largest_not_the_best_scored() -> None:
    count = count_people([face(h=80, score=0.95), face(h=200, score=0.85)], 480, SCORES)
    assert count.main is not None and count.main.h == 200


def test_nobody_needs_a_usable_frame_and_no_trace_of_a_face() -> None:
    empty, trace = count_people([], 480, SCORES), count_people([face(score=0.62)], 480, SCORES)
    sure, _ = observe_face_count(empty, usable=True)
    assert sure.present and sure.informative
    for count, usable in ((empty, False), (trace, True)):
        for observation in observe_face_count(count, usable):
            assert not observation.present and not observation.informative


def test_a_doubtful_second_face_neither_alarms_nor_clears() -> None:
    count = count_people([face(), face(h=90, score=0.72)], 480, SCORES)
    nobody, several = observe_face_count(count, usable=True)
    assert nobody.informative and not nobody.present
    assert not several.informative and not several.present


def test_several_faces_say_how_many_and_how_small() -> None:
    count = count_people([face(), face(h=84, score=0.81)], 480, SCORES)
    several = observe_face_count(count, usable=True)[1]
    assert several.present and several.confidence == 0.81
    assert several.measurements == {"faces": 2, "smallest_px": 84, "largest_px": 150}


@given(
    st.lists(st.tuples(st.floats(5, 480), st.floats(0.5, 1)), max_size=6).map(
        lambda items: [face(h=h, score=score) for h, score in items]
    )
)
def test_a_further_box_never_lowers_the_count_below_the_main_face(faces: list[FaceBox]) -> None:
    count = count_people(faces, 480, SCORES)
    assert len(count.people) <= len(faces)
    assert bool(count.people) == any(item.score >= SCORES.face and item.h >= 0.04 * 480 for item in faces)


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (media.covered_lens(), ObservationKind.CAMERA_COVERED),
        (media.hand_on_lens(), ObservationKind.CAMERA_COVERED),
        (np.full((480, 640, 3), 100, np.uint8), ObservationKind.CAMERA_COVERED),
        (np.zeros((480, 640, 3), np.uint8), ObservationKind.CAMERA_COVERED),
        (media.dark_room(), ObservationKind.CAMERA_DARK),
        (media.scene([], brightness=0.2), ObservationKind.CAMERA_DARK),
        (media.scene([]), None),
        (media.scene([], brightness=0.6), None),
        (media.scene([], background="office"), None),
    ],
)
def test_covered_dark_or_open(frame: np.ndarray, kind: ObservationKind | None) -> None:
    light = measure_light(frame)
    assert [item.kind for item in observe_camera(light, has_face=False) if item.present] == (
        [kind] if kind else []
    )
    assert not any(item.present for item in observe_camera(light, has_face=True))


def test_a_lens_badly_out_of_focus_is_flagged_with_a_note() -> None:
    """Nobody can be recognised in it, but there is nothing to take away from the lens."""
    blurred = cv2.GaussianBlur(media.scene(["obama"], brightness=1.3), (0, 0), 40)
    note = observe_camera(measure_light(blurred), has_face=False)[0].measurements.get("note", "")
    assert "out of focus" in str(note)
    assert "note" not in observe_camera(measure_light(media.hand_on_lens()), has_face=False)[0].measurements


def test_covered_camera_says_nothing_about_the_room() -> None:
    covered, dark = observe_camera(measure_light(media.covered_lens()), has_face=False)
    assert covered.informative and not dark.informative


@pytest.mark.parametrize("turn", [-0.7, -0.3, 0.0, 0.3, 0.7])
def test_turn_is_the_nose_offset_in_eye_distances(turn: float) -> None:
    assert turn_of(face(turn=turn)) == pytest.approx(turn, abs=0.01)


def test_only_one_clear_large_lit_frontal_face_is_compared() -> None:
    def comparable(faces: list[FaceBox], quality: Quality = GOOD) -> bool:
        return is_comparable(count_people(faces, 480, SCORES), quality, SCORES)

    assert comparable([face()])
    assert comparable([face(h=52)])
    assert not comparable([])
    assert not comparable([face(), face(h=140, x=400)])
    assert not comparable([face(h=40)])
    assert not comparable([face(score=0.75)])
    assert not comparable([face(turn=0.8)])
    for reason in (QualityReason.TOO_DARK, QualityReason.BACK_LIT, QualityReason.BLURRED):
        assert not comparable([face()], Quality(usable=True, reasons=(reason,)))


def test_identity_has_three_answers_and_uses_the_best_reference() -> None:
    engine = ScriptedFaces()
    frame = np.full((480, 640, 3), 100, np.uint8)
    frame[100:220, 200:296] = (20, 20, 230)
    box = engine.detect(frame)[0]
    own = engine.embed(frame, box)
    other = np.array([-own[1], own[0], 0], np.float32) / np.linalg.norm(own[:2])
    between = 0.7 * own + np.sqrt(1 - 0.49) * other
    same = observe_identity(engine, frame, box, [other, own])
    assert same.informative and not same.present and same.confidence > 0.9
    different = observe_identity(engine, frame, box, [other])
    assert different.informative and different.present and different.confidence > 0.9
    unsure = observe_identity(engine, frame, box, [between.astype(np.float32)])
    assert not unsure.informative and not unsure.present
