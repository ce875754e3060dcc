"""Which answers still count that come after the end: claims, bounded by what the server knows (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERANCE = timedelta(seconds=2)
"""How far a page's idea of the server's time may be off."""
HOMECOMING = timedelta(seconds=90)
"""A device that is back sends all it has within this time; what comes later was not waiting there."""
ENOUGH = 3
"""Changes that came in time, from which on a clock that is always behind is believed to be slow."""

UPLOAD_OVER = "upload_over"
CAME_BACK_BEFORE = "came_back_before"
GIVEN_AFTER_END = "given_after_end"
TERMINATED = "terminated"
MARKED = "marked"

IN_WORDS = {
    UPLOAD_OVER: "It arrived after the time for late answers.",
    CAME_BACK_BEFORE: "This device was connected again before, and did not send it then.",
    GIVEN_AFTER_END: "It was given after the end.",
    TERMINATED: "A proctor had ended the exam.",
    MARKED: "A person had already marked this question.",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the server knows by itself. `skew`: server's clock less the device's; `came_back`: when the device
    first sent something late, None: now for the first time."""

    end: datetime
    window: timedelta
    skew: timedelta
    came_back: datetime | None
    now: datetime


def skew_of(in_time: Sequence[tuple[datetime, datetime]]) -> timedelta:
    """Server's clock less the device's, from (received, claimed) of changes that came in time.

    Nothing arrives before it was given: a device that seems ahead is ahead, by the least difference. One that
    seems behind may only have sent late; it counts as slow when all of ENOUGH changes say so.
    """
    if not in_time:
        return timedelta(0)
    least = min(received - claimed for received, claimed in in_time)
    if least < timedelta(0) or len(in_time) >= ENOUGH:
        return least if abs(least) > TOLERANCE else timedelta(0)
    return timedelta(0)


def why_not(claimed: datetime, known: Known) -> str:
    """Why a change does not count, or "" when it does. `claimed`: when given, by the device's clock."""
    if known.now > known.end + known.window:
        return UPLOAD_OVER
    if known.came_back is not None and known.now > known.came_back + HOMECOMING:
        return CAME_BACK_BEFORE
    if claimed + known.skew > known.end + TOLERANCE:
        return GIVEN_AFTER_END
    return ""
