"""Compares a typed text with an accepted one: case, accents and * as the author wants them (pure).

Time grows with the length of the text alone: the parts between the stars are looked for one after the other,
without going back. Regular expressions made from such patterns can take hours.
"""

import re
import unicodedata

_STAR = re.compile(r"\\\*|\*")


def fold(text: str, *, case_sensitive: bool, ignore_accents: bool) -> str:
    """The text as it is compared: single spaces, none at the ends, one form of each letter.

    NFC, because the same accented letter can be typed as one or as two characters.
    """
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    if not case_sensitive:
        folded = folded.casefold()
    if ignore_accents:
        apart = unicodedata.normalize("NFD", folded)
        folded = "".join(char for char in apart if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", folded)


def matches(pattern: str, text: str) -> bool:
    r"""Whether a folded text fits a folded pattern, in which * is any text (also none) and \* a star."""
    first, *others = parts_of(pattern)
    if not others:
        return text == first
    *middle, last = others
    if not (text.startswith(first) and text.endswith(last) and len(text) >= len(first) + len(last)):
        return False
    place, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True


def parts_of(pattern: str) -> list[str]:
    """The texts between the stars of a pattern; a single one when it has no star."""
    parts, start, text = [], 0, ""
    for found in _STAR.finditer(pattern):
        text += pattern[start : found.start()]
        start = found.end()
        if found[0] == "*":
            parts.append(text)
            text = ""
        else:
            text += "*"
    return [*parts, text + pattern[start:]]


def fits_anything(pattern: str) -> bool:
    """Whether every text fits: a pattern of stars alone."""
    return bool(pattern.strip()) and not pattern.strip().strip("*")
