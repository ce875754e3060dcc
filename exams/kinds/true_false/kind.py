"""True or false: a statement is right or wrong."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from exams.kinds import penalties, shapes
from exams.kinds.base import Content, QuestionKind


class TrueFalse(QuestionKind):
    """A statement to judge.

    content: `{"correct": true, "penalty": "1/2"}`; `penalty` is the share of the points that a wrong answer
    takes away, left out when it is 0. public: `{}`, with a penalty `{"penalty_percent": "50"}`.
    value: `true` or `false`.
    """

    name = "true_false"
    label = "True or false"
    form = "exams.kinds.true_false.form.TrueFalseForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["correct", "penalty"])
        correct = shapes.switch(given.get("correct"), "correct", "The right answer")
        return {"correct": correct} | penalties.read(given)

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return penalties.shown(content)

    def without_penalties(self, content: Content) -> Content:
        return penalties.dropped(content)

    def clean_value(self, content: Content, value: object) -> bool:
        return shapes.switch(value, "value", "The answer")

    def share(self, content: Content, value: Any) -> Fraction:
        return Fraction(1) if value is content["correct"] else -penalties.share_of(content)

    def right_value(self, content: Content) -> bool:
        return bool(content["correct"])

    def guess_share(self, content: Content) -> Fraction:
        return (1 - penalties.share_of(content)) / 2

    def describe_key(self, content: Content) -> str:
        return ("True" if content["correct"] else "False") + penalties.in_words(content)

    def describe_value(self, content: Content, value: Any) -> str:
        return "True" if value else "False"
