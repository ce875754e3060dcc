"""Numeric: a number within an absolute tolerance; decimal point and decimal comma are both read."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, QuestionKind
from proctor_site.kernel.errors import InvalidInput


class Numeric(QuestionKind):
    """A number.

    content: `{"value": "3.14", "tolerance": "0.01"}`, decimal numbers as texts; right from value - tolerance
    to value + tolerance, both ends included. public: `{}`.
    value: the number as typed, such as `"3,14"`; stored with a point, as text.
    """

    name = "numeric"
    label = "Number"
    form = "exams.kinds.numeric.form.NumericForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["value", "tolerance"])
        value = shapes.decimal_text(given.get("value"), "value", "The right answer")
        tolerance = shapes.decimal_text(given.get("tolerance", "0"), "tolerance", "The tolerance")
        if Decimal(tolerance) < 0:
            raise InvalidInput("The tolerance must not be below 0.", field="tolerance")
        return {"value": value, "tolerance": tolerance}

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {}

    def clean_value(self, content: Content, value: object) -> str | None:
        if isinstance(value, str) and not value.strip():
            return None
        return shapes.decimal_text(value, "value", "The answer")

    def share(self, content: Content, value: Any) -> Fraction:
        # Fractions: the default decimal context would round numbers of more than 28 digits.
        distance = abs(Fraction(Decimal(value)) - Fraction(Decimal(content["value"])))
        return Fraction(distance <= Fraction(Decimal(content["tolerance"])))

    def right_value(self, content: Content) -> str:
        return str(content["value"])

    def guess_share(self, content: Content) -> Fraction:
        return Fraction(0)

    def describe_key(self, content: Content) -> str:
        exact = Decimal(content["tolerance"]) == 0
        return content["value"] if exact else f"{content['value']} ± {content['tolerance']}"

    def describe_value(self, content: Content, value: Any) -> str:
        return str(value)
