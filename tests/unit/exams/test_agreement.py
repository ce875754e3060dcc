"""Two markers: what counts, and figures of agreement against independent computations."""

from decimal import Decimal

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.marking.agreement import (
    Settlement,
    mean_absolute_difference,
    mean_difference,
    settle,
    weighted_kappa,
)

D = Decimal


@pytest.mark.parametrize(
    ("first", "second", "moderated", "needs_second", "expected"),
    [
        (None, None, None, False, Settlement(None)),
        (D(3), None, None, False, Settlement(D(3))),
        (D(3), None, None, True, Settlement(None)),
        (None, D(3), None, True, Settlement(None)),
        (D(3), D(4), None, True, Settlement(D("3.50"))),
        (D(3), D("3.05"), None, True, Settlement(D("3.03"))),
        (D(3), D("4.01"), None, True, Settlement(None, is_disputed=True)),
        (D(3), D(5), D(4), True, Settlement(D(4))),
        (D(3), None, D(0), False, Settlement(D(0))),
    ],
)
def test_what_counts(
    first: Decimal | None,
    second: Decimal | None,
    moderated: Decimal | None,
    needs_second: bool,
    expected: Settlement,
) -> None:
    found = settle(first, second, moderated, needs_second=needs_second, possible=D(5), threshold=20)
    assert found == expected


def test_differences() -> None:
    pairs = [(D(3), D(4)), (D(5), D(3)), (D(2), D(2))]
    assert mean_difference(pairs) == pytest.approx(-1 / 3)
    assert mean_absolute_difference(pairs) == pytest.approx(1)
    assert mean_difference([]) is mean_absolute_difference([]) is weighted_kappa([]) is None


def test_kappa_of_same_constant_marks_is_not_defined() -> None:
    assert weighted_kappa([(D(2), D(2))] * 3) is None
    assert weighted_kappa([(D(1), D(1)), (D(2), D(2))]) == 1.0
    assert weighted_kappa([(D(0), D(1)), (D(1), D(0))]) == -1.0


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=40))
def test_kappa_equals_the_table_of_the_definition(marks: list[tuple[int, int]]) -> None:
    """Cohen 1968: categories in a square table, disagreement weights, expected shares from the margins."""
    found = weighted_kappa([(D(first) / 2, D(second) / 2) for first, second in marks])
    table = numpy.zeros((7, 7))
    for first, second in marks:
        table[first, second] += 1 / len(marks)
    weights = (numpy.arange(7)[:, None] - numpy.arange(7)[None, :]) ** 2
    expected = (weights * numpy.outer(table.sum(1), table.sum(0))).sum()
    if expected < 1e-12:
        assert found is None
    else:
        assert found == pytest.approx(1 - (weights * table).sum() / expected)
