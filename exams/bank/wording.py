"""A version in plain words, for lists, marking and spreadsheets: rich text without its tags."""

from typing import Any

from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from exams.bank.rich_text import HTML, plain_text
from exams.kinds import certainty
from exams.kinds.base import Content, QuestionKind
from exams.kinds.registry import kind_named
from exams.models import PaperItem, QuestionVersion


def stem_in_words(version: QuestionVersion) -> str:
    """The question text in plain words."""
    return plain_text(version.stem, version.text_format)


def content_in_words(version: QuestionVersion, kind: QuestionKind | None = None) -> Content:
    """The content with plain texts, key included; reads `version.question` unless `kind` is given."""
    if version.text_format != HTML:
        return version.content
    kind = kind or kind_named(version.question.kind)
    return kind.with_texts(version.content, lambda text: plain_text(text, HTML))


def key_in_words(
    version: QuestionVersion, kind: QuestionKind | None = None, *, asks_certainty: bool = False
) -> str:
    """The right answer in plain words, for people who mark and review.

    `asks_certainty`: without the author's penalties, which do not apply beside certainty.
    """
    kind = kind or kind_named(version.question.kind)
    content = content_in_words(version, kind)
    return kind.describe_key(kind.without_penalties(content) if asks_certainty else content)


def answer_in_words(version: QuestionVersion, value: Any) -> str:
    """A saved answer in plain words, for people who mark and review."""
    return kind_named(version.question.kind).describe_answer(content_in_words(version), value)


def certainty_in_words(item: PaperItem) -> str:
    """How sure the candidate said to be of the answer; empty where that does not count."""
    answer = getattr(item, "answer", None)
    if (
        not item.asks_certainty
        or answer is None
        or kind_named(item.version.question.kind).is_blank(answer.value)
    ):
        return ""
    return certainty.in_words(answer.certainty)


def answer_html(version: QuestionVersion, value: Any) -> SafeString:
    """A saved answer for a page, for people who mark and review: code in colours, all else in its words."""
    kind = kind_named(version.question.kind)
    shown = None if kind.is_blank(value) else kind.value_html(content_in_words(version), value)
    if shown is not None:
        return mark_safe(shown)  # noqa: S308  (kinds escape every part)
    return mark_safe(linebreaks(answer_in_words(version, value), autoescape=True))  # noqa: S308  (escaped)
