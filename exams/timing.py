"""Deadline arithmetic: windows, extra time, pauses and credits (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from proctor_site.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Window:
    """When a sitting can be entered and how long it takes. All moments are aware."""

    opens_at: datetime
    closes_at: datetime
    duration: timedelta
    late_entry: timedelta | None
    """How long after opening one may still start; None: until the window closes."""


def latest_start(window: Window) -> datetime:
    """The last moment at which an attempt may start."""
    if window.late_entry is None:
        return window.closes_at
    return min(window.opens_at + window.late_entry, window.closes_at)


def deadline_at_start(started_at: datetime, window: Window, *, extra: timedelta) -> datetime:
    """The deadline of an attempt that starts at `started_at`.

    Working time ends after duration plus `extra` (allowances), or when the window closes, whichever is
    earlier; extra time also moves the close of the window, or the last to start would not get it.
    """
    return min(started_at + window.duration + extra, window.closes_at + extra)


def deadline(started_at: datetime, window: Window, *, extra: timedelta, credited: timedelta) -> datetime:
    """The deadline from all that it depends on: the same facts give the same deadline, however often asked.

    `credited`: lost time added back, in full and also beyond the close of the window.
    """
    return deadline_at_start(started_at, window, extra=extra) + credited


def own_window(window: Window, others: Iterable[tuple[datetime | None, datetime | None]]) -> Window:
    """The window of one candidate; `others` are (opening, closing) of allowances, None: as in the sitting.

    Of several the earliest opening and the latest closing count. Late entry runs from the own opening.
    """
    pairs = list(others)
    opens = [first for first, _ in pairs if first is not None]
    closes = [last for _, last in pairs if last is not None]
    opens_at = min(opens, default=window.opens_at)
    return replace(window, opens_at=opens_at, closes_at=max(closes, default=window.closes_at))


def extra_time(duration: timedelta, *, minutes: int, factors: Iterable[float]) -> timedelta:
    """Extra time from allowances: `agreed_minutes`, and of all factors the largest (1.25: a quarter more)."""
    factor = max([1.0, *factors])
    return timedelta(minutes=minutes) + duration * (factor - 1.0)


def agreed_minutes(
    *, own: Iterable[int] = (), groups: Iterable[int] = (), everybody: Iterable[int] = ()
) -> int:
    """Minutes in force (decision 0062): what was agreed with the person adds up; of that and of what each
    group has, the most counts; what was given to everybody comes on top.
    """
    return max([sum(own), *groups]) + sum(everybody)


def is_past(deadline: datetime, moment: datetime) -> bool:
    """Whether `moment` is after the deadline; the deadline itself still counts."""
    return moment > deadline


def seconds_left(deadline: datetime, moment: datetime, *, paused_at: datetime | None) -> float:
    """Working seconds left, never below 0; while paused, as many as there were when the pause began."""
    return max(0.0, (deadline - (paused_at or moment)).total_seconds())


CHECK_IN_OPENS_BEFORE = timedelta(hours=1)
"""How long before a sitting opens its candidates may check in."""


def check_in_opens(window: Window) -> datetime:
    """The first moment at which candidates may check in."""
    return window.opens_at - CHECK_IN_OPENS_BEFORE


def credit_seconds(started_at: datetime, ended_at: datetime) -> int:
    """Whole seconds to credit for an interval, rounded up: a pause never costs working time."""
    return max(0, ceil((ended_at - started_at).total_seconds()))


def from_wall_clock(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which clocks in `zone` show `local` (naive).

    Of an hour that happens twice (clocks go back) the first is meant. Raises InvalidInput for an hour that
    does not happen (clocks go forward).
    """
    moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None, fold=0) != local.replace(fold=0):
        raise InvalidInput(
            f"{local:%d %B %Y %H:%M} does not exist in {zone.key}: clocks go forward in that hour."
        )
    return moment


def section_time(minutes: int, duration: timedelta, *, extra: timedelta) -> timedelta:
    """The working time of a section with a limit: extra time lengthens it by the same share as the exam's."""
    return timedelta(minutes=minutes) * ((duration + extra) / duration)


def section_deadline(
    opened_at: datetime, limit: timedelta, *, credited: timedelta, deadline: datetime
) -> datetime:
    """When a section that was opened at `opened_at` closes by itself.

    `credited`: lost time given back since then. Never later than the deadline of the whole attempt.
    """
    return min(opened_at + limit + credited, deadline)
