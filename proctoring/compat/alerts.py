"""Our incidents as the alerts of the VideoProctoring contract: type, severity, message, seconds. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from proctoring.observations import FrameReport, ObservationKind

Kind = ObservationKind
LABELS = {Kind.PHONE: "Mobile Phone", Kind.BOOK: "Book", Kind.SECOND_SCREEN: "Screen"}
"""What those clients read in `labels_detected`."""


@dataclass(frozen=True, slots=True)
class AlertWords:
    """How that contract words one kind."""

    type: str
    severity: str
    message: str


WORDS: Mapping[str, AlertWords] = {
    Kind.NO_FACE.value: AlertWords("no_face_detected", "warning", "No face detected"),
    Kind.SEVERAL_FACES.value: AlertWords("multiple_faces_detected", "critical", "Multiple faces detected"),
    Kind.LOOKING_AWAY.value: AlertWords("looking_away", "warning", "Candidate looking away"),
    Kind.PHONE.value: AlertWords("suspicious_object", "warning", "Suspicious object detected: Mobile Phone"),
    Kind.BOOK.value: AlertWords("suspicious_object", "warning", "Suspicious object detected: Book"),
    Kind.SECOND_SCREEN.value: AlertWords(
        "suspicious_object", "warning", "Suspicious object detected: Screen"
    ),
    Kind.TEXT_SHOWN.value: AlertWords("text_detected", "info", "Text detected in the picture"),
    Kind.DIFFERENT_PERSON.value: AlertWords("face_mismatch", "critical", "Face unlike the registered one"),
}
"""What has a name in that contract. `low_engagement` is none of ours: nobody's engagement is judged."""

_OURS = {"high": "critical", "medium": "warning", "low": "info", "info": "info"}


def words_of(kind: str, severity: str = "info") -> AlertWords:
    """The contract's words; of a kind that it does not know, ours in its shape."""
    return WORDS.get(kind) or AlertWords(
        kind, _OURS.get(severity, "info"), kind.replace("_", " ").capitalize()
    )


def of_frame(open_kinds: Iterable[str], report: FrameReport, seconds: float) -> list[dict[str, Any]]:
    """The alerts of one frame: of every incident that goes on, as that contract repeats them."""
    found = []
    for kind in open_kinds:
        words = words_of(kind)
        alert: dict[str, Any] = {
            "type": words.type,
            "severity": words.severity,
            "message": words.message,
            "timestamp": round(seconds, 2),
        }
        if kind == Kind.LOOKING_AWAY.value and report.head is not None:
            alert |= {"yaw": round(report.head.yaw, 1), "pitch": round(report.head.pitch, 1)}
        seen = report.observation(Kind(kind)) if kind in set(Kind) else None
        if seen is not None and words.type in ("suspicious_object", "text_detected"):
            alert["confidence"] = round(100 * seen.confidence, 1)
        found.append(alert)
    return found


def of_incident(
    kind: str, severity: str, seconds: float, *, count: int, repeats: int, confidence: float
) -> dict[str, Any]:
    """One incident as one alert, however many frames showed it; `count` and `repeats` say how many did."""
    words = words_of(kind, severity)
    return {
        "type": words.type,
        "severity": words.severity,
        "message": words.message,
        "timestamp": round(max(0.0, seconds), 2),
        "confidence": round(100 * confidence, 1),
        "count": count,
        "repeats": repeats,
    }


def labels_in(report: FrameReport) -> list[str]:
    """The things that the contract lists, where they were seen in this frame."""
    return [label for kind, label in LABELS.items() if (seen := report.observation(kind)) and seen.present]
