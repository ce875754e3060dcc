"""One frame's result in the VideoProctoring contract: geometry as we measured it, nothing else. Pure.

The formulas are those of that contract (proctoring.vision.measures). What it computed from a face although a
face does not tell it stays empty: engagement and expression without emotions, and emotions where the law or
the institution does not allow them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from proctoring.compat import alerts
from proctoring.observations import FrameReport, ObservationKind
from proctoring.vision.measures import measure

THRESHOLD = 80.0
"""The similarity that the contract names. Our engine's own thresholds decide; this is only told."""


def result_of(
    report: FrameReport,
    *,
    number: int,
    seconds: float,
    open_kinds: Sequence[str],
    is_registered: bool,
    why_no_emotions: str,
) -> dict[str, Any]:
    """`result` of an analysed frame. `seconds`: since the session's start. `is_registered`: whether there is
    a face to compare with."""
    result: dict[str, Any] = {
        "timestamp": round(seconds, 2),
        "frame_number": number,
        "face_count": len(report.faces),
        "alerts": alerts.of_frame(open_kinds, report, seconds),
        "metrics": metrics_of(report),
        "emotions": {name.upper(): round(100 * share, 1) for name, share in report.emotions.items()},
        "labels_detected": alerts.labels_in(report),
        "face_verification": verification_of(report, is_registered=is_registered),
    }
    if report.emotions and report.faces:
        result["dominant_emotion"] = max(report.emotions, key=lambda name: report.emotions[name]).upper()
    if why_no_emotions:
        result["disabled_reason"] = why_no_emotions
    return result


def metrics_of(report: FrameReport) -> dict[str, float | None]:
    """The five metrics of a frame with one face; {} without. None: not measured in this frame."""
    if not report.faces:
        return {}
    found = measure(report)
    names = ("eye_contact", "facial_expression", "engagement", "posture")
    told = {name: rounded(found.get(name)) for name in names}
    return {**told, "confidence": rounded(100 * report.faces[0].score)}


def verification_of(report: FrameReport, *, is_registered: bool) -> dict[str, Any]:
    """`face_verification`: verified None where nothing can be said, which is not "no"."""
    if not is_registered:
        return {"verified": None, "similarity": None, "message": "No face registered"}
    seen = report.observation(ObservationKind.DIFFERENT_PERSON)
    if seen is None or not seen.informative:
        return {"verified": None, "similarity": None, "message": "Not compared in this frame"}
    similarity = seen.measurements.get("similarity")
    percent = rounded(100 * float(similarity)) if isinstance(similarity, int | float) else None
    message = "Face unlike the registered one" if seen.present else "Face verified"
    return {
        "verified": not seen.present,
        "similarity": percent,
        "message": message,
        "threshold": THRESHOLD,
    }


def error_of(message: str, *, number: int, seconds: float, **more: Any) -> dict[str, Any]:
    """`result` of a frame that was not looked at: such an answer has status 200 in that contract."""
    return {"error": message, "timestamp": round(seconds, 2), "frame_number": number, **more}


def means_of(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, float | None]:
    """`metrics` of a session from its running figures; None where nothing was measured."""
    names = ("eye_contact", "engagement", "facial_expression")
    told = {f"avg_{name}": mean_of(figures, name) for name in names}
    return {**told, "avg_confidence": mean_of(figures, "detector_confidence")}


def mean_of(figures: Mapping[str, Mapping[str, Any]], name: str) -> float | None:
    """The mean of one running figure."""
    found = figures.get(name)
    return rounded(float(found["mean"])) if found and found.get("count") else None


def rounded(value: float | None) -> float | None:
    """To tenths, as clients show them."""
    return None if value is None else round(value, 1)
