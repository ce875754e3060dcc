"""What can be agreed for a candidate or a group, and what is refused."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from exams.models.exam import Calculator
from proctor_site.kernel.errors import InvalidInput

MOST_MINUTES = 24 * 60
MOST_BREAK = 4 * 60
LONGEST_REASON = 1_000
FIELDS = (
    "extra_minutes",
    "factor",
    "break_minutes",
    "opens_at",
    "closes_at",
    "camera_free",
    "calculator",
    "spell_check",
    "without_safe_browser",
    "muted_detectors",
    "reason",
)


def check_terms(terms: dict[str, Any]) -> dict[str, Any]:
    """The terms in their clean form. Raises InvalidInput naming the field."""
    clean = dict(terms)
    for name in clean:
        if name not in FIELDS:
            raise InvalidInput(f"An adjustment has no {name}.", field=name)
    for name, most in (("extra_minutes", MOST_MINUTES), ("break_minutes", MOST_BREAK)):
        if name in clean:
            clean[name] = _minutes(clean[name], name, most)
    if "factor" in clean:
        clean["factor"] = _factor(clean["factor"])
    if clean.get("calculator", Calculator.NONE) not in Calculator.values:
        raise InvalidInput(f"Choose one of: {', '.join(Calculator.values)}.", field="calculator")
    for name in ("spell_check", "without_safe_browser"):
        if not isinstance(clean.get(name, False), bool):
            raise InvalidInput("This is given or not: true or false.", field=name)
    if "reason" in clean:
        clean["reason"] = _reason(clean["reason"])
    check_window(clean.get("opens_at"), clean.get("closes_at"))
    return clean


def check_window(opens_at: object, closes_at: object) -> None:
    """Raises InvalidInput naming the field unless both are moments (or None), and in order."""
    for name, moment in (("opens_at", opens_at), ("closes_at", closes_at)):
        if moment is not None and (not isinstance(moment, datetime) or moment.tzinfo is None):
            raise InvalidInput("Give a moment with its time zone.", field=name)
    if isinstance(opens_at, datetime) and isinstance(closes_at, datetime) and closes_at <= opens_at:
        raise InvalidInput("The own window must close after it opens.", field="closes_at")


def _minutes(value: object, field: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise InvalidInput(f"Give whole minutes from 0 to {most}.", field=field)
    return value


def _factor(value: object) -> Decimal:
    try:
        factor = Decimal(str(value))
        if not 1 <= factor <= 5:
            raise InvalidOperation
    except InvalidOperation as error:
        raise InvalidInput(
            "The time factor is a number from 1 to 5, such as 1.25.", field="factor"
        ) from error
    return factor


def _reason(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_REASON or "\x00" in value:
        raise InvalidInput(f"At most {LONGEST_REASON} ordinary characters.", field="reason")
    return value.strip()
