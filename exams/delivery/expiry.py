"""The sweep: ends attempts whose time is over by their sitting's rule, and those that can no longer start."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q

from accounts.tenancy import within
from exams import states, timing
from exams.delivery import attempts, breaks, heartbeat, time_up
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict

log = logging.getLogger(__name__)
BATCH = 500
"""Rows of each sort per sweep; the rest follows with the next one, a second later."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did. `ended`: attempts whose time was up (submitted, abandoned, or sent into their grace
    period); `failed`: rows that it could not handle (they are logged)."""

    ended: int
    lapsed: int
    failed: int
    breaks_ended: int = 0


def sweep() -> Swept:
    """Ends breaks that are used up and running attempts whose time is over, lapses waiting ones.

    Covers all institutions. Safe to run in several processes at once and any number of times: each row is
    checked again under its lock. A row that fails is logged and does not hold up the others.
    """
    back, not_back = _each(_breaks_over(), lambda row: breaks.end(row, actor=None))
    ended, failed = _each(_time_up(), time_up.end_by_clock)
    lapsed, also_failed = _each(_lapsing(), lambda row: attempts.lapse(row, actor=None))
    return Swept(ended, lapsed, not_back + failed + also_failed, back)


def _breaks_over() -> Iterable[Attempt]:
    rows = Attempt._base_manager.filter(state=states.PAUSED, break_until__lte=clock.now())
    return rows.select_related("institution").order_by("break_until")[:BATCH]


def _time_up() -> Iterable[Attempt]:
    # _base_manager: the sweep means every institution; paused attempts wait for a person.
    if heartbeat.is_stale():
        # While no web process lives nobody can answer: first the outage is given back.
        return []
    now = clock.now()
    rows = Attempt._base_manager.filter(
        Q(state=states.IN_PROGRESS, deadline_at__lt=now) | Q(state=states.OVERDUE, hand_in_until__lt=now)
    )
    rows = rows.select_related("institution", "enrolment__sitting")
    return rows.order_by("deadline_at")[:BATCH]


def _lapsing() -> Iterable[Attempt]:
    now = clock.now()
    waiting = Attempt._base_manager.filter(state__in=states.WAITING)
    late_entry = Sitting._base_manager.filter(
        late_entry_minutes__isnull=False, opens_at__lt=now, enrolments__attempts__state__in=states.WAITING
    ).distinct()
    # Adding minutes of a column to a time differs between databases; these sittings are few.
    over = [sitting.pk for sitting in late_entry if now > timing.latest_start(sitting.window)]
    past = Q(enrolment__sitting__closes_at__lt=now) | Q(enrolment__sitting__in=over)
    # Who has a later window of their own would fill the batch for nothing.
    waiting = waiting.exclude(enrolment__allowances__closes_at__gte=now)
    return waiting.filter(past).select_related("institution").order_by("id")[:BATCH]


def _each(rows: Iterable[Attempt], act: Callable[[Attempt], Attempt]) -> tuple[int, int]:
    done = failed = 0
    for row in rows:
        before = row.state
        try:
            with within(row.institution):
                done += act(row).state != before
        except Conflict:
            # Another process or person was faster, or the deadline has moved: nothing left to do.
            continue
        except Exception:  # noqa: BLE001  (whatever is wrong with one row must not stop the others)
            failed += 1
            log.exception("the sweep failed on attempt %s", row.pk)
    return done, failed
