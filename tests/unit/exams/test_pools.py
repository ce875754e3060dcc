"""Drawing from pools: reproducible, no question twice, full whenever that is possible at all."""

from collections import Counter
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from exams.bank.pools import Pool, draw

pools_of = st.lists(
    st.builds(
        Pool,
        name=st.text("abc", min_size=1, max_size=2),
        count=st.integers(1, 4),
        candidates=st.lists(st.integers(0, 9), unique=True, max_size=8).map(sorted),
    ),
    max_size=4,
)
seeds = st.integers(0, 2**62)


def test_the_same_seed_draws_the_same_and_others_draw_others() -> None:
    pool = Pool("1", 5, range(100))
    first = draw([pool], taken=(), seed=7)
    assert first == draw([pool], taken=(), seed=7)
    assert len(first[0]) == 5
    assert len({tuple(draw([pool], taken=(), seed=seed)[0]) for seed in range(20)}) == 20


def test_this_is_what_the_seed_drew_when_it_was_written() -> None:
    """Papers must stay reproducible: a change of this changes what former seeds mean."""
    assert draw([Pool("1", 3, range(10)), Pool("2", 2, range(5, 15))], taken={3}, seed=42) == DRAWN


DRAWN = [[5, 7, 9], [8, 12]]


def test_a_pool_gives_way_where_only_it_can() -> None:
    wide, narrow = Pool("wide", 2, [1, 2, 3]), Pool("narrow", 1, [2])
    for seed in range(50):
        first, second = draw([wide, narrow], taken=(), seed=seed)
        assert (sorted(first), second) == ([1, 3], [2])


def test_over_many_seeds_every_question_is_drawn_about_equally_often() -> None:
    counts = Counter(
        each for seed in range(2000) for each in draw([Pool("1", 2, range(10))], taken=(), seed=seed)[0]
    )
    assert min(counts.values()) > 330
    assert max(counts.values()) < 470


@given(pools_of, st.sets(st.integers(0, 9), max_size=3), seeds)
def test_nothing_twice_nothing_taken_nothing_foreign(pools: list[Pool], taken: set[int], seed: int) -> None:
    drawn = draw(pools, taken=taken, seed=seed)
    every = [each for found in drawn for each in found]
    assert len(every) == len(set(every))
    assert not set(every) & taken
    for pool, found in zip(pools, drawn, strict=True):
        assert len(found) <= pool.count
        assert set(found) <= set(pool.candidates)


@given(pools_of, seeds, seeds)
def test_how_many_each_pool_gets_does_not_depend_on_the_seed(pools: list[Pool], one: int, other: int) -> None:
    def sizes(seed: int) -> list[int]:
        return [len(found) for found in draw(pools, taken=(), seed=seed)]

    assert sizes(one) == sizes(other)


@given(st.lists(st.lists(st.integers(0, 4), unique=True, max_size=4), max_size=4), seeds)
def test_as_many_are_drawn_as_can_be(candidates: list[list[int]], seed: int) -> None:
    pools = [Pool(str(number), 1, own) for number, own in enumerate(candidates)]
    best = max(
        sum(at < len(order) and order[at] in pool.candidates for at, pool in enumerate(pools))
        for order in permutations(range(5))
    )
    assert sum(len(found) for found in draw(pools, taken=(), seed=seed)) == best
