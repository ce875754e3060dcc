"""The accepted numbers of a numeric question: single ones with a tolerance, and ranges (pure).

Exact throughout: the default decimal context would round numbers of more than 28 digits.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from exams.kinds import shapes
from exams.kinds.shares import percent_text, read_line, share_text, write_line
from proctor_site.kernel.errors import InvalidInput

MOST_ANSWERS = 20
_RANGE = re.compile(r"(?P<low>\S+)\s+(?:to|…|\.\.\.?)\s+(?P<high>\S+)")
_ABOUT = re.compile(r"(?P<value>\S+)\s*(?:±|\+/?-)\s*(?P<tolerance>[^\s%]+)\s*(?P<percent>%?)")


def read_answers(given: object) -> list[dict[str, Any]]:
    """Rows `{"value", "tolerance", "relative"?, "share"?}` or `{"low", "high", "share"?}`, full ones first.

    `relative`: the tolerance is a share of the value, 0.05 is 5 %. Raises InvalidInput (answers, answers.N).
    """
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_ANSWERS:
        raise InvalidInput(f"Give between 1 and {MOST_ANSWERS} accepted answers.", field="answers")
    rows = [_read(each, number) for number, each in enumerate(given, start=1)]
    if not any("share" not in row for row in rows):
        raise InvalidInput("At least one accepted answer must earn all points.", field="answers")
    return sorted(rows, key=lambda row: -share_of(row))


def _read(value: object, number: int) -> dict[str, Any]:
    field, what = f"answers.{number}", f"Accepted answer {number}"
    known = {"value", "tolerance", "relative", "low", "high", "share"}
    if not isinstance(value, Mapping) or set(value) - known or ("value" in value) == ("low" in value):
        raise InvalidInput(f"{what} must be a value with a tolerance, or a range.", field=field)
    share = share_text(value.get("share", 1), field, f"The share of accepted answer {number}")
    part = {} if share == "1" else {"share": share}
    if "low" in value:
        low = shapes.decimal_text(value["low"], field, f"{what}: the lower end")
        high = shapes.decimal_text(value.get("high"), field, f"{what}: the upper end")
        if Decimal(low) > Decimal(high):
            raise InvalidInput(f"{what}: the lower end is above the upper end.", field=field)
        return {"low": low, "high": high, **part}
    about = shapes.decimal_text(value["value"], field, what)
    tolerance = shapes.decimal_text(value.get("tolerance", "0"), field, f"{what}: the tolerance")
    if Decimal(tolerance) < 0:
        raise InvalidInput(f"{what}: the tolerance must not be below 0.", field=field)
    relative = shapes.switch(value.get("relative", False), field, f"{what}: relative")
    return {"value": about, "tolerance": tolerance, **({"relative": True} if relative else {}), **part}


def answers_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a content, also of one written as a single value with its tolerance."""
    simple = "value" in content
    return [{"value": content["value"], "tolerance": content["tolerance"]}] if simple else content["answers"]


def share_of(row: Mapping[str, Any]) -> Fraction:
    """The share of the points that a row gives."""
    return Fraction(row.get("share", 1))


def best_share(content: Mapping[str, Any], number: Fraction) -> Fraction:
    """The largest share among the rows that accept a number; 0 when none does."""
    return max((share_of(row) for row in answers_of(content) if _accepts(row, number)), default=Fraction(0))


def _accepts(row: Mapping[str, Any], number: Fraction) -> bool:
    """Both ends of a range or tolerance are included."""
    if "low" in row:
        return exact(row["low"]) <= number <= exact(row["high"])
    value, tolerance = exact(row["value"]), exact(row["tolerance"])
    return abs(number - value) <= (tolerance * abs(value) if row.get("relative") else tolerance)


def exact(text: str) -> Fraction:
    """A decimal text as an exact number."""
    return Fraction(Decimal(text))


def in_words(row: Mapping[str, Any]) -> str:
    """A row as `read_words` reads it: "3.14 ± 0.01", "5 ± 2 %", "2 to 4", "50 % 3 ± 1"."""
    return write_line(row.get("share", "1"), _number_in_words(row))


def _number_in_words(row: Mapping[str, Any]) -> str:
    if "low" in row:
        return f"{row['low']} to {row['high']}"
    if row.get("relative"):
        percent = Decimal(row["tolerance"]).scaleb(2)
        return f"{row['value']} ± {percent.normalize():f} %"
    return row["value"] if Decimal(row["tolerance"]) == 0 else f"{row['value']} ± {row['tolerance']}"


def read_words(line: str, field: str, what: str) -> dict[str, Any]:
    """What a person wrote on one line as a row, its numbers not checked yet. Raises InvalidInput."""
    share, text = read_line(line, field, f"The share in {what}")
    found = _RANGE.fullmatch(text)
    if found:
        return {"low": found["low"], "high": found["high"], "share": share}
    found = _ABOUT.fullmatch(text)
    if not found:
        return {"value": text, "tolerance": "0", "share": share}
    tolerance = found["tolerance"]
    if found["percent"]:
        number = Decimal(shapes.decimal_text(tolerance, field, f"The tolerance in {what}"))
        return {"value": found["value"], "tolerance": f"{number.scaleb(-2):f}", "relative": True} | {
            "share": share
        }
    return {"value": found["value"], "tolerance": tolerance, "share": share}


def describe(row: Mapping[str, Any]) -> str:
    """A row for people who mark: the share behind it."""
    words = _number_in_words(row)
    return words if "share" not in row else f"{words} ({percent_text(row['share'])} %)"
