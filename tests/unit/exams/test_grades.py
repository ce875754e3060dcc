"""Grade scales: what is accepted, which step is reached exactly at its edge, and that text reads back."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.bank.grades import PRESETS, Step, clean_steps, grade_of, read_steps, steps_as_text
from exams.marking.automatic import result
from proctor_site.kernel.errors import InvalidInput

LETTERS = PRESETS["letters"][1]


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_is_clean_and_reads_back(name: str) -> None:
    steps = PRESETS[name][1]
    assert clean_steps(steps) == steps
    assert read_steps(steps_as_text(steps)) == steps


@pytest.mark.parametrize(
    ("percentage", "grade"),
    [("100", "A"), ("90", "A"), ("89.999999", "B"), ("60", "D"), ("59.9999", "F"), ("0", "F")],
)
def test_a_step_begins_exactly_at_its_percentage(percentage: str, grade: str) -> None:
    assert grade_of(Fraction(percentage), LETTERS) == grade


def test_the_grade_is_decided_on_exact_numbers_not_on_the_rounded_percentage() -> None:
    found = result([(Decimal(3), Decimal("2.6999"))], pass_percentage=50, grade_steps=LETTERS)
    assert (found.percentage, found.grade) == (Decimal("90.00"), "B")


def test_no_grade_while_something_is_unmarked_and_none_without_points() -> None:
    assert result([(Decimal(1), None)], pass_percentage=50, grade_steps=LETTERS).grade == ""
    assert result([], pass_percentage=50, grade_steps=LETTERS).grade == ""
    assert result([(Decimal(1), Decimal(1))], pass_percentage=50).grade == ""
    below = result([(Decimal(1), Decimal(-1))], pass_percentage=50, grade_steps=LETTERS)
    assert below.grade == "F"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("90 % A", ""),
        ("A: 90", "Line 1"),
        ("90: A\n\nB", "Line 3"),
        ("90: A\n90: B\n0: C", "Step 2"),
        ("50: A\n90: B\n0: C", "Step 2"),
        ("90: A\n0.5: B", "must begin at 0"),
        ("101: A\n0: B", "0 to 100"),
        ("50: A\n0: a", "name of its own"),
        ("33.333: A\n0: B", "two decimals"),
        ("50: " + "x" * 51 + "\n0: B", "at most 50"),
        ("\n".join(f"{number}: g{number}" for number in range(60, -1, -1)), "at most 30"),
        ("999999999999: A", "Line 1"),
    ],
)
def test_a_bad_line_is_named(text: str, part: str) -> None:
    if not part:
        text, part = text, "must begin at 0"
    with pytest.raises(InvalidInput, match=part) as refusal:
        read_steps(text)
    assert refusal.value.field == "grade_steps"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "A",
        {},
        [1],
        [{"name": "A"}],
        [{"name": 1, "least": "0"}],
        [{"name": "A", "least": 0}],
        [{"name": "A", "least": "NaN"}],
        [{"name": "A", "least": "-1"}],
        [{"name": "A", "least": "1e400000"}],
        [{"name": "\x00", "least": "0"}],
    ],
)
def test_what_is_no_scale(value: Any) -> None:
    with pytest.raises(InvalidInput):
        clean_steps(value)


def test_no_scale() -> None:
    assert read_steps(" \n\n") == []
    assert grade_of(Fraction(50), []) == ""


@given(
    st.lists(
        st.tuples(st.integers(1, 10000), st.text("ABCdé1+- ", min_size=1, max_size=9).filter(str.strip)),
        min_size=0,
        max_size=12,
        unique_by=(lambda each: each[0], lambda each: " ".join(each[1].split()).casefold()),
    )
)
def test_every_clean_scale_reads_back_from_its_text(raw: list[tuple[int, str]]) -> None:
    falling = sorted(raw, reverse=True)
    steps = [Step(name=name, least=str(Decimal(cents) / 100)) for cents, name in falling]
    if "lowest" in {" ".join(name.split()).casefold() for _, name in raw}:
        return
    clean = clean_steps([*steps, Step(name="lowest", least="0")])
    assert clean_steps(clean) == clean
    assert read_steps(steps_as_text(clean)) == clean
