"""How candidates are shared out among proctors: evenly, up to a ratio, neighbours together (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

USUAL_RATIO = 12
MOST_RATIO = 30
"""Candidates of one proctor; beyond it live pictures starve a usual computer (measured: decision 0105)."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Who gets whom, by proctor; `left`: for whom there is nobody; `missing`: proctors they would need."""

    given: Mapping[int, Sequence[int]]
    left: Sequence[int]
    missing: int


def share_out(waiting: Sequence[int], held: Mapping[int, int], ratio: int) -> Shares:
    """Shares the candidates `waiting`, in their order, among proctors who hold `held` candidates already.

    Who holds fewest gets most, so that afterwards they hold as equally many as can be; nobody gets beyond
    `ratio`. Raises ValueError for a ratio outside 1 to `MOST_RATIO`.
    """
    if not 1 <= ratio <= MOST_RATIO:
        raise ValueError(f"the ratio is from 1 to {MOST_RATIO}")
    counts = _counts(len(waiting), held, ratio)
    given: dict[int, Sequence[int]] = {}
    first = 0
    for proctor, number in counts.items():
        if number:
            given[proctor] = tuple(waiting[first : first + number])
            first += number
    left = tuple(waiting[first:])
    return Shares(given, left, -(-len(left) // ratio))


def _counts(number: int, held: Mapping[int, int], ratio: int) -> dict[int, int]:
    counts = dict.fromkeys(held, 0)
    for _ in range(number):
        free = [each for each in held if held[each] + counts[each] < ratio]
        if not free:
            break
        counts[min(free, key=lambda each: held[each] + counts[each])] += 1
    return counts
