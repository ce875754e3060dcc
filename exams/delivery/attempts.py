"""The verbs of an attempt: each checks its rules, moves the state, and tells listeners in one transaction."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import apply_move, lock
from exams import states, timing
from exams.bank.paper import draw_paper
from exams.delivery import admission, beginning, late, lost_time
from exams.delivery.devices import clean_device
from exams.marking.services import mark_automatically
from exams.models import Attempt, Enrolment
from exams.models.attempt import EndedBy
from exams.signals import attempt_moved
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLate

LONGEST_REASON = 1_000
Detail = Mapping[str, Any] | None


def open_attempt(enrolment: Enrolment, *, actor: User | None) -> Attempt:
    """The live attempt of an enrolment; the first call makes it and draws its paper.

    In practice an ended attempt is followed by a new one with a paper of its own.

    Raises Conflict: withdrawn, sitting cancelled, too early to check in, already ended; TooLate after the
    last moment at which it could start.
    """
    with transaction.atomic():
        lock(enrolment)
        newest = enrolment.attempts.order_by("-id").first()
        if newest is not None and newest.state in states.LIVE:
            return newest
        if newest is not None and not enrolment.sitting.is_practice:
            raise Conflict(
                f"You have already taken part in this sitting: your attempt is {_words(newest.state)}.",
                code="already_ended",
            )
        admission.require_open(enrolment, clock.now())
        attempt = Attempt.objects.create(
            institution=enrolment.institution, enrolment=enrolment, seed=secrets.randbits(62)
        )
        draw_paper(attempt)
        audit.record(enrolment.institution, attempt, "attempt.opened", actor=actor)
    return attempt


def check_in(attempt: Attempt, *, actor: User | None, reason: str = "") -> Attempt:
    """Begins the check-in. Raises as `open_attempt` does."""
    with transaction.atomic():
        lock(attempt)
        states.ATTEMPT.target(attempt.state, "check_in")
        admission.require_open(attempt.enrolment, clock.now())
        return move(attempt, "check_in", actor=actor, reason=reason)


def admit(attempt: Attempt, *, actor: User | None, reason: str = "", detail: Detail = None) -> Attempt:
    """Check-in is done; the candidate waits for the window or starts. `detail`: more for the audit log."""
    return _locked_move(attempt, "admit", actor=actor, reason=reason, detail=detail)


def refuse(attempt: Attempt, *, actor: User | None, reason: str) -> Attempt:
    """Turns a candidate away at check-in. A reason is required."""
    values = {"ended_at": clock.now(), "ended_by": EndedBy.PROCTOR}
    return _locked_move(attempt, "refuse", actor=actor, reason=required_reason(reason), values=values)


def lapse(attempt: Attempt, *, actor: User | None, reason: str = "") -> Attempt:
    """An attempt that never started can no longer start. Raises Conflict (not_due) while it still can."""
    with transaction.atomic():
        lock(attempt)
        states.ATTEMPT.target(attempt.state, "lapse")
        now = clock.now()
        if now <= timing.latest_start(admission.window_of(attempt.enrolment)):
            raise Conflict("This attempt can still be started.", code="not_due")
        return move(attempt, "lapse", actor=actor, reason=reason, values={"ended_at": now})


def start(attempt: Attempt, *, actor: User | None, device: str) -> Attempt:
    """Starts the clock: deadline from window, working time and allowances; `device` holds the attempt.

    Everybody does this in the same second, so there is little to do: the paper was drawn by `open_attempt`.
    A repeat by the same device changes nothing (the first answer may have got lost). Raises Conflict: too
    early, other_device; TooLate after late entry; IllegalMove in other states.
    """
    device = clean_device(device)
    with transaction.atomic():
        lock(attempt, "enrolment__sitting", "institution")
        if attempt.state in states.RUNNING:
            require_device(attempt, device)
            return attempt
        states.ATTEMPT.target(attempt.state, "start")
        now = clock.now()
        enrolment = attempt.enrolment
        admission.read_allowances(enrolment)
        admission.require_startable(enrolment, now)
        beginning.require_turn(attempt, now)
        window = admission.window_of(enrolment)
        extra = admission.extra_of(enrolment)
        deadline = timing.deadline_at_start(now, window, extra=extra)
        values = {"started_at": now, "deadline_at": deadline, "device": device, "devices": [device]}
        values["extra_seconds"] = round(extra.total_seconds())
        return move(attempt, "start", actor=actor, values=values, detail={"deadline": deadline.isoformat()})


def pause(attempt: Attempt, *, actor: User | None, reason: str, detail: Detail = None) -> Attempt:
    """Stops the clock until `resume`. A reason is required. Raises TooLate when the time is already over."""
    reason = required_reason(reason)
    with transaction.atomic():
        lock(attempt)
        states.ATTEMPT.target(attempt.state, "pause")
        now = clock.now()
        if attempt.deadline_at is not None and timing.is_past(attempt.deadline_at, now):
            raise TooLate("The working time of this attempt is over; it is being handed in.")
        values = {"paused_at": now}
        return move(attempt, "pause", actor=actor, reason=reason, values=values, detail=detail)


def resume(attempt: Attempt, *, actor: User | None, reason: str = "", detail: Detail = None) -> Attempt:
    """Goes on after a pause; the pause is recorded as lost time and credited to the deadline in full."""
    with transaction.atomic():
        lock(attempt)
        states.ATTEMPT.target(attempt.state, "resume")
        values = lost_time.end_pause(attempt, clock.now())
        return move(attempt, "resume", actor=actor, reason=reason, values=values, detail=detail)


def submit(
    attempt: Attempt, *, actor: User | None, ended_by: str, device: str | None = None, reason: str = ""
) -> Attempt:
    """Hands the attempt in and marks what a rule can mark.

    Already submitted: nothing changes. `ended_by` clock is refused while there is time left (Conflict
    not_due). Where the clock hands in, what a candidate hands in after the deadline counts as ended by the
    clock, at the deadline; in other sittings it counts while handing in is possible (TooLate afterwards; see
    `delivery.time_up`). With `device`, only the device that holds the attempt may submit (Conflict
    other_device).
    """
    if ended_by not in EndedBy.values:
        raise InvalidInput(f"An attempt is ended by one of: {', '.join(EndedBy.values)}.", field="ended_by")
    with transaction.atomic():
        lock(attempt)
        if attempt.state == states.SUBMITTED:
            return attempt
        states.ATTEMPT.target(attempt.state, "submit")
        if device is not None:
            require_device(attempt, clean_device(device))
        values = _ending(attempt, ended_by)
        mark_automatically(attempt)
        return move(attempt, "submit", actor=actor, reason=reason, values=values)


def terminate(attempt: Attempt, *, actor: User | None, reason: str, detail: Detail = None) -> Attempt:
    """Ends a running attempt before its time. A reason is required; `reinstate` undoes it."""
    reason = required_reason(reason)
    with transaction.atomic():
        lock(attempt)
        states.ATTEMPT.target(attempt.state, "terminate")
        now = clock.now()
        values = lost_time.end_pause(attempt, now) | {"ended_at": now, "ended_by": EndedBy.PROCTOR}
        return move(attempt, "terminate", actor=actor, reason=reason, values=values, detail=detail)


def reinstate(attempt: Attempt, *, actor: User | None, reason: str = "", detail: Detail = None) -> Attempt:
    """Takes a termination back: paused since the moment of termination, so `resume` credits all of it.

    Answers given before it that arrived since then count (`late.count_after_reinstatement`). Raises Conflict
    in practice, once the candidate has practised again or the attempt is thrown away.
    """
    with transaction.atomic():
        lock(attempt)
        _require_newest(attempt)
        if attempt.enrolment.sitting.exam.is_outside:
            raise Conflict("The system that delivers this exam can start a new session.", code="outside")
        ended_at = attempt.ended_at
        values = {"paused_at": ended_at, "ended_at": None, "ended_by": ""}
        move(attempt, "reinstate", actor=actor, reason=reason, values=values, detail=detail)
        if ended_at is not None:
            late.count_after_reinstatement(attempt, ended_at=ended_at, actor=actor)
    return attempt


def take_over(attempt: Attempt, *, actor: User | None, device: str) -> Attempt:
    """Lets another browser tab hold the attempt; the one that held it is told and may only send leftovers.

    What the former device has typed and not sent is still taken in by the journal. A device may come back
    later, but should send its leftovers before it does: afterwards they count as typed in its new turn.
    """
    device = clean_device(device)
    with transaction.atomic():
        lock(attempt)
        if attempt.state not in states.RUNNING:
            raise Conflict(
                f"This attempt is {_words(attempt.state)}; there is nothing to take over.", code="not_running"
            )
        former = attempt.device
        if former == device:
            return attempt
        attempt.device = device
        attempt.devices = [*(attempt.devices or [former]), device]
        attempt.save(update_fields=["device", "devices"])
        detail = {"from": former, "to": device}
        audit.record(attempt.institution, attempt, "attempt.taken_over", actor=actor, detail=detail)
        _tell(attempt, "take_over", before=attempt.state, actor=actor, reason="")
    return attempt


def require_device(attempt: Attempt, device: str) -> None:
    """Raises Conflict (other_device) unless `device` holds the attempt."""
    if attempt.device != device:
        raise Conflict(
            "This exam is open on another device or in another window. Continue there, or take it over here.",
            code="other_device",
        )


def _ending(attempt: Attempt, ended_by: str) -> dict[str, Any]:
    now = clock.now()
    deadline, sitting = attempt.deadline_at, attempt.enrolment.sitting
    if attempt.state != states.PAUSED and deadline is not None and timing.is_past(deadline, now):
        if sitting.hands_in_by_itself:
            return {"ended_by": EndedBy.CLOCK, "ended_at": deadline}
        if timing.is_past(deadline + sitting.grace, now):
            raise TooLate("The time to hand in is over.")
        if ended_by != EndedBy.CLOCK:
            return {"ended_by": ended_by, "ended_at": now}
    if ended_by == EndedBy.CLOCK:
        raise Conflict("There is working time left.", code="not_due")
    return lost_time.end_pause(attempt, now) | {"ended_by": ended_by, "ended_at": now}


def _require_newest(attempt: Attempt) -> None:
    if attempt.is_emptied:
        raise Conflict("What this attempt held was deleted; nothing is left to go on with.", code="gone")
    if attempt.enrolment.attempts.filter(pk__gt=attempt.pk).exists():
        raise Conflict("The candidate has begun to practise again meanwhile.", code="not_newest")


def _locked_move(attempt: Attempt, verb: str, **how: Any) -> Attempt:
    with transaction.atomic():
        lock(attempt)
        return move(attempt, verb, **how)


def move(
    attempt: Attempt,
    verb: str,
    *,
    actor: User | None,
    reason: str = "",
    values: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Attempt:
    """Moves a locked attempt and tells who listens; for the verbs of this package, which check first."""
    before = attempt.state
    if actor is not None and actor.pk == attempt.enrolment.candidate_id:
        attempt.enrolment.candidate = actor  # listeners ask for the name: it need not be read again
    if before == states.OVERDUE:
        values = {**(values or {}), "hand_in_until": None}
    apply_move(attempt, states.ATTEMPT, verb, actor=actor, values=values, reason=reason, detail=detail)
    _tell(attempt, verb, before=before, actor=actor, reason=reason, detail=detail)
    return attempt


def _tell(
    attempt: Attempt, verb: str, *, before: str, actor: User | None, reason: str, detail: Detail = None
) -> None:
    attempt_moved.send(
        sender=Attempt,
        attempt=attempt,
        verb=verb,
        before=before,
        actor=actor,
        reason=reason,
        detail=detail or {},
    )


def required_reason(reason: str) -> str:
    """The reason in its clean form. Raises InvalidInput (reason) when it says nothing or is too long."""
    text = reason.strip() if isinstance(reason, str) else ""
    if not text:
        raise InvalidInput("Say why, in a few words.", field="reason", code="required")
    if len(text) > LONGEST_REASON:
        raise InvalidInput(f"At most {LONGEST_REASON} characters.", field="reason", code="too_long")
    return text


def _words(state: str) -> str:
    return states.WORDS[state]
