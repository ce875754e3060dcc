"""Single choice: one of several options is right."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, QuestionKind
from proctor_site.kernel.errors import InvalidInput


class SingleChoice(QuestionKind):
    """One right option.

    content: `{"options": [{"id": "k3f", "text": "Vienna", "correct": true}, ...]}`, 2 to 20, one correct.
    public: `{"options": [{"id": "k3f", "text": "Vienna"}, ...]}` in the order to show.
    value: the id of the chosen option, such as `"k3f"`.
    """

    name = "single_choice"
    label = "Single choice"
    form = "exams.kinds.single_choice.form.SingleChoiceForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["options"])
        options = shapes.options(given.get("options"))
        if sum(option["correct"] for option in options) != 1:
            raise InvalidInput("Mark exactly one option as correct.", field="options")
        return {"options": options}

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {"options": shapes.shown_options(content, option_order)}

    def option_count(self, content: Content) -> int:
        return len(content["options"])

    def clean_value(self, content: Content, value: object) -> str:
        if not isinstance(value, str) or value not in {option["id"] for option in content["options"]}:
            raise InvalidInput("The answer must be one of the options.", field="value")
        return value

    def share(self, content: Content, value: Any) -> Fraction:
        return Fraction(value in shapes.correct_ids(content))

    def describe_key(self, content: Content) -> str:
        return shapes.texts_of(content, shapes.correct_ids(content))

    def describe_value(self, content: Content, value: Any) -> str:
        return shapes.texts_of(content, [value])
