"""What one mark is worth now: from the rule, from a person, and after regrades of its question (pure)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FULL = "full"
LEFT_OUT = "left_out"
RULINGS = (FULL, LEFT_OUT)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Layers:
    """The parts of a mark. Points of a person are out of `person_possible`, those of the rule out of `most`.

    `most` is what the question counts for after any regrade of its points; `ruling` is empty, "full" or
    "left_out".
    """

    most: Decimal
    rule: Decimal | None = None
    person: Decimal | None = None
    person_possible: Decimal | None = None
    ruling: str = ""


def standing(layers: Layers) -> tuple[Decimal, Decimal | None]:
    """(possible points, given points or None while nobody has marked) of one question.

    A ruling stands above all: everybody has full points, or the question counts nothing at all. Else a
    person stands above the rule. When the points of a question change, what a person gave changes in
    proportion and is rounded half up to two decimals; it is kept as given, so that changing back loses
    nothing.
    """
    if layers.ruling == LEFT_OUT:
        return Decimal(0), Decimal(0)
    if layers.ruling == FULL:
        return layers.most, layers.most
    if layers.person is None:
        return layers.most, layers.rule
    if not layers.person_possible or layers.person_possible == layers.most:
        return layers.most, min(layers.person, layers.most)
    scaled = layers.person * layers.most / layers.person_possible
    return layers.most, scaled.quantize(_CENT, rounding=ROUND_HALF_UP)
