"""What counts as looking away, closed eyes, a hidden face and a moving mouth; and what says nothing."""

from dataclasses import replace

import pytest

from proctoring.incidents.explanations import _Numbers
from proctoring.incidents.rule_table import DEFAULT_RULES
from proctoring.observations import FaceBox, Head, Observation, ObservationKind, Quality, QualityReason
from proctoring.vision.baseline import Baseline, LearntFrom, first_yaw
from proctoring.vision.detectors.eyes_closed import observe_eyes
from proctoring.vision.detectors.face_hidden import observe_hidden
from proctoring.vision.detectors.looking_away import observe_gaze
from proctoring.vision.detectors.mouth_moving import observe_mouth, remember
from proctoring.vision.head_look import observe_head

STRAIGHT = Head(yaw=0.0, pitch=5.0, roll=0.0, gaze_x=0.5, eyes_closed=0.15, mouth_open=0.02, presence=1.0)
GOOD = Quality(usable=True)


def face(turn: float = 0.0, score: float = 0.94, h: float = 150, tilt: float = 0.0) -> FaceBox:
    """`turn`: nose offset in eye distances; `tilt`: how much lower the left eye is, in eye distances."""
    w = 0.8 * h
    points = ((0.3, 0.4), (0.7, 0.4 + 0.32 * tilt), (0.5 + 0.4 * turn, 0.6), (0.35, 0.8), (0.65, 0.8))
    return FaceBox(200, 100, w, h, score, tuple((200 + x * w, 100 + y * h) for x, y in points))


def usual(learnt_from: LearntFrom = LearntFrom.CHECK_IN, **numbers: float) -> Baseline:
    return Baseline(replace(STRAIGHT, **numbers), 3.0, 15, learnt_from)


def answer(seen: Observation) -> str:
    return "cannot say" if not seen.informative else "yes" if seen.present else "no"


@pytest.mark.parametrize(
    ("change", "expected", "direction"),
    [
        ({"yaw": 19}, "no", "to the screen"),
        ({"yaw": 21}, "yes", "to the left of the picture"),
        ({"yaw": -45}, "yes", "to the right of the picture"),
        ({"pitch": 31}, "yes", "down"),
        ({"pitch": 25}, "no", "to the screen"),  # 20 below the usual 5: reading the keys
        ({"pitch": -14}, "yes", "up"),
        ({"yaw": -30, "pitch": 35}, "yes", "to the right of the picture and down"),
        ({"gaze_x": 0.38}, "yes", "eyes to the left of the picture"),
        ({"gaze_x": 0.63}, "yes", "eyes to the right of the picture"),
        ({"gaze_x": 0.63, "yaw": 15}, "no", "to the screen"),  # the eyes stay where they were
        ({"gaze_x": 0.63, "eyes_closed": 0.6}, "no", "to the screen"),  # lowered lids hide the iris
    ],
)
def test_changes_from_the_usual_count(change: dict[str, float], expected: str, direction: str) -> None:
    seen = observe_gaze(replace(STRAIGHT, **change), face(), usual())
    assert (answer(seen), seen.measurements["direction"]) == (expected, direction)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"yaw": 13}, "no"),
        ({"yaw": 17}, "cannot say"),  # some people sit like that
        ({"yaw": 21}, "yes"),
        ({"pitch": 30}, "no"),
        ({"pitch": 42}, "yes"),
        ({"pitch": -22}, "yes"),
        ({"gaze_x": 0.3}, "no"),  # irises lie differently in each face
    ],
)
def test_without_a_baseline_limits_are_wider_and_the_middle_says_nothing(
    change: dict[str, float], expected: str
) -> None:
    seen = observe_gaze(replace(STRAIGHT, **change), face(), None)
    assert answer(seen) == expected
    assert "is not known" in str(seen.measurements["usual"])


def test_who_usually_sits_turned_is_looking_away_only_from_there() -> None:
    own = usual(LearntFrom.EXAM, yaw=24)
    assert answer(observe_gaze(replace(STRAIGHT, yaw=26), face(), own)) == "no"
    seen = observe_gaze(replace(STRAIGHT, yaw=-4), face(), own)
    assert answer(seen) == "yes"
    assert seen.measurements["yaw_change"] == -28
    assert "first half minute" in str(seen.measurements["usual"])


@pytest.mark.parametrize(
    ("first_yaws", "yaw", "expected"),
    [
        ([], 26, "yes"),
        ([26], 26, "no"),  # who sits turned from the start gets one such look, and no incident
        ([26, 24, 22], -4, "no"),  # and may look into the camera
        ([26, 24, 22], -25, "yes"),
        ([2, 3], 26, "yes"),
        ([2, 26, 26, 26], 26, "yes"),  # a turn does not become the usual by lasting
        ([13, 26, 22, 4], 13, "no"),
    ],
)
def test_the_first_looks_stand_in_for_a_baseline(first_yaws: list[float], yaw: float, expected: str) -> None:
    first = first_yaw([replace(STRAIGHT, yaw=each) for each in first_yaws])
    assert answer(observe_gaze(replace(STRAIGHT, yaw=yaw), face(), None, first)) == expected


def test_further_away_is_more_certain() -> None:
    chances = [
        observe_gaze(replace(STRAIGHT, yaw=yaw), face(), usual()).confidence
        for yaw in (20.0, 25.0, 30.0, 45.0)
    ]
    assert chances == sorted(chances) and chances[0] == pytest.approx(0.5) and chances[-1] > 0.95


@pytest.mark.parametrize(
    ("head", "turn", "expected"),
    [
        (None, 0.1, "cannot say"),
        (None, -0.7, "yes"),
        (replace(STRAIGHT, presence=0.3), 0.1, "cannot say"),
        (replace(STRAIGHT, presence=0.3), 0.6, "yes"),
    ],
)
def test_without_a_sure_mesh_only_a_plain_profile_counts(
    head: Head | None, turn: float, expected: str
) -> None:
    seen = observe_gaze(head, face(turn), usual())
    assert answer(seen) == expected
    if seen.present:
        side = "left" if turn < 0 else "right"
        assert seen.measurements["direction"] == f"to the {side} of the picture"


@pytest.mark.parametrize(
    ("closed", "baseline", "expected"),
    [
        (0.2, None, "no"),
        (0.65, None, "cannot say"),
        (0.75, None, "yes"),
        (0.75, usual(eyes_closed=0.2), "yes"),
        (0.72, usual(eyes_closed=0.5), "cannot say"),  # narrow eyes
        (0.8, usual(eyes_closed=0.5), "yes"),
    ],
)
def test_closed_eyes(closed: float, baseline: Baseline | None, expected: str) -> None:
    assert answer(observe_eyes(replace(STRAIGHT, eyes_closed=closed), baseline)) == expected


def test_eyes_of_a_turned_or_unsure_head_say_nothing() -> None:
    closed = replace(STRAIGHT, eyes_closed=0.9)
    for head in (None, replace(closed, yaw=40), replace(closed, presence=0.7)):
        assert answer(observe_eyes(head, None)) == "cannot say"


@pytest.mark.parametrize(
    ("head", "box", "expected"),
    [
        (STRAIGHT, face(), "no"),
        (STRAIGHT, face(score=0.86), "yes"),
        (replace(STRAIGHT, presence=0.2), face(), "yes"),
        (None, face(), "yes"),
        (STRAIGHT, face(score=0.89), "cannot say"),
        (replace(STRAIGHT, presence=0.7), face(), "cannot say"),
        (STRAIGHT, face(score=0.8, turn=0.4), "cannot say"),
        (STRAIGHT, face(score=0.8, tilt=0.6), "cannot say"),
        (STRAIGHT, face(score=0.8, h=60), "cannot say"),
    ],
)
def test_hidden_faces(head: Head | None, box: FaceBox, expected: str) -> None:
    assert answer(observe_hidden(head, box)) == expected


def test_a_mouth_moves_only_over_several_looks() -> None:
    memory: tuple[float, ...] = ()
    answers = []
    for opening in (0.02, 0.2, 0.02, 0.2, 0.02, 0.2, 0.02):
        head = replace(STRAIGHT, mouth_open=opening)
        answers.append(answer(observe_mouth(head, memory)))
        memory = remember(memory, head)
    assert answers == ["cannot say"] * 5 + ["yes", "yes"]
    assert len(memory) == 5


@pytest.mark.parametrize(
    ("openings", "expected"),
    [
        ((0.25, 0.27, 0.24, 0.26, 0.25), "no"),  # open and still
        ((0.0, 0.07, 0.0, 0.07, 0.0), "cannot say"),
        ((0.0, 0.15, 0.04, 0.15, 0.02), "yes"),
    ],
)
def test_still_and_moving_mouths(openings: tuple[float, ...], expected: str) -> None:
    assert answer(observe_mouth(replace(STRAIGHT, mouth_open=openings[1]), openings)) == expected


def test_lips_that_are_not_clear_start_the_counting_anew() -> None:
    for head in (None, replace(STRAIGHT, presence=0.5), replace(STRAIGHT, yaw=40)):
        assert remember((0.1, 0.2, 0.3), head) == ()
        assert answer(observe_mouth(head, (0.0, 0.2, 0.0, 0.2, 0.0))) == "cannot say"


@pytest.mark.parametrize("reason", list(QualityReason))
def test_poor_light_and_small_faces_are_coached_not_flagged(reason: QualityReason) -> None:
    away = replace(STRAIGHT, yaw=60)
    assert observe_head(away, face(), Quality(True, (reason,)), None, ()) == []
    assert any(item.present for item in observe_head(away, face(), GOOD, None, ()))


@pytest.mark.parametrize(
    "seen",
    [
        observe_gaze(replace(STRAIGHT, yaw=60), face(), None),
        observe_gaze(None, face(-0.8), usual()),
        observe_eyes(replace(STRAIGHT, eyes_closed=0.9), None),
        observe_hidden(None, face()),
        observe_mouth(STRAIGHT, (0.0, 0.2, 0.0, 0.2, 0.0)),
    ],
    ids=["away", "profile", "eyes", "hidden", "mouth"],
)
def test_measurements_fill_the_words_of_the_rule(seen: Observation) -> None:
    numbers = _Numbers(seen.measurements)
    numbers.update(count=3, looks=3, seconds=2, confidence="0.90")
    text = DEFAULT_RULES[ObservationKind(seen.kind)].template.format_map(numbers)
    assert seen.present and "unknown" not in text.replace("down: unknown", "")
