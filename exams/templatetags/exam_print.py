"""Template filter for papers on paper: `{{ item.content.text|blank_gaps }}` shows gaps as numbered lines."""

from django import template

from exams.kinds.cloze.kind import MARKER

register = template.Library()
_LINE = "_" * 14


@register.filter
def blank_gaps(text: str) -> str:
    """A text with gaps with each gap as a line to write on."""
    return MARKER.sub(lambda found: f"({found[1]}) {_LINE}", text)
