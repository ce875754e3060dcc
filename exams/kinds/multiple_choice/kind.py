"""Multiple choice: any number of options is right."""

from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, QuestionKind
from proctor_site.kernel.errors import InvalidInput

ALL_OR_NOTHING = "all_or_nothing"
PARTIAL = "partial"
NEGATIVE = "negative"
SCORING = {
    ALL_OR_NOTHING: "All or nothing",
    PARTIAL: "Partial: each wrong choice takes away, never below 0",
    NEGATIVE: "Partial with negative marks: may go below 0",
}
"""How a partly right choice is marked."""


class MultipleChoice(QuestionKind):
    """One or more right options.

    content: `{"options": [{"id", "text", "correct"}, ...], "scoring": "all_or_nothing"}`, 2 to 20 options, at
    least one correct; scoring "all_or_nothing", "partial" or "negative".
    public: `{"options": [{"id", "text"}, ...], "scoring": ...}` in the order to show.
    value: the ids of the chosen options, such as `["k3f", "9d2"]` (stored sorted, each once; [] is no
    answer).

    Partial marks: every right choice adds 1 / (right options), every wrong one takes 1 / (wrong options)
    away. "partial" stops at 0, as Moodle's multiple response questions do (their choices carry such grades,
    and `qtype_multichoice_multi_question::grade_response` keeps the sum between 0 and 1) and as QTI's
    `mapResponse` with `lowerBound="0"`; "negative" goes on to -1, `mapResponse` without that bound.
    """

    name = "multiple_choice"
    label = "Multiple choice"
    form = "exams.kinds.multiple_choice.form.MultipleChoiceForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["options", "scoring"])
        options = shapes.options(given.get("options"))
        if not any(option["correct"] for option in options):
            raise InvalidInput("Mark at least one option as correct.", field="options")
        scoring = shapes.one_of(given.get("scoring", ALL_OR_NOTHING), SCORING, "scoring", "Scoring")
        return {"options": options, "scoring": scoring}

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {"options": shapes.shown_options(content, option_order), "scoring": content["scoring"]}

    def option_count(self, content: Content) -> int:
        return len(content["options"])

    def without_penalties(self, content: Content) -> Content:
        return {**content, "scoring": PARTIAL} if content["scoring"] == NEGATIVE else content

    def clean_value(self, content: Content, value: object) -> list[str]:
        known = {option["id"] for option in content["options"]}
        if not isinstance(value, list) or not all(isinstance(each, str) and each in known for each in value):
            raise InvalidInput("The answer must be a list of options of this question.", field="value")
        return sorted(set(value))

    def share(self, content: Content, value: Any) -> Fraction:
        right, wrong = _counts(content)
        hits = len(set(value) & set(shapes.correct_ids(content)))
        return _share(content["scoring"], hits, len(set(value)) - hits, right, wrong)

    def right_value(self, content: Content) -> list[str]:
        return sorted(shapes.correct_ids(content))

    def guess_share(self, content: Content) -> Fraction:
        """Every set of options but the empty one is equally likely."""
        right, wrong = _counts(content)
        total = sum(
            comb(right, hits) * comb(wrong, slips) * _share(content["scoring"], hits, slips, right, wrong)
            for hits in range(right + 1)
            for slips in range(wrong + 1)
            if hits + slips
        )
        return Fraction(total) / (2 ** (right + wrong) - 1)

    def describe_key(self, content: Content) -> str:
        return shapes.texts_of(content, shapes.correct_ids(content))

    def describe_value(self, content: Content, value: Any) -> str:
        return shapes.texts_of(content, value)


def _counts(content: Content) -> tuple[int, int]:
    right = len(shapes.correct_ids(content))
    return right, len(content["options"]) - right


def _share(scoring: str, hits: int, slips: int, right: int, wrong: int) -> Fraction:
    if scoring == ALL_OR_NOTHING:
        return Fraction(hits == right and slips == 0)
    balance = Fraction(hits, right) - (Fraction(slips, wrong) if slips else 0)
    return max(balance, Fraction(0)) if scoring == PARTIAL else balance
