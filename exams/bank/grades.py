"""Grade scales: named steps by percentage, the ones offered, and which step a result reaches (pure)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypedDict

from proctor_site.kernel.errors import InvalidInput

MOST_STEPS = 30
LONGEST_NAME = 50
FIELD = "grade_steps"
_LINE = re.compile(r"\s*(?P<least>[0-9]{1,3}(?:[.,][0-9]+)?)\s*%?\s*[:;=\s]\s*(?P<name>\S.*?)\s*")


class Step(TypedDict):
    """One grade; `least` is the percentage from which it is given, as decimal text."""

    name: str
    least: str


def _scale(*steps: tuple[str, str]) -> list[Step]:
    return [Step(name=name, least=least) for name, least in steps]


PRESETS: Mapping[str, tuple[str, list[Step]]] = MappingProxyType(
    {
        "pass_fail": ("Passed or failed, from 50 %", _scale(("Passed", "50"), ("Failed", "0"))),
        "letters": (
            "Letters A to F: 90, 80, 70, 60 %",
            _scale(("A", "90"), ("B", "80"), ("C", "70"), ("D", "60"), ("F", "0")),
        ),
        "five": (
            "Five grades 1 to 5 in equal steps from 50 %",
            _scale(("1", "87.5"), ("2", "75"), ("3", "62.5"), ("4", "50"), ("5", "0")),
        ),
        "six": (
            "Six grades 1 to 6 as German chambers of commerce: 92, 81, 67, 50, 30 %",
            _scale(("1", "92"), ("2", "81"), ("3", "67"), ("4", "50"), ("5", "30"), ("6", "0")),
        ),
        "honours": (
            "Honours classes of British degrees: 70, 60, 50, 40 %",
            _scale(
                ("First", "70"),
                ("Upper second", "60"),
                ("Lower second", "50"),
                ("Third", "40"),
                ("Fail", "0"),
            ),
        ),
    }
)
"""Scales to begin with, by name: a label and the steps."""


def read_steps(text: str) -> list[Step]:
    """The scale in `text`, one step a line such as "87.5 %: Very good"; empty: none.

    Raises InvalidInput (grade_steps) that names the line at fault.
    """
    steps = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise InvalidInput(
                f"Line {number}: write a percentage and a name, such as “80 %: Good”.", field=FIELD
            )
        steps.append({"name": found["name"], "least": found["least"].replace(",", ".")})
    return clean_steps(steps)


def steps_as_text(steps: Iterable[Step]) -> str:
    """The scale as `read_steps` reads it."""
    return "\n".join(f"{step['least']} %: {step['name']}" for step in steps)


def clean_steps(value: object) -> list[Step]:
    """`value` as a scale: best grade first, each step lower than the one before, the last one from 0 %.

    An empty list is no scale. Raises InvalidInput (grade_steps).
    """
    if not isinstance(value, list) or len(value) > MOST_STEPS:
        raise InvalidInput(f"A grade scale is a list of at most {MOST_STEPS} steps.", field=FIELD)
    steps = [_clean_step(each, number) for number, each in enumerate(value, start=1)]
    for number, (above, below) in enumerate(zip(steps, steps[1:], strict=False), start=2):
        if Decimal(below["least"]) >= Decimal(above["least"]):
            raise InvalidInput(
                f"Step {number} (“{below['name']}”) must begin lower than the one before it.", field=FIELD
            )
    if steps and Decimal(steps[-1]["least"]) != 0:
        raise InvalidInput(f"The last step (“{steps[-1]['name']}”) must begin at 0 %.", field=FIELD)
    names = [step["name"].casefold() for step in steps]
    if len(set(names)) < len(names):
        raise InvalidInput("Each grade needs a name of its own.", field=FIELD)
    return steps


def grade_of(percentage: Fraction, steps: Sequence[Step]) -> str:
    """The name of the best step that an exact percentage reaches; empty without a scale."""
    return next((step["name"] for step in steps if percentage >= Fraction(step["least"])), "")


def _clean_step(value: Any, number: int) -> Step:
    if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
        raise InvalidInput(f"Step {number} needs a name.", field=FIELD)
    name = " ".join(value["name"].split())
    if not name or len(name) > LONGEST_NAME or "\x00" in name:
        raise InvalidInput(f"Step {number} needs a name of at most {LONGEST_NAME} characters.", field=FIELD)
    return Step(name=name, least=_clean_percentage(value.get("least"), number))


def _clean_percentage(value: object, number: int) -> str:
    try:
        least = Decimal(value) if isinstance(value, str) and len(value) <= 12 else None
    except InvalidOperation:
        least = None
    if least is None or not least.is_finite() or not 0 <= least <= 100:
        raise InvalidInput(f"Step {number} must begin at 0 to 100 per cent.", field=FIELD)
    if least != least.quantize(Decimal("0.01")):
        raise InvalidInput(f"Step {number}: at most two decimals.", field=FIELD)
    return format(least.normalize() if least else Decimal(0), "f")
