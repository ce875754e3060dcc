"""Shuffling by seed: the same seed gives the same order, today and with the next Python."""

from hypothesis import given
from hypothesis import strategies as st

from exams.bank.pools import shuffled


@given(st.integers(0, 40), st.integers(0, 2**62), st.text(max_size=10))
def test_an_order_of_all_positions_that_repeats(count: int, seed: int, purpose: str) -> None:
    order = shuffled(count, seed, purpose)
    assert sorted(order) == list(range(count))
    assert shuffled(count, seed, purpose) == order


def test_known_orders_stay_as_they_are() -> None:
    assert shuffled(6, 42, "section:1") == [0, 4, 2, 1, 3, 5]
    assert shuffled(6, 43, "section:1") != shuffled(6, 42, "section:1")
    assert shuffled(6, 42, "section:2") != shuffled(6, 42, "section:1")


def test_every_position_comes_first_about_as_often() -> None:
    first = [shuffled(4, seed, "x")[0] for seed in range(4000)]
    assert all(850 < first.count(position) < 1150 for position in range(4))
