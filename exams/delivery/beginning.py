"""When an attempt may start: by the clock or once a person begins the sitting, all at once or in a queue."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states
from exams.delivery import admission
from exams.models import Attempt, Sitting
from exams.models.sitting import Beginning
from exams.signals import attempt_moved
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict

_NOT_IN_LINE = (states.REFUSED, states.MISSED)


@dataclass(frozen=True, slots=True)
class Turn:
    """`at`: from when the attempt may start, None while a person has to begin the sitting.

    `place`: in the queue, from 1; None without a queue.
    """

    at: datetime | None
    place: int | None


def turn_of(attempt: Attempt) -> Turn:
    """When the attempt's turn comes. Waiting for it is not working time: the clock starts with the attempt.

    Places are given in the order in which attempts were opened and never change, so a place that somebody
    leaves empty holds up nobody.
    """
    sitting = attempt.enrolment.sitting
    place = _place(attempt, sitting)
    if sitting.begins == Beginning.PERSON and sitting.begun_at is None:
        return Turn(None, place)
    opens_at = admission.window_of(attempt.enrolment).opens_at
    begun = max(sitting.opens_at, sitting.begun_at or sitting.opens_at)
    at = begun if sitting.begins == Beginning.PERSON else sitting.opens_at
    if place is not None and sitting.starts_per_minute:
        at += timedelta(minutes=(place - 1) // sitting.starts_per_minute)
    return Turn(max(at, opens_at), place)


def _place(attempt: Attempt, sitting: Sitting) -> int | None:
    if sitting.starts_per_minute is None:
        return None
    ahead = Attempt._base_manager.filter(enrolment__sitting=sitting, pk__lt=attempt.pk)
    return ahead.exclude(state__in=_NOT_IN_LINE).count() + 1


def require_turn(attempt: Attempt, now: datetime) -> None:
    """Raises Conflict (not_begun, not_your_turn) while the attempt may not start yet."""
    sitting = attempt.enrolment.sitting
    if sitting.begins == Beginning.CLOCK and sitting.starts_per_minute is None:
        return  # the window alone decides; in a start rush every query counts
    turn = turn_of(attempt)
    if turn.at is None:
        raise Conflict("The exam begins when a person starts it. Keep this page open.", code="not_begun")
    if now < turn.at:
        raise Conflict(
            "Not everybody starts in the same minute. Your turn comes in a moment; keep this page open.",
            code="not_your_turn",
            details={"may_start_at": turn.at.isoformat(), "place": turn.place},
        )


def begin_sitting(sitting: Sitting, *, actor: User) -> Sitting:
    """Begins a sitting that waits for a person; a second time changes nothing.

    The window closes as much later as it is begun late, so that nobody loses working time. Waiting pages hear
    of it at once (verb "begun"). Raises Conflict: by_clock, cancelled, too_early, closed.
    """
    with transaction.atomic():
        lock(sitting)
        now = clock.now()
        if sitting.begins != Beginning.PERSON:
            raise Conflict("This sitting begins by the clock.", code="by_clock")
        if sitting.cancelled_at is not None:
            raise Conflict("This sitting has been cancelled.", code="cancelled")
        if sitting.begun_at is not None:
            return sitting
        if now < sitting.opens_at:
            opens = admission.in_words(sitting.opens_at, sitting)
            raise Conflict(f"It can be begun from its opening, {opens}.", code="too_early")
        if now > sitting.closes_at:
            raise Conflict("The sitting is over; give it another time first.", code="closed")
        sitting.begun_at = now
        sitting.closes_at += now - sitting.opens_at
        sitting.save(update_fields=["begun_at", "closes_at"])
        audit.record(sitting.institution, sitting, "sitting.begun", actor=actor)
        waiting = Attempt.objects.filter(enrolment__sitting=sitting, state=states.READY)
        for attempt in waiting.select_related("enrolment__sitting", "enrolment__candidate", "institution"):
            attempt_moved.send(
                sender=Attempt, attempt=attempt, verb="begun", before=attempt.state, actor=actor, reason=""
            )
    return sitting
