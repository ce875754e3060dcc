"""Multiple choice: any number of options is right; all of them and no other must be chosen."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, QuestionKind
from proctor_site.kernel.errors import InvalidInput

ALL_OR_NOTHING = "all_or_nothing"
SCORING = {ALL_OR_NOTHING: "All or nothing"}
"""How a partly right choice is marked; further ways are added here and in `share`."""


class MultipleChoice(QuestionKind):
    """One or more right options.

    content: `{"options": [{"id", "text", "correct"}, ...], "scoring": "all_or_nothing"}`, 2 to 20 options, at
    least one correct.
    public: `{"options": [{"id", "text"}, ...]}` in the order to show.
    value: the ids of the chosen options, such as `["k3f", "9d2"]` (stored sorted, each once; [] is no
    answer).
    """

    name = "multiple_choice"
    label = "Multiple choice"
    form = "exams.kinds.multiple_choice.form.MultipleChoiceForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["options", "scoring"])
        options = shapes.options(given.get("options"))
        if not any(option["correct"] for option in options):
            raise InvalidInput("Mark at least one option as correct.", field="options")
        scoring = given.get("scoring", ALL_OR_NOTHING)
        if not isinstance(scoring, str) or scoring not in SCORING:
            raise InvalidInput(f"Scoring must be one of: {', '.join(SCORING)}.", field="scoring")
        return {"options": options, "scoring": scoring}

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {"options": shapes.shown_options(content, option_order)}

    def option_count(self, content: Content) -> int:
        return len(content["options"])

    def clean_value(self, content: Content, value: object) -> list[str]:
        known = {option["id"] for option in content["options"]}
        if not isinstance(value, list) or not all(isinstance(each, str) and each in known for each in value):
            raise InvalidInput("The answer must be a list of options of this question.", field="value")
        return sorted(set(value))

    def share(self, content: Content, value: Any) -> Fraction:
        return Fraction(set(value) == set(shapes.correct_ids(content)))

    def describe_key(self, content: Content) -> str:
        return shapes.texts_of(content, shapes.correct_ids(content))

    def describe_value(self, content: Content, value: Any) -> str:
        return shapes.texts_of(content, value)
