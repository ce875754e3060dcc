"""Reads one change of an answer as a browser sent it, and says what is wrong with it (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from exams.kinds.certainty import clean_level
from proctor_site.kernel.errors import InvalidInput

LARGEST_SEQUENCE = 2_147_483_647
_LARGEST_ID = 9_223_372_036_854_775_807
_YEARS = range(1970, 2200)


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `value` is not checked against the question yet; `client_at` is by the device's clock.

    `certainty` belongs to the value: a change without one states none, whatever an earlier change had.
    """

    client_sequence: int
    item: int
    value: Any
    flagged: bool | None
    client_at: datetime
    certainty: int | None = None


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A change that was not saved, and why; `client_sequence` is None when not even that could be read."""

    client_sequence: int | None
    code: str
    detail: str
    field: str | None


def read_change(raw: object) -> Change:
    """The change in `raw`. Raises InvalidInput naming the field."""
    if not isinstance(raw, Mapping):
        raise InvalidInput("A change must be an object.", field="changes")
    if "value" not in raw:
        raise InvalidInput("A change needs a value; null clears the answer.", field="value")
    flagged = raw.get("flagged")
    if flagged is not None and not isinstance(flagged, bool):
        raise InvalidInput("flagged must be true, false or missing.", field="flagged")
    return Change(
        client_sequence=_whole(raw.get("client_sequence"), "client_sequence", LARGEST_SEQUENCE),
        item=_whole(raw.get("item"), "item", _LARGEST_ID),
        value=raw["value"],
        flagged=flagged,
        client_at=read_moment(raw.get("client_at"), "client_at"),
        certainty=clean_level(raw.get("certainty")),
    )


def sequence_of(raw: object) -> int | None:
    """The client sequence of a change that is wrong otherwise, to name it in the refusal."""
    try:
        given = raw.get("client_sequence") if isinstance(raw, Mapping) else None
        return _whole(given, "client_sequence", LARGEST_SEQUENCE)
    except InvalidInput:
        return None


def _whole(value: object, field: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise InvalidInput(f"{field} must be a whole number from 1 to {most}.", field=field)
    return value


def read_moment(value: object, field: str) -> datetime:
    """A moment of a device's clock, in UTC. Raises InvalidInput naming `field`."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in _YEARS:
        raise InvalidInput(f"{field} must be an ISO 8601 time with its zone.", field=field)
    return moment.astimezone(UTC)
