"""How far brows and lids have left this person's own first looks: what "confused" rests on; numbers only.

A rule without labelled data: studies of learners name a lowered brow and tightened lids (AU4, AU7), and no
labelled picture was at hand to prove it, so it has half the weight of what a network says. Only a change from
the person's own face counts, because low brows and glasses are not confusion (decision 0088). Used only
where emotions may be read at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from proctoring.observations import FrameReport
from proctoring.vision.baseline import is_calm
from proctoring.vision.head_thresholds import CONFUSION

NOT_YET = "Confused is told only as a change from how this person looked first, which is not known yet."


@dataclass(frozen=True, slots=True)
class Brows:
    """`first`: values of the first calm looks, the first of them at `since` (seconds since the epoch), until
    there are enough; then `usual`: their median, at least 0."""

    first: tuple[float, ...] = ()
    since: float = 0.0
    usual: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values."""
        return {"first": list(self.first), "since": self.since, "usual": self.usual}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Brows":
        """Inverse of :meth:`to_json`; an empty mapping gives a fresh memory."""
        if not data:
            return cls()
        usual = data["usual"]
        return cls(tuple(data["first"]), float(data["since"]), None if usual is None else float(usual))


def follow(brows: Brows, report: FrameReport) -> tuple[Brows, float | None]:
    """The memory after one more report, and the share of "confused", 0..CONFUSION.weight; None: unknown.

    Looks at a head that is turned, half hidden or has its eyes closed teach and say nothing.
    """
    if report.brows is None or not is_calm(report.head, len(report.faces)):
        return brows, None
    if brows.usual is not None:
        change = report.brows - brows.usual - CONFUSION.own_spread
        return brows, CONFUSION.weight * min(1.0, max(0.0, change / CONFUSION.whole))
    since = brows.since if brows.first else report.captured_at
    first = (*brows.first, report.brows)[-CONFUSION.most_looks :]
    if len(first) < CONFUSION.least_looks or report.captured_at - since < CONFUSION.learn_s:
        return Brows(first, since), None
    # Not below 0: who smiles or talks at first is not confused when that ends.
    return Brows((), 0.0, max(0.0, median(first))), None
