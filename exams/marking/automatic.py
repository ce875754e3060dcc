"""Points and results by rule (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_CENT = Decimal("0.01")


def points_for(share: Fraction, points: Decimal) -> Decimal:
    """`share` (-1 to 1) of `points`, rounded to two decimals, halves away from 0.

    One question may be negative: its author has wrong answers cost points.
    """
    exact = Decimal(share.numerator) * points / Decimal(share.denominator)
    return exact.quantize(_CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one attempt. `passed` is None while questions wait for a person (`unmarked` of them)."""

    points: Decimal
    possible: Decimal
    percentage: Decimal
    passed: bool | None
    unmarked: int


def result(items: Sequence[tuple[Decimal, Decimal | None]], *, pass_percentage: int) -> Result:
    """The result of a paper of (possible points, given points or None when not marked yet).

    The percentage is rounded half up to two decimals for display; passing is decided on exact numbers. An
    exam without points is passed by nobody. A single question may have taken points away, but nobody leaves
    with less than 0: the total is kept at 0 or above, so percentages stay between 0 and 100.
    """
    possible = sum((most for most, _ in items), Decimal(0))
    points = max(sum((given for _, given in items if given is not None), Decimal(0)), Decimal(0))
    unmarked = sum(given is None for _, given in items)
    exact = Fraction(points) / Fraction(possible) * 100 if possible else Fraction(0)
    percentage = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(_CENT, ROUND_HALF_UP)
    passed = None if unmarked else bool(possible) and exact >= pass_percentage
    return Result(points, possible, percentage, passed, unmarked)
