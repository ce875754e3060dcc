"""Multiple choice: any number of options is right."""

from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, QuestionKind
from exams.kinds.multiple_choice import own_shares
from exams.kinds.shares import percent_text, share_text
from proctor_site.kernel.errors import InvalidInput

ALL_OR_NOTHING = "all_or_nothing"
PARTIAL = "partial"
NEGATIVE = "negative"
PER_OPTION = "per_option"
PER_OPTION_NEGATIVE = "per_option_negative"
WITH_SHARES = {PER_OPTION: PARTIAL, PER_OPTION_NEGATIVE: NEGATIVE}
"""Scoring by shares of the options, with the scoring that even shares are the same as."""
SCORING = {
    ALL_OR_NOTHING: "All or nothing",
    PARTIAL: "Partial: each wrong choice takes away, never below 0",
    NEGATIVE: "Partial with negative marks: may go below 0",
    PER_OPTION: "An own share for each option, never below 0",
    PER_OPTION_NEGATIVE: "An own share for each option: may go below 0",
}
"""How a partly right choice is marked."""


class MultipleChoice(QuestionKind):
    """One or more right options.

    content: `{"options": [{"id", "text", "correct"}, ...], "scoring": "all_or_nothing"}`, 2 to 20 options, at
    least one correct; scoring one of SCORING. With "per_option" and "per_option_negative" each option has
    a "share" of its own from -1 to 1, such as "1/2"; correct are those above 0, which make at least 1.
    public: `{"options": [{"id", "text"}, ...], "scoring": ...}` in the order to show.
    value: the ids of the chosen options, such as `["k3f", "9d2"]` (stored sorted, each once; [] is no
    answer).

    Partial marks: every right choice adds 1 / (right options), every wrong one takes 1 / (wrong options)
    away. "partial" stops at 0, as Moodle's multiple response questions do (their choices carry such grades,
    and `qtype_multichoice_multi_question::grade_response` keeps the sum between 0 and 1) and as QTI's
    `mapResponse` with `lowerBound="0"`; "negative" goes on to -1, `mapResponse` without that bound. With
    shares of their own the chosen ones are added up, in the same bounds and never above 1 (in QTI
    `upperBound="1"`). Even shares are kept as the partial scoring that they are.
    """

    name = "multiple_choice"
    label = "Multiple choice"
    form = "exams.kinds.multiple_choice.form.MultipleChoiceForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["options", "scoring"])
        scoring = shapes.one_of(given.get("scoring", ALL_OR_NOTHING), SCORING, "scoring", "Scoring")
        if scoring in WITH_SHARES:
            return _with_shares(shapes.options(given.get("options"), known=["share"]), scoring)
        options = shapes.options(given.get("options"))
        if not any(option["correct"] for option in options):
            raise InvalidInput("Mark at least one option as correct.", field="options")
        return {"options": options, "scoring": scoring}

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {"options": shapes.shown_options(content, option_order), "scoring": content["scoring"]}

    def option_count(self, content: Content) -> int:
        return len(content["options"])

    def without_penalties(self, content: Content) -> Content:
        bounded = {NEGATIVE: PARTIAL, PER_OPTION_NEGATIVE: PER_OPTION}
        return {**content, "scoring": bounded.get(content["scoring"], content["scoring"])}

    def clean_value(self, content: Content, value: object) -> list[str]:
        known = {option["id"] for option in content["options"]}
        if not isinstance(value, list) or not all(isinstance(each, str) and each in known for each in value):
            raise InvalidInput("The answer must be a list of options of this question.", field="value")
        return sorted(set(value))

    def share(self, content: Content, value: Any) -> Fraction:
        if content["scoring"] in WITH_SHARES:
            chosen = [Fraction(each["share"]) for each in content["options"] if each["id"] in value]
            return own_shares.share_of(_shares_of(content), chosen, _least(content))
        right, wrong = _counts(content)
        hits = len(set(value) & set(shapes.correct_ids(content)))
        return _share(content["scoring"], hits, len(set(value)) - hits, right, wrong)

    def right_value(self, content: Content) -> list[str]:
        return sorted(shapes.correct_ids(content))

    def guess_share(self, content: Content) -> Fraction:
        """Every set of options but the empty one is equally likely."""
        if content["scoring"] in WITH_SHARES:
            return own_shares.guess_share(_shares_of(content), _least(content))
        right, wrong = _counts(content)
        total = sum(
            comb(right, hits) * comb(wrong, slips) * _share(content["scoring"], hits, slips, right, wrong)
            for hits in range(right + 1)
            for slips in range(wrong + 1)
            if hits + slips
        )
        return Fraction(total) / (2 ** (right + wrong) - 1)

    def describe_key(self, content: Content) -> str:
        if content["scoring"] in WITH_SHARES:
            counted = [each for each in content["options"] if Fraction(each["share"])]
            return "; ".join(f"{each['text']} ({percent_text(each['share'])} %)" for each in counted)
        return shapes.texts_of(content, shapes.correct_ids(content))

    def describe_value(self, content: Content, value: Any) -> str:
        return shapes.texts_of(content, value)


def _with_shares(options: list[dict[str, Any]], scoring: str) -> Content:
    for number, option in enumerate(options, start=1):
        given = option.get("share", "0")
        what = f"The share of option {number}"
        option["share"] = share_text(given, f"options.{number}.share", what, least=-1)
        option["correct"] = Fraction(option["share"]) > 0
    content = {"options": options, "scoring": scoring}
    shares = _shares_of(content)
    if not own_shares.are_whole(shares):
        together = percent_text(str(sum((share for share in shares if share > 0), Fraction(0))))
        raise InvalidInput(
            f"The shares above 0 % make {together} % together. Make them at least 100 %, so that somebody "
            "can earn all points.",
            field="options",
        )
    if own_shares.are_even(shares):
        return without_shares(content) | {"scoring": WITH_SHARES[scoring]}
    return content


def without_shares(content: Content) -> Content:
    """The content with options that have no shares of their own."""
    options = [{name: each[name] for name in each if name != "share"} for each in content["options"]]
    return {**content, "options": options}


def _shares_of(content: Content) -> list[Fraction]:
    return [Fraction(option["share"]) for option in content["options"]]


def _least(content: Content) -> int:
    return -1 if content["scoring"] == PER_OPTION_NEGATIVE else 0


def _counts(content: Content) -> tuple[int, int]:
    right = len(shapes.correct_ids(content))
    return right, len(content["options"]) - right


def _share(scoring: str, hits: int, slips: int, right: int, wrong: int) -> Fraction:
    if scoring == ALL_OR_NOTHING:
        return Fraction(hits == right and slips == 0)
    balance = Fraction(hits, right) - (Fraction(slips, wrong) if slips else 0)
    return max(balance, Fraction(0)) if scoring == PARTIAL else balance
