"""Essay: free text that a person marks."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, QuestionKind
from proctor_site.kernel.errors import InvalidInput

LONGEST_ANSWER = 100_000
MOST_WORDS = 20_000


class Essay(QuestionKind):
    """Free text.

    content: `{"word_limit": 300}` or `{"word_limit": null}`. public: `{"word_limit": ..., "longest": 100000}`
    (characters). value: the text as typed.
    Text over the word limit is saved all the same, so that no work is lost; the widget counts, and the
    marker sees the count.
    """

    name = "essay"
    label = "Essay"
    form = "exams.kinds.essay.form.EssayForm"

    def validate_content(self, content: object) -> Content:
        limit = shapes.mapping(content, ["word_limit"]).get("word_limit")
        if limit is not None and (
            isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST_WORDS
        ):
            raise InvalidInput(
                f"The word limit must be a whole number from 1 to {MOST_WORDS}, or empty.", field="word_limit"
            )
        return {"word_limit": limit}

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {"word_limit": content["word_limit"], "longest": LONGEST_ANSWER}

    def clean_value(self, content: Content, value: object) -> str:
        return shapes.plain_text(value, "value", "The answer", most=LONGEST_ANSWER, may_be_empty=True)

    def is_blank(self, value: Any) -> bool:
        return value is None or not value.strip()

    def share(self, content: Content, value: Any) -> Fraction | None:
        return None

    def right_value(self, content: Content) -> None:
        return None

    def guess_share(self, content: Content) -> Fraction:
        return Fraction(0)

    def describe_key(self, content: Content) -> str:
        limit = content["word_limit"]
        return f"Marked by a person; at most {limit} words" if limit else "Marked by a person"

    def describe_value(self, content: Content, value: Any) -> str:
        return f"{value}\n\n({len(value.split())} words)"
