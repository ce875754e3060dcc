"""Rubrics checked, and turned into points that never leave the bounds of the question (pure)."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, TypedDict

from proctor_site.kernel.errors import InvalidInput

MOST_CRITERIA = 20
MOST_LEVELS = 10
LONGEST_TEXT = 1_000
_MOST_POINTS = Decimal(1_000)
_CENT = Decimal("0.01")


class Level(TypedDict):
    """One level of a criterion; `points` is a number with two decimals as text."""

    id: str
    text: str
    points: str


class Criterion(TypedDict):
    """One thing that is judged, with its levels in the order they are shown."""

    id: str
    title: str
    levels: list[Level]


def clean_criteria(given: object) -> list[Criterion]:
    """`given` in its one clean form. Ids are made from places, so that texts may change freely before use.

    Raises InvalidInput whose field names the part at fault: criteria, criteria.0.title,
    criteria.0.levels.1.points ...
    """
    if not isinstance(given, list) or not given:
        raise InvalidInput("Give at least one criterion.", field="criteria")
    if len(given) > MOST_CRITERIA:
        raise InvalidInput(f"At most {MOST_CRITERIA} criteria.", field="criteria")
    cleaned = [_criterion(each, number) for number, each in enumerate(given)]
    if most_of(cleaned) == 0:
        raise InvalidInput("The best levels together must be worth something.", field="criteria")
    return cleaned


def most_of(criteria: list[Criterion]) -> Decimal:
    """The points of the best levels together."""
    best = (max(Decimal(level["points"]) for level in each["levels"]) for each in criteria)
    return sum(best, Decimal(0))


def points_by(criteria: list[Criterion], chosen: Mapping[str, Any], possible: Decimal) -> Decimal:
    """The points of the chosen levels (by criterion id), out of `possible`.

    The rubric's own total is stretched to the points of the question on the paper, so that the best levels
    together give exactly those; rounded half up to two decimals. Raises InvalidInput (levels) while a
    criterion has no level, or one that does not exist.
    """
    total = Decimal(0)
    for each in criteria:
        level = next((level for level in each["levels"] if level["id"] == chosen.get(each["id"])), None)
        if level is None:
            raise InvalidInput(f"Choose a level for “{each['title']}”.", field="levels")
        total += Decimal(level["points"])
    return (total * possible / most_of(criteria)).quantize(_CENT, rounding=ROUND_HALF_UP)


def _criterion(given: object, number: int) -> Criterion:
    field = f"criteria.{number}"
    if not isinstance(given, dict):
        raise InvalidInput("A criterion has a title and levels.", field=field)
    levels = given.get("levels")
    if not isinstance(levels, list) or len(levels) < 2:
        raise InvalidInput("Give each criterion at least two levels.", field=f"{field}.levels")
    if len(levels) > MOST_LEVELS:
        raise InvalidInput(f"At most {MOST_LEVELS} levels.", field=f"{field}.levels")
    return Criterion(
        id=f"c{number + 1}",
        title=_text(given.get("title"), f"{field}.title"),
        levels=[_level(each, f"{field}.levels.{place}", place) for place, each in enumerate(levels)],
    )


def _level(given: object, field: str, place: int) -> Level:
    if not isinstance(given, dict):
        raise InvalidInput("A level has a text and points.", field=field)
    points = _points(given.get("points"), f"{field}.points")
    return Level(id=f"l{place + 1}", text=_text(given.get("text"), f"{field}.text"), points=points)


def _text(given: object, field: str) -> str:
    text = " ".join(given.split()) if isinstance(given, str) else ""
    if not text or "\x00" in text:
        raise InvalidInput("Write a few words.", field=field)
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(f"At most {LONGEST_TEXT} characters.", field=field)
    return text


def _points(given: object, field: str) -> str:
    try:
        points = Decimal(str(given).strip().replace(",", "."))
    except InvalidOperation:
        points = Decimal("NaN")
    if not points.is_finite() or not 0 <= points <= _MOST_POINTS:
        raise InvalidInput(f"Points are a number from 0 to {_MOST_POINTS}.", field=field)
    return str(points.quantize(_CENT))
