"""Plain measurements: the published formulas, what is missing, and figures that merge."""

from dataclasses import replace

import pytest

from proctoring.observations import FaceBox, FrameReport, Head, Quality
from proctoring.vision import measures
from proctoring.vision.confusion import Brows, follow
from proctoring.vision.measures import Figure, measure, merge

FACE = FaceBox(200, 100, 160, 200, 0.9)
STRAIGHT = Head(yaw=0, pitch=0, roll=0, gaze_x=0.54, eyes_closed=0, mouth_open=0, presence=1)
TURNED = replace(STRAIGHT, yaw=-30, pitch=20, roll=10)
EMOTIONS = {"happy": 0.25, "calm": 0.5, "sad": 0.25, "angry": 0, "surprised": 0, "disgusted": 0, "fear": 0}
REPORT = FrameReport(0.0, 1, 640, 480, Quality(True), faces=(FACE,))


@pytest.mark.parametrize(
    ("head", "baseline", "contact", "upright"),
    [
        (STRAIGHT, None, 100, 95),
        (TURNED, None, 100 - 24 - 12, 95 - 16 - 6),
        (TURNED, TURNED, 100, 95),
        (replace(STRAIGHT, yaw=90, pitch=90), None, 0, 60),
        (replace(STRAIGHT, pitch=9), replace(STRAIGHT, pitch=9), 100, 95),
    ],
)
def test_eye_contact_and_posture(head: Head, baseline: Head | None, contact: float, upright: float) -> None:
    assert measures.eye_contact(head, baseline) == pytest.approx(contact)
    assert measures.posture(head, baseline) == pytest.approx(upright)


@pytest.mark.parametrize(("way", "steady"), [(0, 100), (35, 50), (70, 0), (300, 0)])
def test_head_stability_falls_with_the_way_in_face_heights(way: float, steady: float) -> None:
    assert measures.head_stability(replace(FACE, x=FACE.x + way), FACE) == pytest.approx(steady)
    far, far_before = replace(FACE, x=(FACE.x + way) / 2, w=80, h=100), FACE.scaled(0.5)
    assert measures.head_stability(replace(far, y=50), far_before) == pytest.approx(steady), "at any distance"


def test_what_was_not_measured_has_no_figure() -> None:
    assert set(measure(REPORT)) == {"detector_confidence"}
    assert set(measure(REPORT, before=FACE)) == {"detector_confidence", "head_stability"}
    with_head = set(measure(replace(REPORT, head=STRAIGHT)))
    assert with_head == {"detector_confidence", "eye_contact", "posture"}


@pytest.mark.parametrize(
    "change",
    [{"faces": ()}, {"faces": (FACE, FACE)}, {"quality": Quality(False)}],
    ids=["nobody", "two", "unusable"],
)
def test_nothing_is_measured_when_it_is_not_clear_of_whom(change: dict[str, object]) -> None:
    assert measure(replace(REPORT, head=STRAIGHT, emotions=EMOTIONS, **change)) == {}


def test_expression_and_engagement_rest_on_emotions() -> None:
    found = measure(replace(REPORT, head=TURNED, emotions=EMOTIONS))
    assert found["facial_expression"] == pytest.approx(90)
    assert found["engagement"] == pytest.approx(0.6 * 90 + 0.4 * 64)
    assert found["emotion_sad"] == pytest.approx(25)
    assert "engagement" not in measure(replace(REPORT, emotions=EMOTIONS)), "not without eye contact"


def test_confused_is_a_change_from_the_own_first_looks_and_at_most_half() -> None:
    def shares(values: list[float], head: Head = STRAIGHT, every: float = 4.0) -> list[float | None]:
        brows, said = Brows(), []
        for number, value in enumerate(values):
            report = replace(REPORT, captured_at=every * number, head=head, brows=value)
            brows, share = follow(Brows.from_json(brows.to_json()), report)
            said.append(share)
        return said

    low = [0.5] * 6
    assert shares([*low, 0.5, 0.74, 1.0, 1.4]) == [None] * 6 + [0, 0, pytest.approx(0.25), 0.5], "low brows"
    smiling = [-0.9] * 6
    assert shares([*smiling, 0.2])[-1] == 0, "a smile that ends is no confusion"
    assert shares([*low, 1.4], every=3.0)[-1] is None, "six looks within 20 s do not say what is usual"
    assert shares([*low, 1.4], head=replace(STRAIGHT, yaw=45.0)) == [None] * 7, "nothing from a turned head"
    assert "emotion_confused" not in measure(replace(REPORT, emotions=EMOTIONS))
    assert measure(replace(REPORT, emotions=EMOTIONS), confused=0.25)["emotion_confused"] == 25
    assert "emotion_confused" not in measure(REPORT, confused=0.25), "only where emotions are read"


def test_figures_merge_in_any_order() -> None:
    values = [3.0, 9.0, 4.0, 100.0]
    one_by_one: dict[str, Figure] = {}
    for value in values:
        one_by_one = merge(one_by_one, {"posture": Figure.of(value)})
    halves = [
        merge({"posture": Figure.of(a)}, {"posture": Figure.of(b)}) for a, b in (values[:2], values[2:])
    ]
    assert one_by_one["posture"] == merge(*halves)["posture"] == Figure(4, 29.0, 3.0, 100.0)
    assert Figure.from_json(one_by_one["posture"].to_json()) == one_by_one["posture"]
    assert merge(one_by_one, {"eye_contact": Figure.of(1)})["posture"].count == 4
