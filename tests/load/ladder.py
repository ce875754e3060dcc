"""Finds the largest size that holds, with few tries (pure)."""

from collections.abc import Callable, Sequence

CLOSING_IN = 2
"""So many tries between the largest size that holds and the smallest that does not."""
FULL = 0.75
"""Share of the cores that is aimed at: cameras send in bursts, and above it some are put off."""
NEAR = 0.1
"""The limit is found when the smallest size that breaks is at most so much above the largest that holds."""


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


def next_size(tried: dict[int, bool], busy: dict[int, float]) -> int | None:
    """What to try next, from what held and how busy the cores were (0 to 1); None when the limit is found.

    For tries that take minutes: the second is where the first says that the cores are full.
    """
    good = max((size for size, held in tried.items() if held), default=0)
    bad = min((size for size, held in tried.items() if not held and size > good), default=0)
    if good and not bad:
        wanted = int(good * FULL / max(busy[good], 0.05))
        # A small size says little about a large one, and one that is nearly full still leads upwards.
        return min(max(wanted, good + max(1, good // 8)), 6 * good)
    if not good:
        smallest = min(tried)
        return smallest * 3 // 4 if smallest > 1 else None
    if bad - good <= max(1, round(NEAR * good)):
        return None
    return (good + bad) // 2
