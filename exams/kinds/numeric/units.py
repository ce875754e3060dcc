"""Units of a numeric question: which ones are accepted, and by what a number in them is multiplied (pure)."""

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from exams.kinds import shapes
from exams.kinds.numeric.answers import exact
from exams.kinds.shares import share_text
from proctor_site.kernel.errors import InvalidInput

REQUIRED = "required"
OPTIONAL = "optional"
NEEDED = {REQUIRED: "required", OPTIONAL: "may be left out"}
MOST_UNITS = 20
LONGEST_UNIT = 30


def read_unit(given: object) -> dict[str, Any]:
    """`{"needed": "required", "penalty": "1/10", "accepted": [{"text": "m", "factor": "1"}, ...]}`, checked.

    The factor turns a number in that unit into one in the unit of the right answer, whose own factor is 1.
    Raises InvalidInput (unit, unit.needed, unit.penalty, unit.accepted, unit.accepted.N).
    """
    if not isinstance(given, Mapping) or set(given) - {"needed", "penalty", "accepted"}:
        raise InvalidInput("The unit must say whether it is needed and which are accepted.", field="unit")
    needed = given.get("needed")
    if not isinstance(needed, str) or needed not in NEEDED:
        raise InvalidInput(f"needed must be one of: {', '.join(NEEDED)}.", field="unit.needed")
    penalty = share_text(given.get("penalty", 1), "unit.penalty", "The penalty for the unit")
    rows = given.get("accepted")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_UNITS:
        raise InvalidInput(f"Give between 1 and {MOST_UNITS} units.", field="unit.accepted")
    accepted = [_read(each, number) for number, each in enumerate(rows, start=1)]
    if not any(exact(each["factor"]) == 1 for each in accepted):
        raise InvalidInput(
            "One unit must have the factor 1: the unit of the right answer.", field="unit.accepted"
        )
    if len({plain(each["text"]) for each in accepted}) < len(accepted):
        raise InvalidInput("Two units are the same.", field="unit.accepted")
    return {"needed": needed, "penalty": penalty, "accepted": accepted}


def _read(value: object, number: int) -> dict[str, str]:
    field = f"unit.accepted.{number}"
    if not isinstance(value, Mapping) or set(value) != {"text", "factor"}:
        raise InvalidInput(f"Unit {number} must have a text and a factor.", field=field)
    text = shapes.plain_text(value["text"], field, f"Unit {number}", most=LONGEST_UNIT).strip()
    factor = shapes.decimal_text(value["factor"], field, f"The factor of unit {number}")
    if Decimal(factor) <= 0:
        raise InvalidInput(f"The factor of unit {number} must be above 0.", field=field)
    return {"text": text, "factor": factor}


def plain(text: str) -> str:
    """A unit as it is compared: m² is m2 and m^2, both letters µ are one; case counts (mW is not MW)."""
    return "".join(unicodedata.normalize("NFKC", text).replace("^", "").split())


def factor_of(unit: Mapping[str, Any], text: str) -> Fraction | None:
    """The factor of a typed unit; None when it is not among the accepted ones."""
    typed = plain(text)
    return next((exact(each["factor"]) for each in unit["accepted"] if plain(each["text"]) == typed), None)


def main_unit(unit: Mapping[str, Any]) -> str:
    """The unit of the right answer."""
    return next(each["text"] for each in unit["accepted"] if exact(each["factor"]) == 1)
