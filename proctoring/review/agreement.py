"""How far two readers of the same cases agree beyond chance, with an interval (pure)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from proctoring.review.intervals import Z_95


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa of `pairs` double readings, with its 95 % interval; `value` None: cannot be told."""

    pairs: int
    agreed: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


def kappa_of(pairs: Sequence[tuple[str, str]]) -> Kappa:
    """Agreement beyond chance of two readers of the same cases.

    Value: J. Cohen, Educational and Psychological Measurement 20 (1960) 37. Standard error: J. L. Fleiss,
    J. Cohen, B. S. Everitt, Psychological Bulletin 72 (1969) 323, equation 13; normal approximation, cut to
    -1 to 1. None where everybody always says the same: chance alone would agree then.
    """
    total = len(pairs)
    agreed = sum(one == other for one, other in pairs)
    words = sorted({word for pair in pairs for word in pair})
    if total < 2 or len(words) < 2:
        return Kappa(total, agreed)
    cell = {(a, b): sum(pair == (a, b) for pair in pairs) / total for a in words for b in words}
    row = {a: sum(cell[a, b] for b in words) for a in words}
    column = {b: sum(cell[a, b] for a in words) for b in words}
    observed = agreed / total
    chance = sum(row[a] * column[a] for a in words)
    if chance >= 1:
        return Kappa(total, agreed)
    value = (observed - chance) / (1 - chance)
    error = _standard_error(cell, row, column, observed, chance, total)
    return Kappa(total, agreed, value, max(value - Z_95 * error, -1.0), min(value + Z_95 * error, 1.0))


def _standard_error(
    cell: Mapping[tuple[str, str], float],
    row: Mapping[str, float],
    column: Mapping[str, float],
    observed: float,
    chance: float,
    total: int,
) -> float:
    same = sum(cell[a, a] * ((1 - chance) - (column[a] + row[a]) * (1 - observed)) ** 2 for a in row)
    other = (1 - observed) ** 2 * sum(
        share * (column[a] + row[b]) ** 2 for (a, b), share in cell.items() if a != b
    )
    rest = (observed * chance - 2 * chance + observed) ** 2
    return math.sqrt(max(same + other - rest, 0.0) / total) / (1 - chance) ** 2
