"""Eyes that are closed, as far as one frame shows it; eyes cast far down look the same."""

from proctoring.observations import Head, Observation, ObservationKind
from proctoring.vision import head_thresholds
from proctoring.vision.baseline import Baseline

_LIMITS = head_thresholds.EYES


def observe_eyes(head: Head | None, baseline: Baseline | None) -> Observation:
    """The observation ``eyes_closed`` of the main face of one frame whose light is good enough.

    Between the limit and clearly open eyes the look says nothing. With a baseline the eyes must also be
    clearly more closed than usual: narrow eyes are not closed ones.
    """
    if head is None or head.presence < _LIMITS.least_presence or abs(head.yaw) > _LIMITS.most_turn:
        return Observation(ObservationKind.EYES_CLOSED, False, 0.0, {}, informative=False)
    limit = _LIMITS.closed
    if baseline is not None:
        limit = min(0.95, max(limit, baseline.usual.eyes_closed + _LIMITS.closed_change))
    closed = head.eyes_closed >= limit
    return Observation(
        ObservationKind.EYES_CLOSED,
        closed,
        head.eyes_closed if closed else 1.0 - head.eyes_closed,
        {"eyes_closed": round(head.eyes_closed, 2), "limit": round(limit, 2)},
        informative=closed or head.eyes_closed <= limit - (_LIMITS.closed - _LIMITS.open),
    )
