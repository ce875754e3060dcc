"""Spans of time in words: `{% load time_words %}{{ row.credited_seconds|seconds_in_words }}`."""

from django import template

register = template.Library()


@register.filter
def seconds_in_words(seconds: int) -> str:
    """Whole seconds as "4 minutes", "1 minute 30 seconds" or "0 seconds"."""
    minutes, rest = divmod(seconds, 60)
    parts = [_counted(minutes, "minute")] if minutes else []
    if rest or not minutes:
        parts.append(_counted(rest, "second"))
    return " ".join(parts)


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
