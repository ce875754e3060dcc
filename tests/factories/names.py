"""Endings of made names: fixed in length, so that they sort as they were made, and without digits and vowels.

With numbers, "Exam 10" comes before "Exam 9", and the key 4 stands in "Exam 3493": which tests then fail
depends on how many others their process ran before (2026-11-22).
"""

import itertools
from collections.abc import Iterator

_LETTERS = "bcdfghjklmnpqrstvwxz"


def endings() -> Iterator[str]:
    """160,000 of them: bbbb, bbbc, bbbd, and so on."""
    return map("".join, itertools.product(_LETTERS, repeat=4))
