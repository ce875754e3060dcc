"""How the benchmarks look for a limit, and how they count percentiles."""

import pytest

from tests.load.ladder import climb
from tests.load.steps import percentile


def tries(limit: int) -> list[int]:
    seen: list[int] = []

    def holds(size: int) -> bool:
        seen.append(size)
        return size <= limit

    climb((20, 40, 80, 160), holds)
    return seen


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        pytest.param(100, [20, 40, 80, 160, 120, 100, 25], id="between two sizes"),
        pytest.param(500, [20, 40, 80, 160], id="all hold, the quarter was tried"),
        pytest.param(20, [20, 40, 30, 25, 5], id="only the first"),
        pytest.param(5, [20], id="none"),
    ],
)
def test_a_ladder_closes_in_and_tries_a_quarter(limit: int, expected: list[int]) -> None:
    assert tries(limit) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 10), (0.95, 19), (0.99, 20), (0.001, 1)], ids=["p50", "p95", "p99", "least"]
)
def test_percentiles_by_nearest_rank(share: float, expected: float) -> None:
    assert percentile([float(each) for each in range(20, 0, -1)], share) == expected


def test_nothing_measured_is_never_good() -> None:
    assert percentile([], 0.95) == float("inf")
