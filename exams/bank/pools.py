"""Which questions pools draw: none twice, and no pool short while another could give (pure)."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pool:
    """`count` of `candidates` (ids, in a fixed order) are wanted; `name` goes into the seed."""

    name: str
    count: int
    candidates: Sequence[int]


def shuffled(count: int, seed: int, purpose: str) -> list[int]:
    """Positions 0 to count - 1 in an order that seed and purpose decide; the same ones give the same order.

    Built on `random()` alone, whose sequence Python promises to keep between versions; `shuffle` has no
    such promise.
    """
    source = random.Random(f"{seed}:{purpose}")  # reproducible by intent; no secret
    return [position for _, position in sorted((source.random(), position) for position in range(count))]


def draw(pools: Sequence[Pool], *, taken: Collection[int], seed: int) -> list[list[int]]:
    """The questions drawn for each pool, none of them `taken`; fewer than its count when there are no more.

    Pools may overlap: where one has taken what a later one needs, it is given another (augmenting paths of
    bipartite matching). Earlier pools are filled first, so how many each gets does not depend on the seed.
    """
    orders = [
        [pool.candidates[at] for at in shuffled(len(pool.candidates), seed, f"pool:{pool.name}")]
        for pool in pools
    ]
    free = [[each for each in order if each not in taken] for order in orders]
    owner: dict[int, int] = {}
    for index, pool in enumerate(pools):
        for _ in range(pool.count):
            if not _claim(index, free, owner, set()):
                break
    return [[each for each in own if owner.get(each) == index] for index, own in enumerate(free)]


def _claim(index: int, free: Sequence[Sequence[int]], owner: dict[int, int], asked: set[int]) -> bool:
    """Gives pool `index` one question more, moving others to other questions where that is needed."""
    asked.add(index)
    for each in free[index]:
        if each not in owner:
            owner[each] = index
            return True
    for each in free[index]:
        holder = owner[each]
        if holder not in asked and _claim(holder, free, owner, asked):
            owner[each] = index
            return True
    return False
