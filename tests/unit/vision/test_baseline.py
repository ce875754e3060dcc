"""How a person's usual seat is learnt, and what never teaches one."""

from dataclasses import replace

import pytest

from proctoring.analysis.head_memory import HeadMemory, follow_head
from proctoring.observations import FaceBox, FrameReport, Head, Quality
from proctoring.vision.baseline import Baseline, LearntFrom, is_calm, learn

STRAIGHT = Head(yaw=4.0, pitch=8.0, roll=1.0, gaze_x=0.5, eyes_closed=0.2, mouth_open=0.1, presence=1.0)


@pytest.mark.parametrize(
    ("change", "faces", "calm"),
    [
        ({}, 1, True),
        ({"yaw": -28}, 1, True),  # the screen stands beside the camera
        ({"yaw": 35}, 1, False),
        ({"pitch": 40}, 1, False),
        ({"pitch": -20}, 1, False),
        ({"presence": 0.5}, 1, False),
        ({"eyes_closed": 0.7}, 1, False),
        ({}, 2, False),
        ({}, 0, False),
    ],
)
def test_which_looks_teach(change: dict[str, float], faces: int, calm: bool) -> None:
    assert is_calm(replace(STRAIGHT, **change), faces) is calm


def test_no_head_teaches_nothing() -> None:
    assert not is_calm(None, 1)


def test_medians_forget_a_glance() -> None:
    looks = [replace(STRAIGHT, yaw=yaw) for yaw in (4, 5, 4, 3, 4, 5, 4, 4, 30, 4, 5)]
    learnt = learn(looks, LearntFrom.CHECK_IN)
    assert learnt is not None
    assert learnt.usual.yaw == 4 and learnt.looks == 11 and learnt.spread <= 2
    assert Baseline.from_json(learnt.to_json()) == learnt


def test_too_few_looks_and_a_restless_head_at_check_in_teach_nothing() -> None:
    assert learn([STRAIGHT] * 7, LearntFrom.CHECK_IN) is None
    restless = [replace(STRAIGHT, yaw=yaw) for yaw in (-25, 25) * 6]
    assert learn(restless, LearntFrom.CHECK_IN) is None
    assert learn(restless, LearntFrom.EXAM) is not None


def _report(second: float, head: Head | None, faces: int = 1) -> FrameReport:
    boxes = (FaceBox(0, 0, 100, 120, 0.9),) * faces
    return FrameReport(second, int(second), 640, 480, Quality(True), faces=boxes, head=head)


def test_the_first_half_minute_of_the_exam_teaches_when_check_in_did_not() -> None:
    memory, baseline = HeadMemory(), None
    for second in range(31):
        memory, baseline = follow_head(memory, _report(second, STRAIGHT), baseline)
        assert (baseline is None) is (second < 30)
        memory = HeadMemory.from_json(memory.to_json())
    assert baseline is not None and baseline.learnt_from is LearntFrom.EXAM
    assert memory.calm == () and len(memory.mouth) == 5


def test_only_calm_looks_of_one_face_count_for_it() -> None:
    memory, baseline = HeadMemory(), None
    turned = replace(STRAIGHT, yaw=50)
    for second in range(0, 60, 3):
        memory, baseline = follow_head(memory, _report(second, turned), baseline)
        memory, baseline = follow_head(memory, _report(second + 1, STRAIGHT, faces=2), baseline)
        memory, baseline = follow_head(memory, _report(second + 2, None, faces=0), baseline)
    assert memory.calm == () and baseline is None


def test_slow_cameras_teach_once_there_are_enough_looks() -> None:
    memory, baseline, seconds = HeadMemory(), None, 0.0
    while baseline is None and seconds < 300:
        memory, baseline = follow_head(memory, _report(seconds, STRAIGHT), baseline)
        seconds += 5
    assert baseline is not None and baseline.looks == 8
