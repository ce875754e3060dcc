"""What is remembered of a session's head looks from frame to frame: numbers only, in the cache; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from proctoring.observations import FrameReport, Head
from proctoring.vision import baseline as baselines
from proctoring.vision.baseline import Baseline, LearntFrom
from proctoring.vision.detectors import mouth_moving

LEARN_S = 30.0
"""Seconds over which a baseline is learnt from exam frames when check-in gave none."""
_MOST_LOOKS = 60


@dataclass(frozen=True, slots=True)
class HeadMemory:
    """`mouth`: openings of the last looks. `calm`: looks that a baseline is being learnt from, the first
    of them at `since`, seconds since the epoch; both empty once there is a baseline."""

    mouth: tuple[float, ...] = ()
    calm: tuple[Head, ...] = ()
    since: float = 0.0

    def first_yaw(self) -> float | None:
        """How the person was turned in the looks so far, degrees; None without any, or with a baseline."""
        return baselines.first_yaw(self.calm)

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values."""
        return {
            "mouth": list(self.mouth),
            "calm": [head.to_json() for head in self.calm],
            "since": self.since,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "HeadMemory":
        """Inverse of :meth:`to_json`; an empty mapping gives a fresh memory."""
        if not data:
            return cls()
        calm = tuple(Head.from_json(item) for item in data["calm"])
        return cls(tuple(data["mouth"]), calm, float(data["since"]))


def follow_head(
    memory: HeadMemory, report: FrameReport, baseline: Baseline | None, *, learns: bool = True
) -> tuple[HeadMemory, Baseline | None]:
    """The memory after one more report, and the baseline: the given one, or one that was learnt just now
    (where `learns`)."""
    head = report.head
    memory = replace(memory, mouth=mouth_moving.remember(memory.mouth, head))
    if baseline is not None:
        return (replace(memory, calm=(), since=0.0) if memory.calm else memory), baseline
    if not learns or head is None or not baselines.is_calm(head, len(report.faces)):
        return memory, None
    since = memory.since if memory.calm else report.captured_at
    memory = replace(memory, calm=(*memory.calm, head)[-_MOST_LOOKS:], since=since)
    if report.captured_at - since < LEARN_S:
        return memory, None
    learnt = baselines.learn(memory.calm, LearntFrom.EXAM)
    return (replace(memory, calm=(), since=0.0) if learnt else memory), learnt
