"""Points and results by rule (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from exams.bank.grades import Step, grade_of

_CENT = Decimal("0.01")


def points_for(share: Fraction, points: Decimal) -> Decimal:
    """`share` (-1 to 1, with certainty from -2) of `points`, rounded to cents, halves away from zero."""
    exact = Decimal(share.numerator) * points / Decimal(share.denominator)
    return exact.quantize(_CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one attempt. `passed` is None while questions wait for a person (`unmarked` of them).

    `grade` is the name of a step of the exam's scale; empty without a scale and while questions wait.
    """

    points: Decimal
    possible: Decimal
    percentage: Decimal
    passed: bool | None
    unmarked: int
    grade: str = ""


def result(
    items: Sequence[tuple[Decimal, Decimal | None]], *, pass_percentage: int, grade_steps: Sequence[Step] = ()
) -> Result:
    """The result of a paper of (possible points, given points or None when not marked yet).

    One question may count below 0; the total never does: it is floored at 0 after the sum. The percentage is
    rounded half up to two decimals for display; passing and the grade are decided on exact numbers. An exam
    without points is passed by nobody and gives no grade.
    """
    possible = sum((most for most, _ in items), Decimal(0))
    points = sum((given for _, given in items if given is not None), Decimal(0))
    unmarked = sum(given is None for _, given in items)
    return result_of_sums(
        points, possible, unmarked, pass_percentage=pass_percentage, grade_steps=grade_steps
    )


def result_of_sums(
    points: Decimal,
    possible: Decimal,
    unmarked: int,
    *,
    pass_percentage: int,
    grade_steps: Sequence[Step] = (),
) -> Result:
    """As `result`, from the sums of given and of possible points and the number of unmarked questions."""
    points = max(points, Decimal(0))
    exact = Fraction(points) / Fraction(possible) * 100 if possible else Fraction(0)
    percentage = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(_CENT, ROUND_HALF_UP)
    passed = None if unmarked else bool(possible) and exact >= pass_percentage
    grade = grade_of(exact, grade_steps) if possible and not unmarked else ""
    return Result(points, possible, percentage, passed, unmarked, grade)
