"""A saved answer for people who mark: `{% load exam_answers %}{{ item.version|answer_shown:value }}`."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from exams.bank import wording
from exams.models import QuestionVersion

register = template.Library()


@register.filter
def answer_shown(version: QuestionVersion, value: Any) -> SafeString:
    """`value` as its kind shows it best: code in colours, files as links, places in their picture."""
    return wording.answer_html(version, value)
