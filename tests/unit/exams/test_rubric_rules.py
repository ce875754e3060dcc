"""Rubrics: what is refused and where, and points that add up within the question."""

from decimal import Decimal
from typing import Any

import pytest

from exams.marking.rubric_rules import clean_criteria, most_of, points_by
from proctor_site.kernel.errors import InvalidInput

GIVEN = [
    {
        "title": " Argument ",
        "levels": [
            {"text": "none", "points": 0},
            {"text": "some", "points": "1,5"},
            {"text": "good", "points": 4},
        ],
    },
    {"title": "Language", "levels": [{"text": "poor", "points": "0"}, {"text": "fine", "points": "2"}]},
]


def test_a_rubric_is_cleaned_once_and_for_all() -> None:
    criteria = clean_criteria(GIVEN)
    assert [each["title"] for each in criteria] == ["Argument", "Language"]
    assert criteria[0]["levels"][1] == {"id": "l2", "text": "some", "points": "1.50"}
    assert clean_criteria(criteria) == criteria
    assert most_of(criteria) == 6


@pytest.mark.parametrize(
    ("chosen", "possible", "points"),
    [
        ({"c1": "l3", "c2": "l2"}, "6", "6.00"),
        ({"c1": "l3", "c2": "l2"}, "2.5", "2.50"),
        ({"c1": "l2", "c2": "l1"}, "6", "1.50"),
        ({"c1": "l2", "c2": "l1"}, "1", "0.25"),
        ({"c1": "l1", "c2": "l1"}, "6", "0.00"),
    ],
)
def test_points_add_up_and_end_at_those_of_the_question(
    chosen: dict[str, str], possible: str, points: str
) -> None:
    assert points_by(clean_criteria(GIVEN), chosen, Decimal(possible)) == Decimal(points)


@pytest.mark.parametrize("chosen", [{}, {"c1": "l1"}, {"c1": "l9", "c2": "l1"}, {"c1": ["l1"], "c2": "l1"}])
def test_each_criterion_needs_a_level(chosen: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        points_by(clean_criteria(GIVEN), chosen, Decimal(6))
    assert refusal.value.field == "levels"


def _level(**changes: Any) -> list[dict[str, Any]]:
    levels = [{"text": "a", "points": 0}, {"text": "b", "points": 1} | changes]
    return [{"title": "Argument", "levels": levels}]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (None, "criteria"),
        ([], "criteria"),
        ("text", "criteria"),
        (GIVEN * 11, "criteria"),
        ([7], "criteria.0"),
        ([{"title": "A"}], "criteria.0.levels"),
        ([{"title": "A", "levels": [{"text": "one", "points": 1}]}], "criteria.0.levels"),
        ([{"title": "", "levels": GIVEN[0]["levels"]}], "criteria.0.title"),
        (_level(text=None), "criteria.0.levels.1.text"),
        (_level(text="x" * 1001), "criteria.0.levels.1.text"),
        (_level(text="a\x00"), "criteria.0.levels.1.text"),
        (_level(points="NaN"), "criteria.0.levels.1.points"),
        (_level(points="1e9"), "criteria.0.levels.1.points"),
        (_level(points=-1), "criteria.0.levels.1.points"),
        (_level(points="two"), "criteria.0.levels.1.points"),
        (_level(points=0), "criteria"),
    ],
)
def test_what_is_refused_names_its_place(given: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        clean_criteria(given)
    assert refusal.value.field == field
