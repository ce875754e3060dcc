"""Short answer: a few words that must be one of the accepted texts."""

import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, QuestionKind
from proctor_site.kernel.errors import InvalidInput

LONGEST_ANSWER = 500
MOST_ACCEPTED = 50


class ShortAnswer(QuestionKind):
    """A few words.

    content: `{"accepted": ["Vienna", "Wien"], "case_sensitive": false}`. public: `{"longest": 500}`
    (characters). value: the text as typed.
    White space at the ends and repeated spaces do not count; accents do.
    """

    name = "short_answer"
    label = "Short answer"
    form = "exams.kinds.short_answer.form.ShortAnswerForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["accepted", "case_sensitive"])
        accepted = given.get("accepted")
        if not isinstance(accepted, list) or not 1 <= len(accepted) <= MOST_ACCEPTED:
            raise InvalidInput(f"Give between 1 and {MOST_ACCEPTED} accepted answers.", field="accepted")
        texts = [
            shapes.plain_text(
                each, f"accepted.{number}", f"Accepted answer {number}", most=LONGEST_ANSWER
            ).strip()
            for number, each in enumerate(accepted, start=1)
        ]
        case = shapes.switch(given.get("case_sensitive", False), "case_sensitive", "Case")
        return {"accepted": list(dict.fromkeys(texts)), "case_sensitive": case}

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {"longest": LONGEST_ANSWER}

    def clean_value(self, content: Content, value: object) -> str:
        return shapes.plain_text(value, "value", "The answer", most=LONGEST_ANSWER, may_be_empty=True)

    def is_blank(self, value: Any) -> bool:
        return value is None or not value.strip()

    def share(self, content: Content, value: Any) -> Fraction:
        case = content["case_sensitive"]
        return Fraction(_comparable(value, case) in {_comparable(each, case) for each in content["accepted"]})

    def right_value(self, content: Content) -> str:
        return str(content["accepted"][0])

    def guess_share(self, content: Content) -> Fraction:
        return Fraction(0)

    def describe_key(self, content: Content) -> str:
        case = ", case counts" if content["case_sensitive"] else ""
        return " or ".join(f"“{each}”" for each in content["accepted"]) + case

    def describe_value(self, content: Content, value: Any) -> str:
        return f"“{value}”"


def _comparable(text: str, case_sensitive: bool) -> str:
    """NFC, because the same accented letter can be typed as one or as two characters."""
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    return folded if case_sensitive else unicodedata.normalize("NFC", folded.casefold())
