"""The interval of a share against published values, and what is told of few verdicts."""

import pytest

from proctoring.review.intervals import Figures, lies_below, wilson

# R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
PUBLISHED = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("right", "judged", "low", "high"), PUBLISHED)
def test_published_intervals(right: int, judged: int, low: float, high: float) -> None:
    assert wilson(right, judged) == pytest.approx((low, high), abs=5e-5)
    # Right and wrong change places.
    assert wilson(judged - right, judged) == pytest.approx((1 - high, 1 - low), abs=5e-5)


@pytest.mark.parametrize("judged", [1, 2, 7, 30])
def test_the_ends_stay_within_0_and_1(judged: int) -> None:
    for right in range(judged + 1):
        low, high = wilson(right, judged)
        assert 0 <= low <= right / judged <= high <= 1


def test_nothing_is_known_of_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="no share"):
        wilson(3, 2)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (Figures(), "no verdicts yet"),
        (Figures(3, 0, 9), "too few verdicts yet (3)"),
        (Figures(14, 6), "right in 14 of 20 (48–85 %)"),
        (Figures(14, 6, 50), "right in 14 of 20 (48–85 %)"),
    ],
)
def test_in_words(figures: Figures, words: str) -> None:
    assert figures.words == words


def test_only_the_whole_interval_lies_below_and_only_from_enough_verdicts_on() -> None:
    assert wilson(9, 20)[1] < 0.7 < wilson(10, 20)[1]
    assert lies_below(Figures(9, 11), 0.7, 20)
    assert not lies_below(Figures(10, 10), 0.7, 20)
    assert not lies_below(Figures(0, 19), 0.7, 20)
