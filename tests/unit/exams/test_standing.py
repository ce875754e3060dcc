"""Layers of a mark: rulings above people above rules, and changed points in proportion."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.marking.standing import FULL, LEFT_OUT, Layers, standing

D = Decimal


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (Layers(D(4)), (D(4), None)),
        (Layers(D(4), rule=D(1)), (D(4), D(1))),
        (Layers(D(4), rule=D(-1)), (D(4), D(-1))),
        (Layers(D(4), rule=D(1), person=D(3), person_possible=D(4)), (D(4), D(3))),
        (Layers(D(4), rule=D(1), person=D(3), person_possible=D(4), ruling=FULL), (D(4), D(4))),
        (Layers(D(4), ruling=LEFT_OUT), (D(0), D(0))),
        (Layers(D(5), person=D(3), person_possible=D(4)), (D(5), D("3.75"))),
        (Layers(D(1), person=D(1), person_possible=D(3)), (D(1), D("0.33"))),
        (Layers(D(0), person=D(1), person_possible=D(3)), (D(0), D(0))),
        (Layers(D(2), person=D(0), person_possible=D(0)), (D(2), D(0))),
    ],
)
def test_what_stands(layers: Layers, expected: tuple[Decimal, Decimal | None]) -> None:
    assert standing(layers) == expected


@given(st.decimals(0, 100, places=2), st.decimals("0.01", 100, places=2), st.decimals(0, 100, places=2))
def test_points_of_a_person_stay_within_the_question(person: Decimal, out_of: Decimal, most: Decimal) -> None:
    possible, points = standing(Layers(most, person=min(person, out_of), person_possible=out_of))
    assert possible == most
    assert points is not None and 0 <= points <= most
