"""Template filters for the texts of questions: `{% load exam_text %}{{ item.stem|exam_text:item }}`.

The second value is a version, or an item of a paper's view: whatever says its `text_format`.
"""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.languages import is_right_to_left
from exams.bank import rich_text

register = template.Library()


@register.filter
def exam_text(text: str, owner: Any) -> SafeString:
    """`text` as paragraphs."""
    return rich_text.render(text, _format_of(owner), _media_address)


@register.filter
def exam_text_inline(text: str, owner: Any) -> SafeString:
    """`text` for a label or a table cell."""
    return rich_text.render_inline(text, _format_of(owner), _media_address)


@register.filter
def exam_words(text: str, owner: Any) -> str:
    """`text` without tags, for places that can hold none: options of a select box, titles."""
    return rich_text.plain_text(text, _format_of(owner))


@register.filter
def in_language(tag: str | None) -> SafeString:
    """The attributes that say in which language an element is written; nothing where it is not known.

    Pages are in English, and the words of an exam inside them need not be (WCAG 3.1.2).
    """
    if not tag:
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', tag, "rtl" if is_right_to_left(tag) else "ltr")


def _format_of(owner: Any) -> str:
    found = owner.get("text_format") if isinstance(owner, Mapping) else getattr(owner, "text_format", None)
    return found or rich_text.PLAIN


def _media_address(public_id: str) -> str:
    return reverse("api_media", args=[public_id])
