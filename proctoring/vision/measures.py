"""Plain measurements of one frame and their running figures: geometry, never a mark of the person.

The formulas are those of the replaced interview system, whose clients expect these keys ([P] its published
code: eye contact 100 - .8|yaw| - .6|pitch|, posture 95 - .8|pitch| - .6|roll| within 60..100, facial
expression 1.2 (happy + calm), engagement .6 facial expression + .4 eye contact), but measured from the
person's own usual pose where that is known. They are figures of angles on a scale of 0..100, and say nothing
about attention, honesty or ability.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from proctoring.observations import FaceBox, FrameReport, Head
from proctoring.vision.thresholds import STEADY_FACE_HEIGHTS

SAME_MOMENT_S = 3.0
"""Looks further apart than this say nothing about how steady a head is; the time rules' longest step."""


def eye_contact(head: Head, baseline: Head | None = None) -> float:
    """0..100: how directly the head faces the camera; degrees from `baseline`, or from straight ahead."""
    turned, nodded = _from_usual(head, baseline)
    return _clamp(100 - 0.8 * abs(turned) - 0.6 * abs(nodded))


def posture(head: Head, baseline: Head | None = None) -> float:
    """60..100: how upright the head is held."""
    _, nodded = _from_usual(head, baseline)
    leaned = head.roll - (baseline.roll if baseline else 0.0)
    return _clamp(95 - 0.8 * abs(nodded) - 0.6 * abs(leaned), least=60)


def head_stability(face: FaceBox, before: FaceBox) -> float:
    """0..100: 100 when the face has not moved since the last frame, 0 from STEADY_FACE_HEIGHTS on.

    Our own formula: the centre's way in face heights, against what the identity pace calls a jump.
    """
    way = math.hypot(_centre(face)[0] - _centre(before)[0], _centre(face)[1] - _centre(before)[1])
    return _clamp(100 * (1 - way / max(before.h, 1.0) / STEADY_FACE_HEIGHTS))


def facial_expression(emotions: Mapping[str, float]) -> float:
    """0..100 from shares (0..1) of `happy` and `calm`; only where emotions may be read at all."""
    return _clamp(120 * (emotions["happy"] + emotions["calm"]))


def engagement(expression: float, contact: float) -> float:
    """0..100 from facial expression and eye contact; a sum of two figures, not engagement of a person."""
    return 0.6 * expression + 0.4 * contact


def measure(
    report: FrameReport,
    before: FaceBox | None = None,
    baseline: Head | None = None,
    confused: float | None = None,
) -> dict[str, float]:
    """What can be measured of a report with exactly one face, by name; empty otherwise.

    `before`: the face of the frame before, if it is recent. `confused`: the share of ``vision.confusion``.
    What was not measured has no name here.
    """
    if len(report.faces) != 1 or not report.quality.usable:
        return {}
    face = report.faces[0]
    found = {"detector_confidence": 100 * face.score}
    if before is not None:
        found["head_stability"] = head_stability(face, before)
    if report.head is not None:
        found["eye_contact"] = eye_contact(report.head, baseline)
        found["posture"] = posture(report.head, baseline)
    if report.emotions:
        found["facial_expression"] = facial_expression(report.emotions)
        found |= {f"emotion_{name}": 100 * share for name, share in report.emotions.items()}
        if report.head is not None:
            found["engagement"] = engagement(found["facial_expression"], found["eye_contact"])
        if confused is not None:
            found["emotion_confused"] = 100 * confused
    return found


@dataclass(frozen=True, slots=True)
class Figure:
    """The running figure of one measurement: how often, mean, least and most. Merging is associative."""

    count: int
    mean: float
    least: float
    most: float

    @classmethod
    def of(cls, value: float) -> "Figure":
        """The figure of a single value."""
        return cls(1, value, value, value)

    def merged(self, other: "Figure") -> "Figure":
        """The figure of both sets of values."""
        count = self.count + other.count
        mean = (self.mean * self.count + other.mean * other.count) / count
        return Figure(count, mean, min(self.least, other.least), max(self.most, other.most))

    def to_json(self) -> dict[str, float]:
        """Plain dict."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, float]) -> "Figure":
        """Inverse of :meth:`to_json`."""
        return cls(int(data["count"]), float(data["mean"]), float(data["least"]), float(data["most"]))


def merge(figures: Mapping[str, Figure], others: Mapping[str, Figure]) -> dict[str, Figure]:
    """Both sets of figures, by name."""
    merged = dict(figures)
    for name, figure in others.items():
        merged[name] = merged[name].merged(figure) if name in merged else figure
    return merged


def _from_usual(head: Head, baseline: Head | None) -> tuple[float, float]:
    if baseline is None:
        return head.yaw, head.pitch
    return head.yaw - baseline.yaw, head.pitch - baseline.pitch


def _centre(face: FaceBox) -> tuple[float, float]:
    return face.x + face.w / 2, face.y + face.h / 2


def _clamp(value: float, least: float = 0.0) -> float:
    return min(100.0, max(least, value))
