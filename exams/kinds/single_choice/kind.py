"""Single choice: one of several options is right."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from exams.kinds import penalties, shapes
from exams.kinds.base import Content, QuestionKind
from proctor_site.kernel.errors import InvalidInput


class SingleChoice(QuestionKind):
    """One right option.

    content: `{"options": [{"id": "k3f", "text": "Vienna", "correct": true}, ...], "penalty": "1/3"}`, 2 to 20
    options, one correct. `penalty` is the share of the points that a wrong choice takes away, 0 to 1; it is
    left out when it is 0.
    public: `{"options": [{"id": "k3f", "text": "Vienna"}, ...]}` in the order to show, and
    `"penalty_percent": "33.3333"` where there is a penalty: candidates are told what a guess may cost.
    value: the id of the chosen option, such as `"k3f"`.

    A penalty of 1 / (options - 1) makes blind guessing worth nothing on average: the correction for guessing
    ("formula scoring"), which Moodle holds as negative grades of the wrong choices.
    """

    name = "single_choice"
    label = "Single choice"
    form = "exams.kinds.single_choice.form.SingleChoiceForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["options", "penalty"])
        options = shapes.options(given.get("options"))
        if sum(option["correct"] for option in options) != 1:
            raise InvalidInput("Mark exactly one option as correct.", field="options")
        return {"options": options} | penalties.read(given)

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {"options": shapes.shown_options(content, option_order)} | penalties.shown(content)

    def option_count(self, content: Content) -> int:
        return len(content["options"])

    def without_penalties(self, content: Content) -> Content:
        return penalties.dropped(content)

    def clean_value(self, content: Content, value: object) -> str:
        if not isinstance(value, str) or value not in {option["id"] for option in content["options"]}:
            raise InvalidInput("The answer must be one of the options.", field="value")
        return value

    def share(self, content: Content, value: Any) -> Fraction:
        return Fraction(1) if value in shapes.correct_ids(content) else -penalties.share_of(content)

    def right_value(self, content: Content) -> str:
        return shapes.correct_ids(content)[0]

    def guess_share(self, content: Content) -> Fraction:
        right = Fraction(1, len(content["options"]))
        return right - (1 - right) * penalties.share_of(content)

    def describe_key(self, content: Content) -> str:
        return shapes.texts_of(content, shapes.correct_ids(content)) + penalties.in_words(content)

    def describe_value(self, content: Content, value: Any) -> str:
        return shapes.texts_of(content, [value])
