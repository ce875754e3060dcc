"""Figures of a sitting: small groups are not told, and words claim no more than the numbers carry."""

import pytest

from proctoring.reports.fairness import LEAST_GROUP, Compared, Rate, light_words
from proctoring.reports.sitting import Effort
from proctoring.review.intervals import difference


def test_a_small_group_is_not_told() -> None:
    assert Rate("dark", 5, LEAST_GROUP - 1).words == "too few to compare (fewer than 10)"
    assert Rate("dark", 5, LEAST_GROUP).words == "5 of 10, 50 % (24 to 76 %)"


@pytest.mark.parametrize(
    ("dark", "bright", "said"),
    [
        ((9, 9), (1, 100), "not two groups of at least 10"),
        ((5, 10), (3, 10), "The intervals overlap"),
        ((45, 50), (5, 50), "Candidates in dark rooms were flagged more often than in bright ones"),
    ],
)
def test_a_difference_is_claimed_only_beyond_chance(
    dark: tuple[int, int], bright: tuple[int, int], said: str
) -> None:
    assert said in light_words([Rate("dark", *dark), Rate("bright", *bright)])


@pytest.mark.parametrize(
    ("group", "others", "said"),
    [
        ((9, 9), (1, 100), "Not told"),
        ((10, 40), (2, 9), "Not told"),
        ((20, 40), (10, 60), "More often than the others, by 15 to 50 percentage points"),
        ((10, 60), (20, 40), "Less often than the others, by 15 to 50 percentage points"),
        ((5, 20), (10, 40), "from 21 percentage points less to 24 more is possible"),
    ],
)
def test_a_group_is_compared_with_all_others(
    group: tuple[int, int], others: tuple[int, int], said: str
) -> None:
    assert said in Compared(Rate("A", *group), Rate("others", *others)).words


def test_the_interval_of_a_difference_is_newcombes() -> None:
    # Newcombe (1998), table II: 56/70 against 48/80 by method 10.
    low, high = difference(56, 70, 48, 80)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
    assert difference(0, 0, 3, 9) == (-1, 1)


def test_effort_is_not_known_before_anybody_read() -> None:
    assert Effort(2, 2, 0, 0, 0, 7200.0).per_case is None
    assert Effort(2, 1, 1, 3, 600, 7200.0).per_case == 300
    assert Effort(2, 1, 1, 3, 600, 7200.0).per_hour == 300
