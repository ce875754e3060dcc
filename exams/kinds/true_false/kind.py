"""True or false: a statement is right or wrong."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, QuestionKind


class TrueFalse(QuestionKind):
    """A statement to judge.

    content: `{"correct": true}`. public: `{}`. value: `true` or `false`.
    """

    name = "true_false"
    label = "True or false"
    form = "exams.kinds.true_false.form.TrueFalseForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["correct"])
        return {"correct": shapes.switch(given.get("correct"), "correct", "The right answer")}

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {}

    def clean_value(self, content: Content, value: object) -> bool:
        return shapes.switch(value, "value", "The answer")

    def share(self, content: Content, value: Any) -> Fraction:
        return Fraction(value is content["correct"])

    def describe_key(self, content: Content) -> str:
        return "True" if content["correct"] else "False"

    def describe_value(self, content: Content, value: Any) -> str:
        return "True" if value else "False"
