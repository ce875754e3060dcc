"""A mouth that moves as in speech; what is said, and whether anything is, a picture cannot tell."""

from collections.abc import Sequence
from statistics import pstdev

from proctoring.observations import Head, Observation, ObservationKind
from proctoring.vision import head_thresholds

_LIMITS = head_thresholds.MOUTH


def opening_of(head: Head | None) -> float | None:
    """The opening that counts for the comparison with later looks, None where the lips are not clear."""
    if head is None or head.presence < _LIMITS.least_presence or abs(head.yaw) > _LIMITS.most_turn:
        return None
    return head.mouth_open


def remember(openings: Sequence[float], head: Head | None) -> tuple[float, ...]:
    """The openings to compare the next look with; unclear lips leave a gap, so counting starts anew."""
    opening = opening_of(head)
    return () if opening is None else (*openings, round(opening, 3))[-(_LIMITS.looks - 1) :]


def observe_mouth(head: Head | None, before: Sequence[float]) -> Observation:
    """The observation ``mouth_moving``: how much the opening varies over this look and those ``before``.

    ``before``: openings as :func:`remember` kept them, oldest first. Too few of them, unclear lips and a
    variation between the two limits say nothing. Eating and yawning look alike: it is advisory.
    """
    opening = opening_of(head)
    if opening is None or len(before) < _LIMITS.looks - 1:
        return Observation(ObservationKind.MOUTH_MOVING, False, 0.0, {}, informative=False)
    change = pstdev([*before, opening])
    moving = change >= _LIMITS.moving
    return Observation(
        ObservationKind.MOUTH_MOVING,
        moving,
        min(0.9, 0.5 * change / _LIMITS.moving) if moving else 1.0 - min(0.5, 0.5 * change / _LIMITS.moving),
        {"mouth_change": round(change, 3)},
        informative=moving or change <= _LIMITS.still,
    )
