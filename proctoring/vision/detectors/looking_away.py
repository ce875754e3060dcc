"""Head or eyes turned away from the screen, measured against how this person usually sits."""

import math

from proctoring.observations import FaceBox, Head, Observation, ObservationKind
from proctoring.vision import head_thresholds
from proctoring.vision.baseline import USUAL_WORDS, Baseline
from proctoring.vision.detectors.same_person import turn_of

_LIMITS = head_thresholds.GAZE
_KIND = ObservationKind.LOOKING_AWAY
_BEYOND = "far"  # turned so far that the angle cannot be measured
# A profile that only the five points of the detector show: sure of the turn, not of the angle.
_PROFILE_CONFIDENCE = 0.7


def observe_gaze(
    head: Head | None, face: FaceBox, baseline: Baseline | None, first_yaw: float | None = None
) -> Observation:
    """The observation ``looking_away`` of the main face of one frame whose light is good enough.

    Says nothing where neither the mesh nor the detector's points show a head clearly, and without a baseline
    nothing about heads that are turned a little: some people sit like that. Until there is one, a head must
    be turned from the camera as well as from ``first_yaw``, how the person sat in the first looks (None:
    this is the first).
    """
    usual_words = USUAL_WORDS[baseline.learnt_from if baseline else None]
    if head is None or head.presence < _LIMITS.least_presence:
        return _by_profile(turn_of(face), usual_words)
    usual = baseline.usual if baseline else None
    yaw = head.yaw - (usual.yaw if usual else 0.0)
    pitch = head.pitch - (usual.pitch if usual else 0.0)
    most = (
        (_yaw_share(yaw, None if usual else first_yaw), _sideways(yaw > 0)),
        (_pitch_share(pitch, usual is not None), "down" if pitch > 0 else "up"),
        (
            _gaze_share(head, usual, yaw, pitch),
            "eyes " + _sideways(bool(usual and head.gaze_x < usual.gaze_x)),
        ),
    )
    share = max(each for each, _ in most)
    present = share >= 1.0
    words = [direction for each, direction in most if each >= 1.0]
    chance = 1.0 / (1.0 + math.exp(-(share - 1.0) / _LIMITS.softness))
    return Observation(
        _KIND,
        present,
        chance if present else 1.0 - chance,
        {
            "direction": " and ".join(words) or "to the screen",
            "yaw_change": round(yaw),
            "pitch_change": round(pitch),
            "usual": usual_words,
        },
        informative=present or usual is not None or share < _LIMITS.unclear_share,
    )


def _sideways(to_left: bool) -> str:
    return f"to the {'left' if to_left else 'right'} of the picture"


def _yaw_share(yaw: float, first_yaw: float | None) -> float:
    """How much of the limit the turn reaches: from the camera, or from the first looks if that is less."""
    turned = abs(yaw) if first_yaw is None else min(abs(yaw), abs(yaw - first_yaw))
    return turned / _LIMITS.yaw


def _pitch_share(pitch: float, has_usual: bool) -> float:
    """How much of the limit the change of pitch reaches."""
    if pitch > 0:
        return pitch / (_LIMITS.down_change if has_usual else _LIMITS.down)
    return -pitch / (_LIMITS.up_change if has_usual else _LIMITS.up)


def _gaze_share(head: Head, usual: Head | None, yaw: float, pitch: float) -> float:
    """How much of the limit the eyes alone reach; 0.0 where they cannot be judged."""
    turned = max(abs(yaw), abs(pitch)) > _LIMITS.gaze_most_turn
    if usual is None or turned or head.eyes_closed > _LIMITS.gaze_most_closed:
        return 0.0
    return abs(head.gaze_x - usual.gaze_x) / _LIMITS.gaze_change


def _by_profile(turn: float, usual_words: str) -> Observation:
    """What the detector's five points say when the mesh does not fit: a profile, or nothing."""
    if abs(turn) < _LIMITS.profile_turn:
        return Observation(_KIND, False, 0.0, {}, informative=False)
    numbers = {
        "direction": _sideways(turn < 0),
        "yaw_change": _BEYOND,
        "pitch_change": "unknown",
        "usual": usual_words,
    }
    return Observation(_KIND, True, _PROFILE_CONFIDENCE, numbers)
