"""Matching: each prompt is given one of several choices."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from exams.kinds import entries, shapes
from exams.kinds.base import Content, QuestionKind
from proctor_site.kernel.errors import InvalidInput

MOST_PROMPTS = 20
MOST_CHOICES = 30
PARTIAL = "partial"
ALL_OR_NOTHING = "all_or_nothing"
SCORING = {PARTIAL: "A part of the points for each right pair", ALL_OR_NOTHING: "All or nothing"}


class Matching(QuestionKind):
    """Prompts and choices.

    content: `{"prompts": [{"id": "k3f", "text": "Austria", "choice": "9d2"}, ...], "choices": [{"id": "9d2",
    "text": "Vienna"}, ...], "scoring": "partial"}`, 2 to 20 prompts, 2 to 30 choices; several prompts may
    share a choice, and choices may be left over.
    public: `{"prompts": [{"id", "text"}, ...], "choices": [{"id", "text"}, ...]}`, the choices in the order
    drawn, without one in an order that says nothing of the pairs.
    value: choices by prompt, such as `{"k3f": "9d2"}`; prompts without a choice are left out.

    Each right pair earns 1 / (prompts), as in Moodle's matching questions (`qtype_match`) and QTI's
    `mapResponse` over directed pairs of equal value.
    """

    name = "matching"
    label = "Matching"
    form = "exams.kinds.matching.form.MatchingForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["prompts", "choices", "scoring"])
        choices = entries.read(given.get("choices"), "choices", "Choice", least=2, most=MOST_CHOICES)
        prompts = entries.read(
            given.get("prompts"), "prompts", "Prompt", least=2, most=MOST_PROMPTS, known=["choice"]
        )
        known = {choice["id"] for choice in choices}
        for number, prompt in enumerate(prompts, start=1):
            choice = prompt.get("choice")
            if not isinstance(choice, str) or choice not in known:
                raise InvalidInput(
                    f"Prompt {number} must name one of the choices.", field=f"prompts.{number}.choice"
                )
        scoring = shapes.one_of(given.get("scoring", PARTIAL), SCORING, "scoring", "Scoring")
        return {"prompts": prompts, "choices": choices, "scoring": scoring}

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        prompts = [{"id": each["id"], "text": each["text"]} for each in content["prompts"]]
        return {"prompts": prompts, "choices": entries.shown(content["choices"], option_order)}

    def option_count(self, content: Content) -> int:
        return len(content["choices"])

    def clean_value(self, content: Content, value: object) -> dict[str, str] | None:
        if not isinstance(value, Mapping):
            raise InvalidInput("The answer must be choices by prompt.", field="value")
        choices = {each["id"] for each in content["choices"]}
        known = {each["id"] for each in content["prompts"]}
        chosen = {prompt: choice for prompt, choice in value.items() if choice not in (None, "")}
        for prompt, choice in chosen.items():
            if prompt not in known or not isinstance(choice, str) or choice not in choices:
                raise InvalidInput("The answer must be choices by prompt of this question.", field="value")
        return {each["id"]: chosen[each["id"]] for each in content["prompts"] if each["id"] in chosen} or None

    def share(self, content: Content, value: Any) -> Fraction:
        hits = sum(value.get(each["id"]) == each["choice"] for each in content["prompts"])
        count = len(content["prompts"])
        return Fraction(hits == count) if content["scoring"] == ALL_OR_NOTHING else Fraction(hits, count)

    def right_value(self, content: Content) -> dict[str, str]:
        return {each["id"]: each["choice"] for each in content["prompts"]}

    def guess_share(self, content: Content) -> Fraction:
        """Each prompt is given any of the choices, independently, as in `qtype_match`."""
        one = Fraction(1, len(content["choices"]))
        return one ** len(content["prompts"]) if content["scoring"] == ALL_OR_NOTHING else one

    def describe_key(self, content: Content) -> str:
        return self.describe_value(content, self.right_value(content))

    def describe_value(self, content: Content, value: Any) -> str:
        choices = entries.texts_by_id(content["choices"])
        return "; ".join(
            f"{each['text']} → {choices[value[each['id']]] if each['id'] in value else '(none)'}"
            for each in content["prompts"]
        )
