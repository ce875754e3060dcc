"""How two markers agree, and what counts when they do or do not (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_CENT = Decimal("0.01")
Pair = tuple[Decimal, Decimal]
"""What the first and the second marker gave for the same answer."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """`points` count now; None: more readings are needed. `is_disputed`: a moderator has to decide."""

    points: Decimal | None
    is_disputed: bool = False


def settle(
    first: Decimal | None,
    second: Decimal | None,
    moderated: Decimal | None,
    *,
    needs_second: bool,
    possible: Decimal,
    threshold: int,
) -> Settlement:
    """What counts after these readings.

    A moderator's points are final. One reading counts where one is enough. Of two, the mean counts (rounded
    half up to two decimals) while they differ by at most `threshold` per cent of `possible`.
    """
    if moderated is not None:
        return Settlement(moderated)
    given = [each for each in (first, second) if each is not None]
    if not given or (needs_second and len(given) < 2):
        return Settlement(None)
    if len(given) == 1:
        return Settlement(given[0])
    if abs(given[0] - given[1]) * 100 > threshold * possible:
        return Settlement(None, is_disputed=True)
    return Settlement(((given[0] + given[1]) / 2).quantize(_CENT, rounding=ROUND_HALF_UP))


def mean_difference(pairs: Sequence[Pair]) -> float | None:
    """Mean of second minus first, in points: below 0 the second marker is the stricter one. None: no pair."""
    return float(sum(second - first for first, second in pairs) / len(pairs)) if pairs else None


def mean_absolute_difference(pairs: Sequence[Pair]) -> float | None:
    """Mean distance of the two, in points. None: no pair."""
    return float(sum(abs(second - first) for first, second in pairs) / len(pairs)) if pairs else None


def weighted_kappa(pairs: Sequence[Pair]) -> float | None:
    """Weighted kappa with quadratic weights: 1 is perfect agreement, 0 what chance alone would give.

    kappa_w = 1 - sum(w_ij * o_ij) / sum(w_ij * e_ij), where o is the observed share of answers given i by the
    first and j by the second marker, e the share expected if both marked independently with their own
    frequencies, and w_ij = (i - j)^2 (J. Cohen, "Weighted kappa", Psychological Bulletin 70, 1968, 213-220;
    quadratic weights: J. L. Fleiss, J. Cohen, Educational and Psychological Measurement 33, 1973, 613-619).
    The categories are the points themselves, so points that nobody gave need no cell. None: no pair, or all
    marks are the same one value, for which the figure is not defined.
    """
    if not pairs:
        return None
    observed = sum((_square(first, second) for first, second in pairs), Fraction(0)) / len(pairs)
    firsts, seconds = [Fraction(first) for first, _ in pairs], [Fraction(second) for _, second in pairs]
    expected = _mean_square(firsts) + _mean_square(seconds) - 2 * _mean(firsts) * _mean(seconds)
    return None if expected == 0 else float(1 - observed / expected)


def _square(first: Decimal, second: Decimal) -> Fraction:
    return (Fraction(first) - Fraction(second)) ** 2


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _mean_square(values: Sequence[Fraction]) -> Fraction:
    # The mean of (x_i - y_j)^2 over all i and j is mean(x^2) + mean(y^2) - 2 mean(x) mean(y).
    return sum((value * value for value in values), Fraction(0)) / len(values)
