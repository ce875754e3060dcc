"""Short answer: a few words that must fit one of the accepted texts."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, QuestionKind
from exams.kinds.shares import percent_text, share_text
from exams.kinds.short_answer.patterns import fits_anything, fold, matches, parts_of
from proctor_site.kernel.errors import InvalidInput

LONGEST_ANSWER = 500
MOST_ACCEPTED = 50
_SWITCHES = {"ignore_accents": "Accents", "wildcards": "Wildcards"}


class ShortAnswer(QuestionKind):
    r"""A few words.

    content: `{"accepted": ["Vienna", {"text": "Wien", "share": "1/2"}], "case_sensitive": false,
    "ignore_accents": true, "wildcards": true}`; a text alone earns all points, at least one must; the last
    two names are left out when false. public: `{"longest": 500}` (characters). value: the text as typed.
    White space at the ends and repeated spaces do not count; accents do unless ignored. With wildcards, *
    in an accepted text stands for any text, also none, and \* for a star. Of several accepted texts that
    fit, the one with the largest share counts. (Moodle's short answer questions read * and \* the same way,
    but take the first text that fits.)
    """

    name = "short_answer"
    label = "Short answer"
    form = "exams.kinds.short_answer.form.ShortAnswerForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["accepted", "case_sensitive", *_SWITCHES])
        accepted = given.get("accepted")
        if not isinstance(accepted, list) or not 1 <= len(accepted) <= MOST_ACCEPTED:
            raise InvalidInput(f"Give between 1 and {MOST_ACCEPTED} accepted answers.", field="accepted")
        shares: dict[str, str] = {}
        for number, each in enumerate(accepted, start=1):
            text, share = _accepted(each, number)
            shares.setdefault(text, share)
        if "1" not in shares.values():
            raise InvalidInput("At least one accepted answer must earn all points.", field="accepted")
        switches = {name: shapes.switch(given.get(name, False), name, _SWITCHES[name]) for name in _SWITCHES}
        return {
            "accepted": [
                text if share == "1" else {"text": text, "share": share} for text, share in shares.items()
            ],
            "case_sensitive": shapes.switch(given.get("case_sensitive", False), "case_sensitive", "Case"),
        } | {name: True for name, on in switches.items() if on}

    def with_texts(self, content: Content, change: Callable[[str], str]) -> Content:
        """As it is: accepted texts are compared with typed ones, so they are plain whatever the stem is."""
        return content

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {"longest": LONGEST_ANSWER}

    def clean_value(self, content: Content, value: object) -> str:
        return shapes.plain_text(value, "value", "The answer", most=LONGEST_ANSWER, may_be_empty=True)

    def is_blank(self, value: Any) -> bool:
        return value is None or not value.strip()

    def share(self, content: Content, value: Any) -> Fraction:
        typed = _folded(content, value)
        fitting = [share for text, share in accepted_of(content) if _fits(content, text, typed)]
        return max(fitting, default=Fraction(0))

    def right_value(self, content: Content) -> str:
        text = next(text for text, share in accepted_of(content) if share == 1)
        return "…".join(parts_of(text)) if content.get("wildcards") else text

    def guess_share(self, content: Content) -> Fraction:
        """Only a text that accepts everything can be guessed."""
        if not content.get("wildcards"):
            return Fraction(0)
        return max(
            (share for text, share in accepted_of(content) if fits_anything(text)), default=Fraction(0)
        )

    def describe_key(self, content: Content) -> str:
        texts = [
            f"“{text}”" if share == 1 else f"“{text}” ({percent_text(str(share))} %)"
            for text, share in accepted_of(content)
        ]
        notes = [
            words
            for on, words in (
                (content["case_sensitive"], "case counts"),
                (content.get("ignore_accents"), "accents do not count"),
                (content.get("wildcards"), "* is any text"),
            )
            if on
        ]
        return ", ".join([" or ".join(texts), *notes])

    def describe_value(self, content: Content, value: Any) -> str:
        return f"“{value}”"


def accepted_of(content: Content) -> list[tuple[str, Fraction]]:
    """The accepted texts, each with its share of the points."""
    return [
        (each, Fraction(1)) if isinstance(each, str) else (each["text"], Fraction(each["share"]))
        for each in content["accepted"]
    ]


def _accepted(value: Any, number: int) -> tuple[str, str]:
    field, what = f"accepted.{number}", f"Accepted answer {number}"
    share: object = 1
    if isinstance(value, dict):
        if set(value) != {"text", "share"}:
            raise InvalidInput(f"{what} must have a text and a share.", field=field)
        value, share = value["text"], value["share"]
    text = shapes.plain_text(value, field, what, most=LONGEST_ANSWER).strip()
    return text, share_text(share, field, f"The share of accepted answer {number}")


def _folded(content: Content, text: str) -> str:
    return fold(
        text, case_sensitive=content["case_sensitive"], ignore_accents=content.get("ignore_accents", False)
    )


def _fits(content: Content, accepted: str, typed: str) -> bool:
    pattern = _folded(content, accepted)
    return matches(pattern, typed) if content.get("wildcards") else pattern == typed
