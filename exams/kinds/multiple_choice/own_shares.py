"""Options with shares of their own: when they are whole, when even, what guessing earns (pure)."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from math import lcm

ONE = Fraction(1)
LEAST_SUM = Fraction(999, 1000)
"""Right options together: shares that were written rounded, such as three times 33.33 %, are a whole."""
_NEAR = Fraction(1, 10**4)


def even_shares(right: Sequence[bool]) -> list[Fraction]:
    """The shares that partial marking gives: parts of 1 for right options, of -1 for wrong ones."""
    count = sum(right)
    wrong = len(right) - count
    return [Fraction(1, count) if each else Fraction(-1, wrong) for each in right]


def are_even(shares: Sequence[Fraction]) -> bool:
    """Whether partial marking gives these shares, rounded ones too."""
    evened = even_shares([share > 0 for share in shares])
    return all(abs(one - other) <= _NEAR for one, other in zip(shares, evened, strict=True))


def are_whole(shares: Sequence[Fraction]) -> bool:
    """Whether the right options together earn all points."""
    return _sum_of_right(shares) >= LEAST_SUM


def share_of(shares: Sequence[Fraction], chosen: Sequence[Fraction], least: int) -> Fraction:
    """What the chosen ones of these shares earn together, from `least` to 1; all right ones earn 1."""
    return max(Fraction(least), min(ONE, sum(chosen, Fraction(0)) / min(ONE, _sum_of_right(shares))))


def guess_share(shares: Sequence[Fraction], least: int) -> Fraction:
    """The mean of `share_of` over every choice but the empty one, exactly.

    The sums of both halves of the options are combined in order, so that the million choices of twenty
    options need no million steps.
    """
    scale = lcm(*(share.denominator for share in shares))
    parts = [int(share * scale) for share in shares]
    whole = min(ONE, _sum_of_right(shares)) * scale
    low, high = int(least * whole), int(whole)
    half = len(parts) // 2
    others = sorted(_sums(parts[half:]))
    up_to = [0, *accumulate(others)]
    total = 0
    for one in _sums(parts[:half]):
        start, end = bisect_left(others, low - one), bisect_right(others, high - one)
        total += start * low + (len(others) - end) * high + (end - start) * one + up_to[end] - up_to[start]
    return Fraction(total) / whole / (2 ** len(parts) - 1)


def _sums(parts: Sequence[int]) -> list[int]:
    found = [0]
    for part in parts:
        found += [each + part for each in found]
    return found


def _sum_of_right(shares: Sequence[Fraction]) -> Fraction:
    return sum((share for share in shares if share > 0), Fraction(0))
