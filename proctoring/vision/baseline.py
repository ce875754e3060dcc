"""How one person holds the head in front of their own screen: numbers learnt from calm looks, no picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from statistics import median, quantiles
from typing import Any

from proctoring.observations import Head
from proctoring.vision import head_thresholds

_LIMITS = head_thresholds.BASELINE


class LearntFrom(StrEnum):
    """When a baseline was learnt; stored in rows, never rename."""

    CHECK_IN = "check_in"
    EXAM = "exam"


USUAL_WORDS: Mapping[LearntFrom | None, str] = {
    LearntFrom.CHECK_IN: "how the candidate sat at check-in",
    LearntFrom.EXAM: "how the candidate sat in the first half minute of the exam",
    None: "straight ahead, how the candidate usually sits is not known",
}
"""What changes are measured against, as an incident says it."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Medians of ``looks`` calm looks. ``spread``: degrees between the first and the ninth tenth of yaw or
    pitch, the larger of the two: how calmly the person sat."""

    usual: Head
    spread: float
    looks: int
    learnt_from: LearntFrom

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values."""
        return {
            "usual": self.usual.to_json(),
            "spread": round(self.spread, 1),
            "looks": self.looks,
            "learnt_from": self.learnt_from.value,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Baseline":
        """Inverse of :meth:`to_json`; KeyError or ValueError on data of another shape."""
        return cls(
            Head.from_json(data["usual"]),
            float(data["spread"]),
            int(data["looks"]),
            LearntFrom(data["learnt_from"]),
        )


def is_calm(head: Head | None, faces: int) -> bool:
    """True for a look a baseline may be learnt from: one face, wholly seen, eyes open, not turned far.

    The bounds keep anybody from making a turned head, or a look into the lap, their usual one.
    """
    return (
        head is not None
        and faces == 1
        and head.presence >= _LIMITS.least_presence
        and head.eyes_closed <= _LIMITS.most_eyes_closed
        and abs(head.yaw) <= _LIMITS.most_yaw
        and -_LIMITS.most_up <= head.pitch <= _LIMITS.most_down
    )


def learn(looks: Sequence[Head], learnt_from: LearntFrom) -> Baseline | None:
    """The baseline of calm looks (see :func:`is_calm`), None while there are too few.

    At check-in a restless head teaches nothing either: it is learnt in the exam then. In the exam the
    median has to do, for there is no later chance.
    """
    if len(looks) < _LIMITS.least_looks:
        return None
    usual = Head(**{each.name: median(getattr(look, each.name) for look in looks) for each in fields(Head)})
    spread = max(_spread([look.yaw for look in looks]), _spread([look.pitch for look in looks]))
    if learnt_from is LearntFrom.CHECK_IN and spread > _LIMITS.most_spread:
        return None
    return Baseline(usual, spread, len(looks), learnt_from)


def first_yaw(looks: Sequence[Head]) -> float | None:
    """How a person was turned in their first calm looks, degrees: the median of those that stay together.

    None without looks. A look that is turned away from the ones before it changes nothing: who looked at
    the screen and then turns is turning.
    """
    kept: list[float] = []
    for look in looks:
        if not kept or abs(look.yaw - median(kept)) < head_thresholds.GAZE.yaw:
            kept.append(look.yaw)
    return median(kept) if kept else None


def _spread(values: list[float]) -> float:
    tenths = quantiles(values, n=10, method="inclusive")
    return tenths[-1] - tenths[0]
