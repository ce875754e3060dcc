"""What a proctor does to an attempt while it runs: warn, pause, resume, terminate, reinstate, admit."""

from typing import Any

from django.db import transaction

import exams.delivery.attempts as attempts  # by full name: mypy loses the submodule in a cycle
from accounts import audit
from accounts.models import User
from exams.models import Attempt
from exams.states import ENDED
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound
from proctoring import sessions
from proctoring.live.messages import iso
from proctoring.live.publish import record_event
from proctoring.models import CandidateWarning
from proctoring.models.live_event import Audience
from proctoring.permissions import require_watch

MOST_CHARACTERS = 500


def warn(attempt: Attempt, *, proctor: User, text: str) -> CandidateWarning:
    """Sends a message that appears on the exam page and has to be acknowledged there.

    Refuses an empty or too long text (InvalidInput, field "text"), people who do not watch the sitting, and
    attempts that have ended (Conflict).
    """
    require_watch(attempt, proctor)
    wording = _text(text, "text", required=True)
    if attempt.state in ENDED:
        raise Conflict("This attempt has ended; nobody would read the warning.", code="ended")
    with transaction.atomic():
        session = sessions.ensure(attempt)
        warning = CandidateWarning.objects.create(
            institution=attempt.institution,
            session=session,
            proctor=proctor,
            text=wording,
            sent_at=clock.now(),
        )
        audit.record(
            attempt.institution, attempt, "attempt.warned", actor=proctor, detail={"warning": warning.pk}
        )
        _tell(attempt, Audience.CANDIDATE, "warning.sent", warning_shape(warning))
        _tell(attempt, Audience.PROCTORS, "warning.sent", {**warning_shape(warning), "proctor": str(proctor)})
    return warning


def acknowledge_warning(warning: CandidateWarning, *, candidate: User) -> CandidateWarning:
    """The candidate has read the warning; a second time changes nothing. NotFound for other people."""
    attempt = warning.session.attempt
    if attempt is None or warning.session.candidate_id != candidate.pk:
        raise NotFound("There is no such warning for you.")
    with transaction.atomic():
        now = clock.now()
        fresh = CandidateWarning.objects.filter(pk=warning.pk, acknowledged_at=None).update(
            acknowledged_at=now
        )
        if not fresh:
            warning.refresh_from_db()
            return warning
        warning.acknowledged_at = now
        audit.record(
            attempt.institution,
            attempt,
            "attempt.warning_acknowledged",
            actor=candidate,
            detail={"warning": warning.pk},
        )
        for audience in (Audience.PROCTORS, Audience.CANDIDATE):
            _tell(attempt, audience, "warning.acknowledged", warning_shape(warning))
    return warning


def open_warnings(attempt: Attempt) -> list[CandidateWarning]:
    """Warnings that the candidate has not acknowledged yet, oldest first."""
    rows = CandidateWarning.objects.filter(session__attempt=attempt, acknowledged_at=None)
    return list(rows.order_by("id"))


def warning_shape(warning: CandidateWarning) -> dict[str, Any]:
    """A warning as events and the API show it."""
    return {
        "id": warning.pk,
        "text": warning.text,
        "sent_at": iso(warning.sent_at),
        "acknowledged_at": iso(warning.acknowledged_at),
    }


def pause(attempt: Attempt, *, proctor: User, reason: str) -> Attempt:
    """Stops the clock and the exam page until `resume`. A reason is required; the candidate reads it."""
    require_watch(attempt, proctor)
    return attempts.pause(attempt, actor=proctor, reason=_text(reason, "reason", required=True))


def resume(attempt: Attempt, *, proctor: User, reason: str = "") -> Attempt:
    """Lets a paused attempt go on."""
    require_watch(attempt, proctor)
    return attempts.resume(attempt, actor=proctor, reason=_text(reason, "reason"))


def terminate(attempt: Attempt, *, proctor: User, reason: str) -> Attempt:
    """Ends the attempt before its time. A reason is required. `reinstate` undoes it."""
    require_watch(attempt, proctor)
    return attempts.terminate(attempt, actor=proctor, reason=_text(reason, "reason", required=True))


def reinstate(attempt: Attempt, *, proctor: User, reason: str = "") -> Attempt:
    """Takes a termination back; the attempt is paused until `resume`."""
    require_watch(attempt, proctor)
    return attempts.reinstate(attempt, actor=proctor, reason=_text(reason, "reason"))


def admit(attempt: Attempt, *, proctor: User, reason: str) -> Attempt:
    """Lets a candidate in whom check-in did not admit, for example without a camera. A reason is required."""
    require_watch(attempt, proctor)
    return attempts.admit(attempt, actor=proctor, reason=_text(reason, "reason", required=True))


def _text(value: Any, field: str, *, required: bool = False) -> str:
    if not isinstance(value, str):
        raise InvalidInput("This must be a text.", field=field)
    wording = value.strip()
    if required and not wording:
        raise InvalidInput(
            "Say why, in a few words." if field == "reason" else "Write the message.",
            field=field,
            code="required",
        )
    if len(wording) > MOST_CHARACTERS or "\x00" in wording:
        raise InvalidInput(f"At most {MOST_CHARACTERS} ordinary characters.", field=field, code="too_long")
    return wording


def _tell(attempt: Attempt, audience: Audience, kind: str, payload: dict[str, Any]) -> None:
    record_event(
        attempt.institution,
        kind=kind,
        payload=payload,
        audience=audience,
        sitting=attempt.enrolment.sitting,
        attempt=attempt,
    )
