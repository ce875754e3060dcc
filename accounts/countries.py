"""Countries (ISO 3166) and time zones to choose from, read from the tzdata package."""

from functools import cache
from importlib.resources import files

from django.core.exceptions import ValidationError


def _rows(name: str) -> list[list[str]]:
    text = (files("tzdata.zoneinfo") / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """Pairs of ISO 3166 code and usual English name, by name."""
    return tuple(sorted(((row[0], row[1]) for row in _rows("iso3166.tab")), key=lambda pair: pair[1]))


def country_name(code: str) -> str:
    """The usual English name; the code itself when ISO 3166 does not have it."""
    return dict(countries()).get(code, code)


@cache
def time_zones() -> tuple[str, ...]:
    """Names of the zones people live in, and UTC; without the old spellings that still work."""
    return tuple(sorted({row[2] for row in _rows("zone.tab")} | {"UTC"}))


def time_zone_choices(present: str = "") -> list[tuple[str, str]]:
    """Choices for a select; `present` stays choosable when it is a valid zone of an old spelling."""
    names = set(time_zones()) | ({present} if present else set())
    return [(name, name.replace("_", " ")) for name in sorted(names)]


def known_country(code: str) -> None:
    """Refuses codes that ISO 3166 does not have. Raises ValidationError."""
    if code not in dict(countries()):
        raise ValidationError("%(code)s is not a country; choose one from the list.", params={"code": code})
