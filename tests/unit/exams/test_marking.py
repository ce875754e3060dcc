"""Points and results: rounding, open essays, passing on exact numbers."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.marking.automatic import Result, points_for, result

D = Decimal


@pytest.mark.parametrize(
    ("share", "points", "given_points"),
    [
        (Fraction(1), "2.50", "2.50"),
        (Fraction(0), "2.50", "0.00"),
        (Fraction(1, 3), "1", "0.33"),
        (Fraction(1, 2), "0.01", "0.01"),
        (Fraction(-1, 3), "2", "-0.67"),
        (Fraction(-1, 2), "0.01", "-0.01"),
    ],
)
def test_points_are_rounded_half_up(share: Fraction, points: str, given_points: str) -> None:
    assert points_for(share, D(points)) == D(given_points)


@given(st.fractions(-1, 1), st.decimals(0, 9999, places=2))
def test_points_take_away_or_give_at_most_all(share: Fraction, points: Decimal) -> None:
    assert abs(points_for(share, points)) <= points
    assert share < 0 or points_for(share, points) >= 0


def test_a_result() -> None:
    paper = [(D(2), D(2)), (D(1), D(0)), (D(3), D("1.50"))]
    assert result(paper, pass_percentage=50) == Result(D("3.50"), D(6), D("58.33"), True, 0)
    assert result(paper, pass_percentage=59).passed is False


def test_a_question_may_take_points_away_but_the_total_is_never_below_0() -> None:
    assert result([(D(2), D(2)), (D(1), D("-0.50"))], pass_percentage=50).points == D("1.50")
    below = result([(D(2), D("-2")), (D(1), D("0.50"))], pass_percentage=0)
    assert below == Result(D(0), D(3), D("0.00"), True, 0)


def test_passing_is_decided_on_exact_numbers() -> None:
    almost = [(D("300"), D("149.99"))]
    assert result(almost, pass_percentage=50) == Result(D("149.99"), D(300), D("50.00"), False, 0)


def test_open_questions_leave_the_result_open() -> None:
    assert result([(D(1), D(1)), (D(1), None)], pass_percentage=50) == Result(D(1), D(2), D(50), None, 1)


def test_an_exam_without_points_is_passed_by_nobody() -> None:
    assert result([], pass_percentage=0) == Result(D(0), D(0), D(0), False, 0)
