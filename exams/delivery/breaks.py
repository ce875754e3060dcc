"""Breaks that a candidate takes by a button: the clock stands still, the server keeps the limit."""

from datetime import timedelta
from math import floor

from django.db import transaction

from accounts.models import User
from accounts.transitions import lock
from exams import states, timing
from exams.delivery import admission, attempts, lost_time
from exams.delivery.devices import clean_device
from exams.models import Attempt
from exams.models.lost_time import Cause
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, TooLate

LEAST_S = 5
"""A rest of the break minutes shorter than this is no break any more."""


def seconds_left(attempt: Attempt) -> int:
    """Break seconds that the candidate may still take: those allowed, less those already taken."""
    allowed = 60 * admission.break_minutes_of(attempt.enrolment)
    if not allowed:
        return 0
    breaks = attempt.lost_time.filter(cause=Cause.BREAK)
    taken = sum((each.ended_at - each.started_at).total_seconds() for each in breaks)
    return max(0, floor(allowed - taken))


def take(attempt: Attempt, *, actor: User | None, device: str) -> Attempt:
    """Begins a break; it ends with `end`, and by itself when the break minutes are used up.

    A repeat changes nothing. Raises Conflict: no_break, other_device; TooLate after the deadline.
    """
    device = clean_device(device)
    with transaction.atomic():
        lock(attempt)
        attempts.require_device(attempt, device)
        if attempt.break_until is not None:
            return attempt
        states.ATTEMPT.target(attempt.state, "take_break")
        now = clock.now()
        if attempt.deadline_at is None or timing.is_past(attempt.deadline_at, now):
            raise TooLate("Your working time is over.")
        left = seconds_left(attempt)
        if left < LEAST_S:
            raise Conflict("You have no break minutes left.", code="no_break")
        values = {"paused_at": now, "break_until": now + timedelta(seconds=left)}
        return attempts.move(attempt, "take_break", actor=actor, values=values)


def end(attempt: Attempt, *, actor: User | None, device: str | None = None) -> Attempt:
    """Goes on after a break, with all the working time there was when it began.

    A repeat changes nothing. Raises Conflict: paused (a proctor's pause is not the candidate's to end),
    other_device.
    """
    with transaction.atomic():
        lock(attempt)
        if device is not None:
            attempts.require_device(attempt, clean_device(device))
        if attempt.state == states.IN_PROGRESS:
            return attempt
        if attempt.state == states.PAUSED and attempt.break_until is None:
            raise Conflict("A proctor has paused your exam; it goes on when they resume it.", code="paused")
        states.ATTEMPT.target(attempt.state, "end_break")
        values = lost_time.end_pause(attempt, clock.now())
        return attempts.move(attempt, "end_break", actor=actor, values=values)
