"""Certainty-based marking: what a stated certainty makes of an answer's share of the points (pure).

Sources: A. R. Gardner-Medwin, "Confidence-based marking: towards deeper learning and better exams", in
C. Bryan and K. Clegg (eds.), Innovative Assessment in Higher Education (Routledge, 2006); Moodle
documentation, "Using certainty-based marking", and `question_cbm::adjust_fraction` in its question engine.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from exams.kinds.base import Content, QuestionKind
from proctor_site.kernel.errors import InvalidInput

FACTOR = 3
"""A question is worth so many times the points that its author gave it."""
UNSTATED = 1
"""The level of an answer without a stated certainty."""
_WHEN_WRONG = {1: 0, 2: -2, 3: -6}
NAMES = {1: "Not very sure", 2: "Fairly sure", 3: "Very sure"}
_BEST_AT = {1: "less than 67 %", 2: "67 to 80 %", 3: "more than 80 %"}
LARGEST_UNIT = Decimal("1666.66")
"""Points of a question, so that even six times as many below 0 can be stored."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level as candidates see it: points when right, and points taken away when wrong.

    `best_at`: the chance of being right with which it is the best choice, in words.
    """

    number: int
    name: str
    best_at: str
    right: Decimal
    wrong: Decimal


def levels_for(most: Decimal) -> list[Level]:
    """The levels of a question that is worth at most `most` points, the least sure one first.

    The middle level is the best one for who is right with a probability from 2/3 to 4/5: there the expected
    points of two neighbouring levels are equal.
    """
    unit = most / FACTOR
    return [
        Level(number, NAMES[number], _BEST_AT[number], _cents(number * unit), _cents(-wrong * unit))
        for number, wrong in _WHEN_WRONG.items()
    ]


def clean_level(value: object) -> int | None:
    """`value` as a level, None for none stated. Raises InvalidInput (certainty)."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value not in NAMES:
        raise InvalidInput("certainty must be 1, 2, 3, null or missing.", field="certainty")
    return value


def share_of_most(share: Fraction, level: int | None) -> Fraction:
    """The share of the most points (three times the author's) that an answer earns, -2 to 1.

    `share`: what the answer earns without certainty. As in Moodle, an answer that is right in part earns that
    part of what a right one earns at its level, and what earns nothing or less is simply wrong.
    """
    stated = UNSTATED if level is None else level
    return share * stated / FACTOR if share > 0 else Fraction(_WHEN_WRONG[stated], FACTOR)


def mark(kind: QuestionKind, content: Content, value: object, level: int | None) -> Fraction | None:
    """As `kind.mark`, as a share of the most points. Blank answers earn 0 and lose nothing at any level."""
    share = kind.mark(kind.without_penalties(content), value)
    return share if share is None or kind.is_blank(value) else share_of_most(share, level)


def guess_share(kind: QuestionKind, content: Content) -> Fraction | None:
    """The share of the most points that blind guessing earns when no certainty is stated."""
    share = kind.guess_share(kind.without_penalties(content))
    return None if share is None else share * UNSTATED / FACTOR


def in_words(level: int | None) -> str:
    """A stated level for people who mark and read results."""
    if level is None:
        return f"not stated: counts as C={UNSTATED}, {NAMES[UNSTATED].lower()}"
    return f"C={level}, {NAMES[level].lower()}"


def _cents(points: Decimal) -> Decimal:
    return points.quantize(Decimal("0.01"))
