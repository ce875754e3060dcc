"""The deadline of a running attempt: set anew whenever something that it depends on has changed."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from accounts import audit
from accounts.models import User
from accounts.transitions import apply_move, lock
from exams import states, timing
from exams.delivery import admission
from exams.models import Attempt
from exams.signals import attempt_moved
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict

LEAST_LEFT_S = 60
"""Time that was given may be taken back only as long as this many working seconds stay."""


def settle(attempt: Attempt, *, actor: User | None, cause: str) -> int:
    """Sets the deadline that window, allowances and credited lost time give now; how many seconds it moved.

    Whoever listens is told in the same transaction (verb "deadline_changed"), never the reason. In the grace
    period its end moves as well, and the candidate works on when the deadline is to come again. Attempts that
    are not running have no deadline to move: 0. Raises Conflict (would_end) when a shorter deadline would
    leave the candidate less than LEAST_LEFT_S: people end attempts, not a correction of minutes.
    """
    with transaction.atomic():
        lock(attempt)
        if attempt.state not in states.RUNNING or attempt.started_at is None or attempt.deadline_at is None:
            return 0
        enrolment = attempt.enrolment
        extra = admission.extra_of(enrolment)
        credited = timedelta(seconds=attempt.lost_time.aggregate(all=Sum("credited_seconds"))["all"] or 0)
        due = timing.deadline(
            attempt.started_at, admission.window_of(enrolment), extra=extra, credited=credited
        )
        before = attempt.deadline_at
        _require_time_left(attempt, due)
        attempt.deadline_at = due
        if attempt.state == states.OVERDUE:
            attempt.hand_in_until = due + enrolment.sitting.grace
        attempt.extra_seconds = round(extra.total_seconds())
        attempt.credited_seconds = round(credited.total_seconds())
        attempt.save(update_fields=["deadline_at", "extra_seconds", "credited_seconds", "hand_in_until"])
        if due == before:
            return 0
        moved = round((due - before).total_seconds())
        detail = {"from": before.isoformat(), "to": due.isoformat(), "cause": cause}
        audit.record(attempt.institution, attempt, "attempt.deadline_changed", actor=actor, detail=detail)
        verb, state = "deadline_changed", attempt.state
        if state == states.OVERDUE and not timing.is_past(due, clock.now()):
            verb = "work_on"
            apply_move(attempt, states.ATTEMPT, verb, actor=actor, values={"hand_in_until": None})
        attempt_moved.send(sender=Attempt, attempt=attempt, verb=verb, before=state, actor=actor, reason="")
    return moved


def _require_time_left(attempt: Attempt, due: datetime) -> None:
    before, now = attempt.deadline_at, attempt.paused_at or clock.now()
    if before is None or not due < before:
        return
    if due < now + timedelta(seconds=LEAST_LEFT_S):
        raise Conflict(
            f"{attempt.enrolment.candidate} has already used this time: less than {LEAST_LEFT_S} seconds "
            "would be left. Terminate the attempt if it has to end.",
            code="would_end",
        )
