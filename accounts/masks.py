"""Takes the name of a candidate out of texts that people wrote, for readers who are not to know it (pure).

Whole words of the name, the e-mail address and the candidate number, in any case of letters. A nickname, a
misspelt name or a name in another script stays: it makes a slip of the pen harmless, it is no anonymity.
"""

import re
from collections.abc import Callable

Words = Callable[[str], str]
_LEAST_LETTERS = 3  # "de", "Li" and initials stand in too many other words


def as_written(text: str) -> str:
    """Hides nothing."""
    return text


def hiding(name: str, email: str, stand_in: str, number: str = "") -> Words:
    """A function that writes `stand_in` for the name, each part of it, the address, and the number."""
    parts = [part for part in re.split(r"[\s,.]+", name) if len(part) >= _LEAST_LETTERS]
    # The longest first, so that a full name becomes one stand-in and not two.
    # A number of one or two signs stands in too many other words and times.
    numbers = [number] if len(number) >= _LEAST_LETTERS else []
    found = sorted({email, name.strip(), *numbers, *parts} - {""}, key=len, reverse=True)
    if not found:
        return as_written
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(each) for each in found)})(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(lambda _: stand_in, text)
