"""A face that is partly covered: by a hand, a cloth, a thing held before it."""

import math

from proctoring.observations import FaceBox, Head, Observation, ObservationKind
from proctoring.vision import head_thresholds
from proctoring.vision.detectors.same_person import turn_of

_LIMITS = head_thresholds.HIDDEN


def observe_hidden(head: Head | None, face: FaceBox) -> Observation:
    """The observation ``face_hidden`` of the main face of one frame whose light is good enough.

    Two models must agree about a whole face before it counts as clear, one that misses it is enough to
    count as hidden; in between, and for small, turned or tilted faces, the look says nothing. A small cover
    (a hand over the mouth only) is mostly not noticed: the models are made to see through it.
    """
    if not _is_judged(face):
        return Observation(ObservationKind.FACE_HIDDEN, False, 0.0, {}, informative=False)
    presence = head.presence if head else 0.0
    hidden = face.score < _LIMITS.score or presence < _LIMITS.presence
    clear = face.score >= _LIMITS.clear_score and presence >= _LIMITS.clear_presence
    sure_of_whole = min(presence, face.score)
    words = f"face detector {face.score:.2f}, face mesh {presence:.2f} sure of a whole face"
    return Observation(
        ObservationKind.FACE_HIDDEN,
        hidden,
        _confidence(face.score, presence) if hidden else sure_of_whole,
        {"hidden": words, "face_px": round(face.h)},
        informative=hidden or clear,
    )


def _is_judged(face: FaceBox) -> bool:
    return (
        face.h >= _LIMITS.least_height
        and abs(turn_of(face)) <= _LIMITS.most_turn
        and _tilt(face) <= _LIMITS.most_tilt
    )


def _tilt(face: FaceBox) -> float:
    """Degrees by which the line of the eyes is tilted; 0.0 without the five points."""
    if len(face.landmarks) < 2:
        return 0.0
    (right_x, right_y), (left_x, left_y) = face.landmarks[:2]
    return abs(math.degrees(math.atan2(left_y - right_y, left_x - right_x)))


def _confidence(score: float, presence: float) -> float:
    """.6 when one of the two models misses the whole face, .8 when both do."""
    return 0.8 if score < _LIMITS.score and presence < _LIMITS.presence else 0.6
