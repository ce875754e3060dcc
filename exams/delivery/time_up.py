"""The end of the working time, by the sitting's rule: handed in by itself, a grace period, or abandoned.

As Moodle's quiz does ("When time expires"), with what docs/decisions/0056 adds for lost connections.
"""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.transitions import lock
from exams import states, timing
from exams.delivery import attempts, late, late_rules
from exams.delivery.devices import clean_device
from exams.marking.services import mark_automatically
from exams.models import Attempt
from exams.models.attempt import EndedBy
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict


def end_by_clock(attempt: Attempt) -> Attempt:
    """What the rule does to an attempt whose time is up: submit, run_out, or abandon.

    Raises Conflict (not_due) while there is time left, IllegalMove in other states.
    """
    with transaction.atomic():
        lock(attempt)
        deadline, sitting = attempt.deadline_at, attempt.enrolment.sitting
        if sitting.hands_in_by_itself or deadline is None:
            return attempts.submit(attempt, actor=None, ended_by=EndedBy.CLOCK)
        states.ATTEMPT.target(attempt.state, "abandon")
        now, until = clock.now(), deadline + sitting.grace
        if timing.is_past(until, now):
            values = {"ended_by": EndedBy.CLOCK, "ended_at": until}
            return attempts.move(attempt, "abandon", actor=None, values=values)
        if attempt.state == states.OVERDUE or not timing.is_past(deadline, now):
            raise Conflict("There is time left.", code="not_due")
        return attempts.move(attempt, "run_out", actor=None, values={"hand_in_until": until})


def hand_in(
    attempt: Attempt, *, actor: User | None, device: str, handed_in_at: datetime | None = None
) -> Attempt:
    """The candidate hands in. `handed_in_at`: when they did, by the clock of a device that was offline.

    In time: `attempts.submit`, and raises as that does. Too late: the attempt is (or becomes) abandoned, and
    is answered so. A hand-in made in time that arrives within the sitting's late upload minutes counts, by
    the rules of late answers; one that does not count is noted for the exam office.
    """
    device = clean_device(device)
    with transaction.atomic():
        lock(attempt)
        if attempt.state == states.SUBMITTED:
            return attempt
        if attempt.state != states.ABANDONED:
            if not _is_over(attempt):
                return attempts.submit(attempt, actor=actor, ended_by=EndedBy.CANDIDATE, device=device)
            attempts.require_device(attempt, device)
            end_by_clock(attempt)  # the sweep comes every second; this was faster
        attempts.require_device(attempt, device)
        _require_kept(attempt)
        if handed_in_at is not None:
            _take_claim(attempt, device, handed_in_at, actor)
    return attempt


def accept(attempt: Attempt, *, actor: User, reason: str) -> Attempt:
    """A person accepts an abandoned attempt as handed in; its answers are marked like all others.

    A reason is required (InvalidInput). Raises IllegalMove in other states.
    """
    reason = attempts.required_reason(reason)
    with transaction.atomic():
        lock(attempt)
        states.ATTEMPT.target(attempt.state, "accept")
        _require_kept(attempt)
        mark_automatically(attempt)
        values = {"ended_by": EndedBy.OFFICER}
        return attempts.move(attempt, "accept", actor=actor, reason=reason, values=values)


def _require_kept(attempt: Attempt) -> None:
    if attempt.is_emptied:
        raise Conflict("The data of this attempt was deleted.", code="gone")


def _is_over(attempt: Attempt) -> bool:
    """Whether the rule of the sitting leaves no time to hand in."""
    deadline, sitting = attempt.deadline_at, attempt.enrolment.sitting
    if deadline is None or attempt.state == states.PAUSED or sitting.hands_in_by_itself:
        return False
    is_known = attempt.state in states.RUNNING
    return is_known and timing.is_past(deadline + sitting.grace, clock.now())


def _take_claim(attempt: Attempt, device: str, claimed: datetime, actor: User | None) -> None:
    assert attempt.ended_at is not None  # abandoned attempts have an end
    known = late.known_of(attempt, device, attempt.ended_at, clock.now())
    why = late_rules.why_not(claimed, known)
    if why:
        if attempt.claimed_hand_in_at is None:
            attempt.claimed_hand_in_at = claimed
            attempt.save(update_fields=["claimed_hand_in_at"])
        return
    moment = min(claimed + known.skew, attempt.ended_at)
    if attempt.started_at is not None:
        moment = max(moment, attempt.started_at)
    mark_automatically(attempt)
    values = {"ended_by": EndedBy.CANDIDATE, "ended_at": moment}
    detail = {"claimed": claimed.isoformat(), "skew_seconds": known.skew / timedelta(seconds=1)}
    attempts.move(attempt, "submit_late", actor=actor, values=values, detail=detail)
