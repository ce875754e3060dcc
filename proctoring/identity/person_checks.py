"""The queue of candidates whom a person checks at check-in, and what that person decides."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.transitions import apply_move, lock
from exams import states as exam_states
from exams.delivery import attempts
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring.identity import document, liveness, reference
from proctoring.live.publish import record_event
from proctoring.models import IdentityCheck, MonitoringSession
from proctoring.models.live_event import Audience
from proctoring.permissions import require_watch
from proctoring.states import CHECK_APPROVED, CHECK_REFUSED, CHECK_WAITING, IDENTITY_CHECK

MOST_CHARACTERS = 500
RETAKES = ("photo", "document")
"""What a candidate can be asked to take again."""
_LAST_DECIDED = 10
_SETTLED_BY = {"admit": "approve", "refuse": "refuse"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a waiting candidate stands. `about_minutes`: how long the last ones waited; None: unknown."""

    number: int
    about_minutes: int | None


def ask(session: MonitoringSession, reasons: Sequence[str]) -> IdentityCheck:
    """Puts the candidate into the queue; who waits already keeps the place, also with further reasons."""
    attempt = _attempt(session)
    if session.sitting is None or attempt.state != exam_states.CHECKING_IN:
        raise Conflict("Check-in is over.", code="ended")
    with transaction.atomic():
        lock(session)
        waiting = waiting_check(session)
        if waiting is not None:
            added = [reason for reason in reasons if reason not in waiting.reasons]
            if added:
                waiting.reasons = [*waiting.reasons, *added]
                waiting.save(update_fields=["reasons"])
                _tell(waiting, "identity.asked")
            return waiting
        check = IdentityCheck.objects.create(
            institution=session.institution,
            session=session,
            sitting=session.sitting,
            reasons=list(reasons),
            asked_at=clock.now(),
        )
        _tell(check, "identity.asked")
    return check


def approve(check: IdentityCheck, *, proctor: User) -> IdentityCheck:
    """The person has been checked and is let in. Raises as every decision: see `_require_decidable`."""
    attempt = _require_decidable(check, proctor)
    attempts.admit(attempt, actor=proctor, reason="Identity checked by a person.")
    check.refresh_from_db()
    return check


def refuse(check: IdentityCheck, *, proctor: User, reason: str) -> IdentityCheck:
    """The candidate is not let in, and reads the reason. InvalidInput without one."""
    attempt = _require_decidable(check, proctor)
    attempts.refuse(attempt, actor=proctor, reason=_text(reason, "reason"))
    check.refresh_from_db()
    return check


def ask_again(
    check: IdentityCheck, *, proctor: User, message: str, retake: Collection[str] = ()
) -> IdentityCheck:
    """Sends the candidate back with a message; what is to be taken again (`RETAKES`) is deleted.

    InvalidInput with field `message` or `retake`.
    """
    _require_decidable(check, proctor)
    wording = _text(message, "message")
    if set(retake) - set(RETAKES):
        raise InvalidInput(f"Only {' and '.join(RETAKES)} can be taken again.", field="retake")
    with transaction.atomic():
        lock(check.session)
        values = _decided(proctor) | {"message": wording}
        detail = {"retake": sorted(retake)}
        apply_move(
            check, IDENTITY_CHECK, "ask_again", actor=proctor, values=values, reason=wording, detail=detail
        )
        if "photo" in retake:
            reference.erase(check.session)
            liveness.erase(check.session)
        if "document" in retake:
            document.erase(check.session)
        _tell(check, "identity.decided")
    return check


def drop(session: MonitoringSession, *, actor: User | None) -> None:
    """Nobody is needed for now: the candidate chooses another way. Nothing happens to who does not wait."""
    waiting = waiting_check(session)
    if waiting is not None:
        apply_move(waiting, IDENTITY_CHECK, "drop", actor=actor, values={"decided_at": clock.now()})
        _tell(waiting, "identity.decided")


def follow_move(attempt: Attempt, *, verb: str, actor: User | None, reason: str) -> None:
    """The attempt has left check-in, by whatever way: its check is settled, its document gets a last day."""
    session = MonitoringSession._base_manager.filter(attempt_id=attempt.pk).first()
    if session is None:
        return
    document.plan_deletion(attempt)
    waiting = waiting_check(session)
    if waiting is None:
        return
    how = _SETTLED_BY.get(verb, "drop")
    values = _decided(actor) | {"message": reason[:MOST_CHARACTERS] if how == "refuse" else ""}
    apply_move(waiting, IDENTITY_CHECK, how, actor=actor, values=values, reason=reason)
    _tell(waiting, "identity.decided")


def waiting_check(session: MonitoringSession) -> IdentityCheck | None:
    """The session's check that waits for a decision."""
    rows = IdentityCheck._base_manager.filter(session_id=session.pk, state=CHECK_WAITING)
    return rows.select_related("institution", "sitting", "session__attempt__enrolment__candidate").first()


def newest_check(session: MonitoringSession) -> IdentityCheck | None:
    """The session's latest check, whatever became of it."""
    return IdentityCheck._base_manager.filter(session_id=session.pk).order_by("-pk").first()


def waiting_in(sitting: Sitting) -> list[IdentityCheck]:
    """Who waits in a sitting, longest first. One query."""
    rows = IdentityCheck.objects.filter(sitting=sitting, state=CHECK_WAITING).order_by("asked_at", "pk")
    return list(rows.select_related("session__attempt__enrolment__candidate", "session__document_check"))


def count_waiting(sitting: Sitting) -> int:
    """How many wait in a sitting."""
    return IdentityCheck._base_manager.filter(sitting_id=sitting.pk, state=CHECK_WAITING).count()


def place_of(check: IdentityCheck) -> Place:
    """The place of a waiting check in its sitting's queue, from 1."""
    rows = IdentityCheck._base_manager.filter(sitting_id=check.sitting_id)
    before = rows.filter(state=CHECK_WAITING, asked_at__lte=check.asked_at).exclude(pk=check.pk).count()
    decided = rows.filter(state__in=(CHECK_APPROVED, CHECK_REFUSED)).order_by("-decided_at")[:_LAST_DECIDED]
    waited = [
        _seconds(asked, ended) for asked, ended in decided.values_list("asked_at", "decided_at") if ended
    ]
    return Place(before + 1, max(1, round(median(waited) / 60)) if waited else None)


def _seconds(asked_at: datetime, decided_at: datetime) -> float:
    return (decided_at - asked_at).total_seconds()


def _require_decidable(check: IdentityCheck, proctor: User) -> Attempt:
    """NotFound and NotAllowed as for every act of a proctor; Conflict `decided` when somebody was faster."""
    attempt = _attempt(check.session)
    require_watch(attempt, proctor)
    if check.state != CHECK_WAITING:
        raise Conflict("Somebody has decided this already, or the candidate waits no longer.", code="decided")
    return attempt


def _attempt(session: MonitoringSession) -> Attempt:
    if session.attempt is None:
        raise Conflict("This session has no check-in.", code="no_check_in")
    return session.attempt


def _decided(actor: User | None) -> dict[str, Any]:
    return {"decided_at": clock.now(), "decided_by": actor}


def _text(value: object, field: str) -> str:
    wording = value.strip() if isinstance(value, str) else ""
    if not wording:
        raise InvalidInput("Say why, in a few words. The candidate reads it.", field=field, code="required")
    if len(wording) > MOST_CHARACTERS or "\x00" in wording:
        raise InvalidInput(f"At most {MOST_CHARACTERS} ordinary characters.", field=field, code="too_long")
    return wording


def _tell(check: IdentityCheck, kind: str) -> None:
    attempt = _attempt(check.session)
    candidate = attempt.enrolment.candidate
    record_event(
        check.institution,
        kind=kind,
        payload={
            "check": check.pk,
            "state": check.state,
            "candidate": {"id": candidate.pk, "name": str(candidate)},
            "waiting": count_waiting(check.sitting),
        },
        audience=Audience.PROCTORS,
        sitting=check.sitting,
        attempt=attempt,
    )
