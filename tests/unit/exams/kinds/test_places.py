"""Places in a picture: shapes with their edges, several places, guessing, and pictures without markup."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.kinds.hotspot.form import HotspotForm
from exams.kinds.hotspot.regions import contains
from exams.kinds.registry import KINDS
from proctor_site.kernel.errors import InvalidInput
from tests.factories.exams import CONTENT

F = Fraction
HOTSPOT, MAP = KINDS["hotspot"], CONTENT["hotspot"]
ARROW = {"shape": "polygon", "points": [[0, 0], [10, 5], [0, 10], [4, 5]]}


@pytest.mark.parametrize(
    ("region", "inside", "outside"),
    [
        (MAP["regions"][0], [[700, 100], [730, 100], [700, 70]], [[731, 100], [722, 122]]),
        (MAP["regions"][1], [[100, 200], [180, 240], [140, 220]], [[99, 200], [181, 240], [140, 241]]),
        (ARROW, [[0, 0], [10, 5], [5, 5], [4, 5], [2, 1], [2, 8]], [[2, 5], [11, 5], [0, 5], [9, 9]]),
    ],
    ids=["circle", "rect", "polygon"],
)
def test_shapes_hold_their_edges(region: dict[str, Any], inside: Any, outside: Any) -> None:
    assert [contains(region, point) for point in inside] == [True] * len(inside)
    assert [contains(region, point) for point in outside] == [False] * len(outside)


@given(st.integers(-5, 15), st.integers(-5, 15))
def test_a_polygon_that_is_a_rectangle_is_one(x: int, y: int) -> None:
    corners = {"shape": "polygon", "points": [[0, 0], [10, 0], [10, 6], [0, 6]]}
    assert contains(corners, [x, y]) == contains(
        {"shape": "rect", "x": 0, "y": 0, "width": 10, "height": 6}, [x, y]
    )


def test_each_region_counts_once() -> None:
    both = {**MAP, "needed": 2}
    first, second = [700, 100], [110, 210]
    answers = [[first], [first, first], [first, second], [second, [0, 0]], [[0, 0]], []]
    assert [HOTSPOT.mark(both, answer) for answer in answers] == [F(1, 2), F(1, 2), 1, F(1, 2), 0, 0]
    assert HOTSPOT.mark(MAP, [second]) == 1


def test_guessing_earns_the_part_of_the_picture_that_is_right() -> None:
    quarter = {"shape": "rect", "x": 0, "y": 0, "width": 399, "height": 199}
    assert HOTSPOT.guess_share({**MAP, "regions": [quarter]}) == F(1, 4)
    assert HOTSPOT.guess_share({**MAP, "regions": [quarter, quarter], "needed": 2}) == F(7, 16)


@pytest.mark.parametrize(
    "value", ["x", [1, 2], [[1]], [[1, 2, 3]], [[801, 0]], [[-1, 0]], [[1.5, 2]], [[True, 1]]]
)
def test_what_is_no_place_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        HOTSPOT.validate_answer(MAP, value)
    assert refusal.value.field == "value"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"media": "x"}, "media"),
        ({"description": " "}, "description"),
        ({"width": 0}, "width"),
        ({"height": "400"}, "height"),
        ({"regions": []}, "regions"),
        ({"regions": [{"shape": "circle", "x": 1, "y": 1}]}, "regions.1"),
        ({"regions": [{"shape": "circle", "x": 1, "y": 1, "r": 0}]}, "regions.1"),
        ({"regions": [{"shape": "circle", "x": 1, "y": 401, "r": 3}]}, "regions.1"),
        ({"regions": [{"shape": "polygon", "points": [[0, 0], [1, 1]]}]}, "regions.1"),
        ({"regions": [{"shape": "polygon", "points": [[0, 0], [1, 1], "x"]}]}, "regions.1"),
        ({"regions": [{"shape": ["rect"]}]}, "regions.1"),
        ({"needed": 3}, "needed"),
    ],
)
def test_wrong_pictures_name_the_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        HOTSPOT.validate_content({**MAP, **change})
    assert refusal.value.field == field


def test_the_key_stays_hidden_and_is_drawn_for_markers_without_markup() -> None:
    content = HOTSPOT.validate_content({**MAP, "description": '"><script>x</script>', "regions": [ARROW]})
    assert "regions" not in HOTSPOT.public_content(content, [])
    shown = HOTSPOT.value_html(content, [[1, 2]]) or ""
    assert "<script" not in shown and 'points="0,0 10,5 0,10 4,5"' in shown and 'cx="1" cy="2"' in shown


def test_the_form_gives_back_what_it_was_given() -> None:
    form, clean = HotspotForm(), HOTSPOT.validate_content({**MAP, "regions": [*MAP["regions"], ARROW]})
    shown = {name: field.initial for name, field in form.fields(clean).items()}
    assert HOTSPOT.validate_content(form.read(shown, clean)) == clean
