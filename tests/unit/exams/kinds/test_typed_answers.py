"""Short answers with patterns and shares, numbers with ranges, tolerances and units."""

import re
import time
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.kinds.numeric.form import NumericForm
from exams.kinds.registry import KINDS
from exams.kinds.short_answer.form import ShortAnswerForm
from exams.kinds.short_answer.patterns import matches
from proctor_site.kernel.errors import InvalidInput

F = Fraction
SHORT, NUMBER = KINDS["short_answer"], KINDS["numeric"]


def short(*accepted: Any, **switches: bool) -> dict[str, Any]:
    return SHORT.validate_content({"accepted": list(accepted), **switches})


def test_texts_with_their_own_share() -> None:
    content = short("Vienna", {"text": "Wien", "share": 0.5}, {"text": "vienna", "share": "1/4"})
    assert [SHORT.mark(content, typed) for typed in ("Vienna", "WIEN", "vienna", "Graz")] == [
        1,
        F(1, 2),
        1,
        0,
    ]
    assert SHORT.describe_key(content) == "“Vienna” or “Wien” (50 %) or “vienna” (25 %)"


@pytest.mark.parametrize(
    ("pattern", "typed", "fits"),
    [
        ("ran*", "range", True),
        ("ran*", "ran", True),
        ("ran*", "Iran", False),
        ("*ran*", "Iran", True),
        ("a*b*c", "abc", True),
        ("a*b*c", "a b x c", True),
        ("a*b*c", "acb", False),
        ("a*a", "a", False),
        ("3 \\* 4", "3 * 4", True),
        ("3 \\* 4", "3 x 4", False),
        ("*", "anything", True),
        ("a.c", "abc", False),
        ("[a-z]*", "b", False),
        ("STRASSE*", "Straße 7", True),
    ],
)
def test_stars(pattern: str, typed: str, fits: bool) -> None:
    assert SHORT.mark(short(pattern, wildcards=True), typed) == int(fits)


def test_a_star_means_itself_unless_wildcards_are_on() -> None:
    assert [SHORT.mark(short("a*"), typed) for typed in ("a*", "abc")] == [1, 0]


@given(st.text("ab*", max_size=8), st.text("ab", max_size=8))
def test_stars_match_as_a_regular_expression_would(pattern: str, typed: str) -> None:
    slow = ".*".join(re.escape(part) for part in pattern.split("*"))
    assert matches(pattern, typed) == bool(re.fullmatch(slow, typed))


def test_a_hostile_pattern_takes_no_time() -> None:
    content = short("*".join("a" * 240), wildcards=True)
    begun = time.thread_time()
    assert SHORT.mark(content, "a" * 239 + "b" + "a" * 200) == 1
    assert SHORT.mark(content, "a" * 239 + "b") == 0
    assert time.thread_time() - begun < 0.05


def test_accents_are_ignored_only_when_told() -> None:
    for typed in ("Zurich", "ZÜRICH", "Zu\u0308rich", "Zúrich"):
        assert SHORT.mark(short("Zürich", ignore_accents=True), typed) == 1
    assert SHORT.mark(short("Zürich"), "Zurich") == 0
    strict = short("Élan", ignore_accents=True, case_sensitive=True)
    assert [SHORT.mark(strict, typed) for typed in ("Elan", "elan")] == [1, 0]


def test_only_a_lone_star_can_be_guessed() -> None:
    content = short("Vienna", {"text": "*", "share": "1/4"}, wildcards=True)
    assert SHORT.guess_share(content) == F(1, 4)
    assert SHORT.guess_share(short("Vienna", "*")) == 0


@pytest.mark.parametrize(
    ("accepted", "field"),
    [
        ([{"text": "a", "share": "1/2"}], "accepted"),
        ([{"text": "a"}], "accepted.1"),
        (["a", {"text": "b", "share": 2}], "accepted.2"),
        (["a", {"text": "", "share": 1}], "accepted.2"),
        (["a", ["b"]], "accepted.2"),
    ],
)
def test_wrong_accepted_texts(accepted: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        short(*accepted)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("row", "right", "wrong"),
    [
        ({"value": "100", "tolerance": "0.05", "relative": True}, ["95", "105"], ["94.99", "105.01"]),
        ({"value": "-100", "tolerance": "0.05", "relative": True}, ["-95", "-105"], ["-94", "95"]),
        ({"low": "2", "high": "4"}, ["2", "4", "3,5"], ["1.999", "4.0001"]),
        ({"value": "0", "tolerance": "0.1", "relative": True}, ["0"], ["0.01"]),
    ],
)
def test_ranges_and_relative_tolerances(row: dict[str, Any], right: list[str], wrong: list[str]) -> None:
    content = NUMBER.validate_content({"answers": [row]})
    for share, typed in ((1, right), (0, wrong)):
        assert [NUMBER.mark(content, NUMBER.validate_answer(content, each)) for each in typed] == [
            share
        ] * len(typed)


def test_several_numbers_with_their_own_share() -> None:
    rows = [{"low": "0", "high": "10", "share": 0.5}, {"value": "5", "tolerance": "1"}]
    content = NUMBER.validate_content({"answers": rows})
    assert [NUMBER.mark(content, typed) for typed in ("5", "6", "7", "11")] == [1, 1, F(1, 2), 0]
    assert NUMBER.right_value(content) == "5"


METRES = [{"text": "m", "factor": "1"}, {"text": "cm", "factor": "0.01"}, {"text": "m²", "factor": "7"}]


@pytest.mark.parametrize(
    ("needed", "number", "unit", "share"),
    [
        ("required", "3.14", "m", 1),
        ("required", "314", " cm", 1),
        ("required", "3.14", "", F(3, 4)),
        ("required", "3.14", "cm", F(3, 4)),
        ("required", "3.14", "kg", F(3, 4)),
        ("required", "3.14", "M", F(3, 4)),
        ("required", "4", "m", 0),
        ("required", "314", "", 0),
        ("optional", "3.14", "", 1),
        ("optional", "3.14", "kg", F(3, 4)),
        ("optional", "314", "cm", 1),
    ],
)
def test_units(needed: str, number: str, unit: str, share: Any) -> None:
    written = {"needed": needed, "penalty": "0.25", "accepted": METRES}
    content = NUMBER.validate_content({"value": "3.14", "tolerance": "0.01", "unit": written})
    value = NUMBER.validate_answer(content, {"number": number, "unit": unit})
    assert NUMBER.mark(content, value) == share
    assert NUMBER.public_content(content, []) == {"unit": needed}


def test_unit_signs_that_look_the_same_are_the_same() -> None:
    unit = {"needed": "required", "accepted": [{"text": "µm^2", "factor": "1"}]}
    content = NUMBER.validate_content({"value": "1", "unit": unit})
    for typed in ("μm²", "µm2", "µ m^2"):
        assert NUMBER.mark(content, {"number": "1", "unit": typed}) == 1


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"answers": []}, "answers"),
        ({"answers": [{"low": "4", "high": "2"}]}, "answers.1"),
        ({"answers": [{"low": "4", "value": "2"}]}, "answers.1"),
        ({"answers": [{"value": "4", "share": "1/2"}]}, "answers"),
        ({"answers": [{"value": "4"}], "value": "4"}, "answers"),
        ({"value": "4", "unit": {"needed": "maybe", "accepted": METRES}}, "unit.needed"),
        ({"value": "4", "unit": {"needed": "required", "accepted": METRES[1:]}}, "unit.accepted"),
        ({"value": "4", "unit": {"needed": "required", "accepted": METRES + METRES[:1]}}, "unit.accepted"),
        ({"value": "4", "unit": {"needed": "required", "accepted": METRES, "penalty": 3}}, "unit.penalty"),
        ({"value": "4", "unit": []}, "unit"),
    ],
)
def test_wrong_numbers_name_the_field(content: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        NUMBER.validate_content(content)
    assert refusal.value.field == field


def test_one_meaning_has_one_form() -> None:
    simple = {"value": "4", "tolerance": "0"}
    assert NUMBER.validate_content({"answers": [{"value": 4, "relative": False, "share": "1"}]}) == simple


@pytest.mark.parametrize(
    "content",
    [
        {"value": "4", "tolerance": "0"},
        {"answers": [{"low": "2", "high": "4"}]},
        {
            "answers": [
                {"value": "4", "tolerance": "0.05", "relative": True},
                {"low": "1", "high": "9", "share": "1/3"},
                {"value": "7", "tolerance": "0.5", "share": "1/4"},
            ],
            "unit": {"needed": "optional", "penalty": "1/3", "accepted": METRES},
        },
    ],
)
def test_the_form_of_a_number_gives_back_what_it_was_given(content: dict[str, Any]) -> None:
    form, clean = NumericForm(), NUMBER.validate_content(content)
    shown = {name: field.initial for name, field in form.fields(clean).items()}
    assert NUMBER.validate_content(form.read(shown, clean)) == clean


def test_the_form_of_a_text_gives_back_what_it_was_given() -> None:
    form = ShortAnswerForm()
    clean = short("50 % milk", {"text": "100 %", "share": "1/3"}, {"text": "20 % fat", "share": "1/2"})
    shown = {name: field.initial for name, field in form.fields(clean).items()}
    assert SHORT.validate_content(form.read(shown, clean)) == clean
