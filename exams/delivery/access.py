"""What of a paper is open to its candidate, and which late changes still count (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TOLERANCE = timedelta(seconds=2)
"""How far a page's idea of the server's time may be off."""


class Access(StrEnum):
    """What a candidate may do with a question or a section now."""

    OPEN = "open"
    CLOSED = "closed"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Closing:
    """When something was closed; `turn` of the device that went on, or None when the clock closed it."""

    at: datetime
    turn: int | None


def section_access(
    *, opened_at: datetime | None, closed_at: datetime | None, deadline: datetime | None, moment: datetime
) -> Access:
    """Access to one of several sections that are taken in order. The deadline itself is still open."""
    if opened_at is None:
        return Access.AHEAD
    if closed_at is not None or (deadline is not None and moment > deadline):
        return Access.CLOSED
    return Access.OPEN


def item_accesses(section: Access, *, is_forward: bool, left: Sequence[bool]) -> list[Access]:
    """Access to the questions of a section; `left` says in paper order which were gone on from."""
    if section is not Access.OPEN or not is_forward:
        return [section] * len(left)
    frontier = next((position for position, gone in enumerate(left) if not gone), len(left))
    return [
        Access.CLOSED if gone else Access.OPEN if position == frontier else Access.AHEAD
        for position, gone in enumerate(left)
    ]


def still_counts(closing: Closing, *, given_at: datetime, turn: int, has_sent_newer: bool) -> bool:
    """Whether a change that arrives after the closing was given before it.

    `given_at`: by the page's clock, which follows the server's. A device that went on had sent all it had,
    so nothing more is due from its turn or a later one. `has_sent_newer`: after the closing the server has
    had a younger change from this device; pages send the oldest first, so this one was not waiting.
    """
    if closing.turn is not None and turn >= closing.turn:
        return False
    return given_at <= closing.at + TOLERANCE and not has_sent_newer
