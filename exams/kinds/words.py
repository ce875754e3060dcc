"""How many words a text has; static/js/candidate/words.js counts by the same rule (pure)."""

import re
import unicodedata

# What \s is in JavaScript; Python's own idea of white space is another one.
_BETWEEN = re.compile(r"[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+")


def count_words(text: str) -> int:
    """The parts between white space that hold a letter or a digit: a dash alone is no word."""
    return sum(any(unicodedata.category(char)[0] in "LN" for char in part) for part in _BETWEEN.split(text))
