"""`docs/asvs.md` has each requirement of ASVS 5.0.0, levels 1 and 2, once, and names what exists."""

import ast
import re
from collections import Counter

import pytest

from tests.contracts.project_files import ROOT

_TEXT = (ROOT / "docs/asvs.md").read_text(encoding="utf-8")
_ALL = _TEXT.partition("\n## All\n")[2]
_ROW = re.compile(
    r"^\| (?P<number>V\d+\.\d+\.\d+) \| (?P<level>[12]) \| [^|]+ \| (?P<state>[^|]+) \| (?P<where>[^|]*) \|$",
    re.M,
)
_ROWS = list(_ROW.finditer(_ALL))
_PLACE = re.compile(r"`((?:tests|docs|accounts|exams|proctoring|proctor_site|deploy)/[^`]+)`")
"""A file, or a test, function or class of one: path::name."""
_LAST = {
    "1.1": 2,
    "1.2": 9,
    "1.3": 11,
    "1.4": 3,
    "1.5": 2,
    "2.1": 3,
    "2.2": 3,
    "2.3": 4,
    "2.4": 1,
    "3.2": 2,
    "3.3": 4,
    "3.4": 6,
    "3.5": 5,
    "3.7": 2,
    "4.1": 3,
    "4.2": 1,
    "4.3": 2,
    "4.4": 4,
    "5.1": 1,
    "5.2": 3,
    "5.3": 2,
    "5.4": 3,
    "6.1": 3,
    "6.2": 12,
    "6.3": 4,
    "6.4": 4,
    "6.5": 5,
    "6.6": 3,
    "6.8": 4,
    "7.1": 3,
    "7.2": 4,
    "7.3": 2,
    "7.4": 5,
    "7.5": 2,
    "7.6": 2,
    "8.1": 2,
    "8.2": 3,
    "8.3": 1,
    "8.4": 1,
    "9.1": 3,
    "9.2": 4,
    "10.1": 2,
    "10.2": 2,
    "10.3": 4,
    "10.4": 11,
    "10.5": 5,
    "10.6": 2,
    "10.7": 3,
    "11.1": 2,
    "11.2": 3,
    "11.3": 3,
    "11.4": 4,
    "11.5": 1,
    "11.6": 1,
    "12.1": 3,
    "12.2": 2,
    "12.3": 4,
    "13.1": 1,
    "13.2": 5,
    "13.3": 2,
    "13.4": 5,
    "14.1": 2,
    "14.2": 4,
    "14.3": 3,
    "15.1": 3,
    "15.2": 3,
    "15.3": 7,
    "16.1": 1,
    "16.2": 5,
    "16.3": 4,
    "16.4": 3,
    "16.5": 3,
    "17.1": 1,
    "17.2": 4,
    "17.3": 2,
}
"""The last number of levels 1 and 2 in each section: those of level 3 stand behind them in all sections."""


def test_each_requirement_stands_once() -> None:
    wanted = Counter(
        f"V{section}.{number}" for section, last in _LAST.items() for number in range(1, last + 1)
    )
    assert wanted.total() == 253
    assert Counter(row["number"] for row in _ROWS) == wanted
    assert Counter(row["level"] for row in _ROWS) == {"1": 70, "2": 183}


@pytest.mark.parametrize("place", sorted(set(_PLACE.findall(_TEXT))))
def test_each_place_that_is_named_exists(place: str) -> None:
    path, _, name = place.partition("::")
    assert (ROOT / path).exists()
    if name:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        assert name in {each.name for each in tree.body if isinstance(each, kinds)}


def test_what_is_held_names_a_place_and_what_is_not_gives_a_reason() -> None:
    for row in _ROWS:
        assert row["state"] in ("held", "not applicable", "**not held**"), row["number"]
        places = _PLACE.findall(row["where"])
        assert places if row["state"] == "held" else len(row["where"]) > 3, row["number"]
        if row["state"] == "held":
            assert all("::" in each for each in places if each.startswith("tests/")), row["number"]


def test_what_is_not_held_stands_at_the_top_as_well() -> None:
    top = set(re.findall(r"^\| (V[\d.]+) \|", _TEXT.partition("\n## All\n")[0], re.M))
    assert top == {row["number"] for row in _ROWS if row["state"] == "**not held**"}


def test_the_threat_model_names_tests_that_exist() -> None:
    text = (ROOT / "docs/threat_model.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:[a-z_]+/)+test_[a-z_]+\.py)`", text)
    assert len(named) > 30
    assert [name for name in named if not (ROOT / "tests" / name.removeprefix("tests/")).is_file()] == []
