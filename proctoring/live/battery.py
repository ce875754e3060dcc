"""Reads what a candidate's page says about the battery of its device (pure)."""

from typing import Any

from proctor_site.kernel.errors import InvalidInput


def read_battery(value: Any) -> tuple[int, bool] | None:
    """`(percent, charging)`; None where nothing is said. Raises InvalidInput naming the field."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise InvalidInput("battery is an object with level and charging.", field="battery")
    level, charging = value.get("level"), value.get("charging")
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 <= level <= 100:
        raise InvalidInput("level must be a number from 0 to 100.", field="battery.level")
    if not isinstance(charging, bool):
        raise InvalidInput("charging is true or false.", field="battery.charging")
    return round(level), charging
