"""Essay: free text that a person marks."""

from collections.abc import Sequence
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, MarkedByPerson
from exams.kinds.words import count_words
from proctor_site.kernel.errors import InvalidInput

LONGEST_ANSWER = 100_000
LONGEST_TEMPLATE = 10_000
MOST_WORDS = 20_000


class Essay(MarkedByPerson):
    """Free text.

    content: `{"word_limit": 300, "least_words": 100, "template": "Thesis:\\n\\nReasons:\\n"}`; word_limit may
    be null; the last two names are left out when there is no least number and no template.
    public: the same with `"longest": 100000` (characters).
    value: the text as typed; the template alone is no answer (the widget sends null for it).
    Text outside the limits is saved all the same, so that no work is lost; the widget counts, and the marker
    sees the count.
    """

    name = "essay"
    label = "Essay"
    form = "exams.kinds.essay.form.EssayForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["word_limit", "least_words", "template"])
        most = _words(given.get("word_limit"), "word_limit", "The word limit")
        least = _words(given.get("least_words"), "least_words", "The least number of words")
        if least and most and least > most:
            raise InvalidInput("The least number of words is above the word limit.", field="least_words")
        template = shapes.plain_text(
            given.get("template", ""), "template", "The template", most=LONGEST_TEMPLATE, may_be_empty=True
        ).replace("\r\n", "\n")
        return (
            {"word_limit": most}
            | ({"least_words": least} if least else {})
            | ({"template": template} if template.strip() else {})
        )

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {**content, "longest": LONGEST_ANSWER}

    def clean_value(self, content: Content, value: object) -> str | None:
        text = shapes.plain_text(value, "value", "The answer", most=LONGEST_ANSWER, may_be_empty=True)
        is_template = "template" in content and text.replace("\r\n", "\n") == content["template"]
        return None if is_template else text

    def is_blank(self, value: Any) -> bool:
        return value is None or not value.strip()

    def describe_key(self, content: Content) -> str:
        limits = []
        if content.get("least_words"):
            limits.append(f"at least {content['least_words']}")
        if content["word_limit"]:
            limits.append(f"at most {content['word_limit']}")
        return f"Marked by a person; {' and '.join(limits)} words" if limits else "Marked by a person"

    def describe_value(self, content: Content, value: Any) -> str:
        words = count_words(value)
        least, most = content.get("least_words"), content["word_limit"]
        note = f", more than {most}" if most and words > most else ""
        note = f", fewer than {least}" if least and words < least else note
        return f"{value}\n\n({words} {'word' if words == 1 else 'words'}{note})"


def _words(value: object, field: str, what: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_WORDS:
        raise InvalidInput(f"{what} must be a whole number from 1 to {MOST_WORDS}, or empty.", field=field)
    return value
