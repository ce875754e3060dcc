"""Filters of report templates: lengths of time in words."""

from django import template

from proctoring.reports import sentences

register = template.Library()


@register.filter
def length_words(seconds: float) -> str:
    """Seconds as people say them: 3 h 2 min."""
    return sentences.length_words(float(seconds))
