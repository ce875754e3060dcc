"""Finds the largest size that holds, with few tries (pure)."""

from collections.abc import Callable, Sequence

CLOSING_IN = 2
"""So many tries between the largest size that holds and the smallest that does not."""


def climb(sizes: Sequence[int], holds: Callable[[int], bool]) -> None:
    """Tries `sizes` up to the first that does not hold, then closes in on the limit in two more steps.

    A quarter of the largest that holds is tried too, for the growth from there.
    """
    good, bad, tried = 0, 0, set()
    for size in sizes:
        tried.add(size)
        if not holds(size):
            bad = size
            break
        good = size
    for _ in range(CLOSING_IN if good and bad else 0):
        middle = (good + bad) // 2
        tried.add(middle)
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    if good >= 4 and good // 4 not in tried:
        holds(good // 4)
