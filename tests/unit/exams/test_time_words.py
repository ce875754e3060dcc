"""Spans of time in words."""

import pytest

from exams.templatetags.time_words import seconds_in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1, "1 second"), (60, "1 minute"), (240, "4 minutes"), (91, "1 minute 31 seconds")],
)
def test_seconds_in_words(seconds: int, words: str) -> None:
    assert seconds_in_words(seconds) == words
