"""What a candidate number may look like: by it an institution's own records know a candidate (pure)."""

import re

LONGEST = 60
_FORMAT = re.compile(r"[!-?A-~]+(?: [!-?A-~]+)*")
"""Printable ASCII without "@": an address is no number, and both databases fold these letters alike."""


def tidy(text: str) -> str:
    """The number without outer and double spaces, as it is stored."""
    return " ".join(text.split())


def key_of(number: str) -> str:
    """What two spellings of one number share: capitals do not tell candidates apart."""
    return number.lower()


def problem_of(number: str) -> str:
    """Why a tidy text cannot be a candidate number, or ""."""
    if len(number) > LONGEST:
        return f"The candidate number has more than {LONGEST} characters."
    if not _FORMAT.fullmatch(number):
        return "A candidate number is made of letters without accents, digits and signs, and has no @."
    return ""
