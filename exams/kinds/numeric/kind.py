"""Numeric: a number within a tolerance or a range, perhaps with a unit; decimal comma and point are read."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, QuestionKind
from exams.kinds.numeric import answers, units
from exams.kinds.shares import percent_text
from proctor_site.kernel.errors import InvalidInput

_SIMPLE = {"value", "tolerance"}


class Numeric(QuestionKind):
    """A number.

    content: `{"value": "3.14", "tolerance": "0.01"}`, decimal numbers as texts; right from value - tolerance
    to value + tolerance, both ends included. Or, when that is not enough, `{"answers": [...], "unit": ...}`
    with the rows of `answers.read_answers` and the unit of `units.read_unit` (left out without one); a
    content that the first shape can hold always has it.
    public: `{}`; with units `{"unit": "required"}` or `{"unit": "optional"}`.
    value: the number as typed, such as `"3,14"`; stored with a point, as text. With units
    `{"number": "3.14", "unit": "cm"}`, the unit perhaps empty.

    Units as in Moodle's numerical questions (`qtype_numerical_question::grade_response`): a number in an
    accepted unit is multiplied by its factor; a right number whose unit is wrong, or is missing though
    required, loses the penalty, never below 0. Of several rows that fit, the largest share counts.
    """

    name = "numeric"
    label = "Number"
    form = "exams.kinds.numeric.form.NumericForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["value", "tolerance", "answers", "unit"])
        unit = {} if given.get("unit") is None else {"unit": units.read_unit(given["unit"])}
        if "answers" not in given:
            simple = _simple(given)
            return {"answers": [simple], **unit} if unit else simple
        if _SIMPLE & set(given):
            raise InvalidInput("Give either one value or a list of answers.", field="answers")
        rows = answers.read_answers(given["answers"])
        return (
            rows[0] if not unit and len(rows) == 1 and set(rows[0]) == _SIMPLE else {"answers": rows, **unit}
        )

    def with_texts(self, content: Content, change: Callable[[str], str]) -> Content:
        """As it is: units are compared with typed ones, so they are plain whatever the stem is."""
        return content

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {"unit": content["unit"]["needed"]} if "unit" in content else {}

    def clean_value(self, content: Content, value: object) -> Any:
        if "unit" in content:
            return _with_unit(value)
        if isinstance(value, str) and not value.strip():
            return None
        return shapes.decimal_text(value, "value", "The answer")

    def share(self, content: Content, value: Any) -> Fraction:
        if "unit" not in content:
            return answers.best_share(content, answers.exact(value))
        unit, number = content["unit"], answers.exact(value["number"])
        factor = units.factor_of(unit, value["unit"])
        in_unit = answers.best_share(content, number * factor) if factor is not None else Fraction(0)
        as_written = answers.best_share(content, number)
        may_be_missing = unit["needed"] == units.OPTIONAL and not value["unit"]
        lost = Fraction(0) if may_be_missing else Fraction(unit["penalty"])
        return max(in_unit, as_written - lost, Fraction(0))

    def right_value(self, content: Content) -> Any:
        row = answers.answers_of(content)[0]
        number = row.get("value", row.get("low"))
        return {"number": number, "unit": units.main_unit(content["unit"])} if "unit" in content else number

    def guess_share(self, content: Content) -> Fraction:
        return Fraction(0)

    def describe_key(self, content: Content) -> str:
        words = " or ".join(answers.describe(row) for row in answers.answers_of(content))
        if "unit" not in content:
            return words
        unit = content["unit"]
        named = ", ".join(
            each["text"] if answers.exact(each["factor"]) == 1 else f"{each['text']} (× {each['factor']})"
            for each in unit["accepted"]
        )
        return (
            f"{words} in {named}; unit {units.NEEDED[unit['needed']]}, "
            f"a wrong one costs {percent_text(unit['penalty'])} %"
        )

    def describe_value(self, content: Content, value: Any) -> str:
        return f"{value['number']} {value['unit']}".strip() if isinstance(value, dict) else str(value)


def _simple(given: Mapping[str, Any]) -> dict[str, str]:
    value = shapes.decimal_text(given.get("value"), "value", "The right answer")
    tolerance = shapes.decimal_text(given.get("tolerance", "0"), "tolerance", "The tolerance")
    if Decimal(tolerance) < 0:
        raise InvalidInput("The tolerance must not be below 0.", field="tolerance")
    return {"value": value, "tolerance": tolerance}


def _with_unit(value: object) -> dict[str, str] | None:
    given = value if isinstance(value, Mapping) else {"number": value}
    if set(given) - {"number", "unit"}:
        raise InvalidInput("The answer must be a number and a unit.", field="value")
    unit = shapes.plain_text(
        given.get("unit", ""), "value", "The unit", most=units.LONGEST_UNIT, may_be_empty=True
    )
    number = given.get("number")
    if number is None or (isinstance(number, str) and not number.strip()):
        return None
    return {"number": shapes.decimal_text(number, "value", "The answer"), "unit": unit.strip()}
