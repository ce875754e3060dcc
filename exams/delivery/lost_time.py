"""The ledger of lost time: measured intervals, and what was given back for them; each second at most once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states, timing
from exams.delivery import deadlines, lost_time_rules
from exams.delivery.lost_time_rules import Interval, Policy
from exams.models import Attempt, LostTime, Sitting
from exams.models.lost_time import Cause
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput

BY_ITSELF = (Cause.OUTAGE, Cause.CONNECTION)
MOST = timedelta(hours=12)
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Credited:
    """What an action for a whole sitting gave to one attempt."""

    attempt: Attempt
    seconds: int


def end_pause(attempt: Attempt, now: datetime) -> dict[str, Any]:
    """Ends the pause or break of an attempt, if it is in one: writes lost time, returns columns to set.

    The deadline moves by all of it, rounded up to seconds; a break ends at its limit at the latest. Writes in
    the caller's transaction.
    """
    if attempt.paused_at is None or attempt.deadline_at is None:
        return {}
    ended_at = max(now, attempt.paused_at)
    if attempt.break_until is not None:
        ended_at = min(ended_at, attempt.break_until)
    credited = timing.credit_seconds(attempt.paused_at, ended_at)
    LostTime.objects.create(
        institution=attempt.institution,
        attempt=attempt,
        cause=Cause.PAUSE if attempt.break_until is None else Cause.BREAK,
        started_at=attempt.paused_at,
        ended_at=ended_at,
        credited_seconds=credited,
    )
    return {
        "paused_at": None,
        "break_until": None,
        "deadline_at": attempt.deadline_at + timedelta(seconds=credited),
        "credited_seconds": attempt.credited_seconds + credited,
    }


def note_interval(
    attempt: Attempt,
    cause: str,
    started_at: datetime,
    ended_at: datetime,
    *,
    actor: User | None = None,
    by_policy: bool = True,
) -> LostTime | None:
    """Writes down that a candidate could not work, and gives back what the sitting's policy says (or all).

    What lies before the start or in a pause is not working time. The same interval again changes nothing but
    that a person (`by_policy` False) may give back what the policy did not. None: nothing was lost.
    """
    with transaction.atomic():
        lock(attempt)
        if attempt.state not in states.RUNNING or attempt.started_at is None:
            return None
        started_at = max(started_at, attempt.started_at)
        ended_at = min(ended_at, clock.now(), attempt.paused_at or clock.now())
        if ended_at <= started_at:
            return None
        row = attempt.lost_time.filter(cause=cause, started_at=started_at, ended_at=ended_at).first()
        if row is not None and (by_policy or row.credited_seconds):
            return row
        policy = _policy(attempt) if by_policy else None
        covered = _covered(attempt)
        found = lost_time_rules.credit(cause, (started_at, ended_at), covered, policy)
        row = row or LostTime(
            institution=attempt.institution,
            attempt=attempt,
            cause=cause,
            started_at=started_at,
            ended_at=ended_at,
        )
        row.credited_seconds, row.why_not = found.seconds, found.why_not
        row.save()
        if found.seconds:
            deadlines.settle(attempt, actor=actor, cause=f"lost_time:{cause}")
    return row


def credit_sitting(
    sitting: Sitting, started_at: datetime, ended_at: datetime, *, actor: User | None, reason: str
) -> list[Credited]:
    """Gives an interval back to everybody who was working in it and still is; the same action again: nothing.

    Raises InvalidInput (started_at, ended_at, reason).
    """
    check_interval(started_at, ended_at, reason)
    running = Attempt.objects.filter(
        enrolment__sitting=sitting, state__in=states.RUNNING, started_at__lt=ended_at
    )
    done = []
    for attempt in running.select_related("institution", "enrolment__candidate", "enrolment__sitting"):
        before = attempt.credited_seconds
        note_interval(attempt, Cause.DISTURBANCE, started_at, ended_at, actor=actor, by_policy=False)
        done.append(Credited(attempt, attempt.credited_seconds - before))
    detail = {
        "from": started_at.isoformat(),
        "to": ended_at.isoformat(),
        "reason": reason.strip(),
        "attempts": sum(each.seconds > 0 for each in done),
    }
    audit.record(sitting.institution, sitting, "sitting.lost_time_credited", actor=actor, detail=detail)
    return done


def check_interval(started_at: datetime, ended_at: datetime, reason: str) -> None:
    """Raises InvalidInput (started_at, ended_at, reason) for an interval that cannot be given back."""
    if ended_at <= started_at:
        raise InvalidInput("The end must be after the beginning.", field="ended_at")
    if ended_at > clock.now():
        raise InvalidInput("This is still to come; give back what has passed.", field="ended_at")
    if ended_at - started_at > MOST:
        raise InvalidInput("At most twelve hours can be given back at a time.", field="started_at")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise InvalidInput(f"Say why, in at most {LONGEST_REASON} characters.", field="reason")


def _covered(attempt: Attempt) -> list[Interval]:
    given = attempt.lost_time.filter(credited_seconds__gt=0)
    return list(given.values_list("started_at", "ended_at"))


def _policy(attempt: Attempt) -> Policy:
    sitting = attempt.enrolment.sitting
    causes = {Cause.OUTAGE: sitting.credits_outages, Cause.CONNECTION: sitting.credits_connection}
    given = attempt.lost_time.filter(cause__in=BY_ITSELF).values_list("credited_seconds", flat=True)
    return Policy(
        frozenset(cause.value for cause, is_given in causes.items() if is_given),
        sitting.credit_least_seconds,
        sitting.credit_most_minutes * 60,
        sum(given),
    )
