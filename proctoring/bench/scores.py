"""Precision, recall, shares and ROC figures from answers and truths; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hits:
    """How often "yes" was said and true. ``right``: both; a figure with nothing to divide by is None."""

    right: int
    said: int
    true: int

    @property
    def precision(self) -> float | None:
        """Share of what was said that is true."""
        return self.right / self.said if self.said else None

    @property
    def recall(self) -> float | None:
        """Share of what is true that was said."""
        return self.right / self.true if self.true else None


def count_hits(answers: Iterable[tuple[bool, bool]]) -> Hits:
    """Hits of pairs (truth, said)."""
    pairs = list(answers)
    return Hits(
        sum(truth and said for truth, said in pairs),
        sum(said for _, said in pairs),
        sum(truth for truth, _ in pairs),
    )


def share(answers: Iterable[bool]) -> float | None:
    """Share of True; None of nothing."""
    given = list(answers)
    return sum(given) / len(given) if given else None


def area_under_curve(same: Sequence[float], different: Sequence[float]) -> float | None:
    """Area under the ROC curve: how often a same pair is more alike than a different one, ties half.

    None when either is empty. The Mann-Whitney statistic divided by the number of pairs.
    """
    if not same or not different:
        return None
    wins = sum((a > b) + 0.5 * (a == b) for a in same for b in different)
    return wins / (len(same) * len(different))
