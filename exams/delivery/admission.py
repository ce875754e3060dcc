"""When an enrolment may be checked in and started, in words that say what to do next."""

from datetime import datetime, timedelta

from django.db.models import Prefetch, prefetch_related_objects

from exams import timing
from exams.models import Allowance, Enrolment, Sitting
from proctor_site.kernel.errors import Conflict, TooLate


def require_open(enrolment: Enrolment, now: datetime) -> None:
    """Raises Conflict or TooLate unless the candidate may check in at `now`."""
    sitting = enrolment.sitting
    if sitting.exam.is_outside:
        raise Conflict("This exam is taken in another system, not here.", code="outside")
    _require_valid(enrolment, sitting)
    opens = timing.check_in_opens(window_of(enrolment))
    if now < opens:
        raise Conflict(f"Check-in opens on {in_words(opens, sitting)}.", code="too_early")
    _require_not_late(enrolment, now)


def require_startable(enrolment: Enrolment, now: datetime) -> None:
    """Raises Conflict or TooLate unless the attempt may start at `now`."""
    sitting = enrolment.sitting
    _require_valid(enrolment, sitting)
    opens_at = window_of(enrolment).opens_at
    if now < opens_at:
        raise Conflict(f"The exam opens on {in_words(opens_at, sitting)}.", code="too_early")
    _require_not_late(enrolment, now)


def allowances_of(path: str = "allowances") -> "Prefetch[str]":
    """Reads allowances along with enrolments; `path` leads to them from what is read."""
    return Prefetch(path, queryset=Allowance._base_manager.order_by())


def read_allowances(enrolment: Enrolment) -> None:
    """Reads the allowances now, once for all the questions about window and extra time that follow."""
    prefetch_related_objects([enrolment], allowances_of())


def window_of(enrolment: Enrolment) -> timing.Window:
    """The window of this candidate: the sitting's, or the one that an allowance gives instead."""
    return enrolment.window


def extra_of(enrolment: Enrolment) -> timedelta:
    """The extra working time that the enrolment's allowances give together."""
    allowances = list(enrolment.allowances.all())
    return timing.extra_time(
        enrolment.sitting.window.duration,
        minutes=_agreed(allowances, "extra_minutes"),
        factors=[float(each.factor) for each in allowances],
    )


def break_minutes_of(enrolment: Enrolment) -> int:
    """The minutes of break that the enrolment's allowances give together."""
    return _agreed(list(enrolment.allowances.all()), "break_minutes")


def in_words(moment: datetime, sitting: Sitting) -> str:
    """A moment in the sitting's time zone, with the zone named."""
    return f"{moment.astimezone(sitting.zone):%A, %d %B %Y at %H:%M} ({sitting.time_zone})"


def _agreed(allowances: list[Allowance], name: str) -> int:
    """Of one sort of minutes; groups: their copies, everybody: given by one action for many."""
    sorts: dict[str, list[int]] = {"own": [], "groups": [], "everybody": []}
    for each in allowances:
        sort = "groups" if each.from_group_id else "everybody" if each.batch else "own"
        sorts[sort].append(getattr(each, name))
    return timing.agreed_minutes(**sorts)


def _require_valid(enrolment: Enrolment, sitting: Sitting) -> None:
    if enrolment.withdrawn_at is not None:
        raise Conflict("Your enrolment has been withdrawn; ask the exam office.", code="withdrawn")
    if sitting.cancelled_at is not None:
        raise Conflict("This sitting has been cancelled; ask the exam office.", code="cancelled")


def _require_not_late(enrolment: Enrolment, now: datetime) -> None:
    latest = timing.latest_start(window_of(enrolment))
    if now > latest:
        until = in_words(latest, enrolment.sitting)
        raise TooLate(f"The exam could be started until {until}; ask the exam office.")
