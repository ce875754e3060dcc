"""Messages of proctors that candidates have to acknowledge: sent, read, withdrawn or corrected."""

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams.delivery.outside import NO_PAGE_OF_OURS
from exams.models import Attempt
from exams.states import ENDED
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotFound
from proctoring import sessions, telling
from proctoring.live.messages import iso
from proctoring.models import CandidateWarning, OutsideSession
from proctoring.models.live_event import Audience
from proctoring.models.supervision import text_in_language
from proctoring.permissions import require_watch
from proctoring.supervision.telling import tell
from proctoring.wording import clean_text, language_of, ready_text

_CORRECTIONS = {
    "en": "The message of your proctor before this one does not apply to you. Please carry on: {text}",
    "de": "Die vorige Nachricht Ihrer Aufsicht betrifft Sie nicht. Bitte arbeiten Sie weiter: {text}",
    "fr": "Le message précédent de votre surveillant ne vous concerne pas. Veuillez continuer : {text}",
    "es": "El mensaje anterior de su supervisor no le afecta. Por favor, continúe: {text}",
}
_LONGEST = 500


def warn(
    attempt: Attempt,
    *,
    proctor: User,
    text: Any = "",
    ready: Any = None,
    corrects: CandidateWarning | None = None,
) -> CandidateWarning:
    """Sends a message that appears on the exam page and has to be acknowledged there.

    `ready`: number of a ready text, which is sent in the language of the exam; a `text` beside it is what
    the proctor made of it. Refuses an empty or too long text (InvalidInput, field "text" or "ready_text"),
    people who do not watch the sitting, and attempts that have ended (Conflict).
    """
    require_watch(attempt, proctor)
    if not reads_warnings(attempt):
        raise Conflict(NO_PAGE_OF_OURS, code="outside")
    prepared, language = ready_text(attempt, ready) if ready is not None else ("", "")
    wording = clean_text(text, "text", required=not prepared) or prepared
    if attempt.state in ENDED:
        raise Conflict("This attempt has ended; nobody would read the warning.", code="ended")
    with transaction.atomic():
        session = sessions.ensure(attempt)
        warning = CandidateWarning.objects.create(
            institution=attempt.institution,
            session=session,
            proctor=proctor,
            text=wording,
            language=language,
            corrects=corrects,
            sent_at=clock.now(),
        )
        audit.record(
            attempt.institution, attempt, "attempt.warned", actor=proctor, detail={"warning": warning.pk}
        )
        tell(attempt, Audience.CANDIDATE, "warning.sent", warning_shape(warning))
        tell(attempt, Audience.PROCTORS, "warning.sent", {**warning_shape(warning), "proctor": str(proctor)})
        _tell_outside(warning, "session.warned")
    return warning


def withdraw_warning(warning: CandidateWarning, *, proctor: User) -> CandidateWarning:
    """Takes a message back: one that is not read yet disappears; one that was read is corrected.

    Once only: a repeat changes nothing. NotFound for people who do not watch the sitting.
    """
    attempt = warning.session.attempt
    if attempt is None:
        raise NotFound("There is no such message here.")
    require_watch(attempt, proctor)
    with transaction.atomic():
        lock(warning)
        if warning.withdrawn_at is not None:
            return warning
        warning.withdrawn_at, warning.withdrawn_by = clock.now(), proctor
        warning.save(update_fields=["withdrawn_at", "withdrawn_by"])
        was_read = warning.acknowledged_at is not None
        detail = {"warning": warning.pk, "was_read": was_read}
        audit.record(attempt.institution, attempt, "attempt.warning_withdrawn", actor=proctor, detail=detail)
        for audience in (Audience.PROCTORS, Audience.CANDIDATE):
            tell(attempt, audience, "warning.withdrawn", warning_shape(warning))
        _tell_outside(warning, "session.warning_withdrawn")
        if was_read and attempt.state not in ENDED:
            form, _ = text_in_language(_CORRECTIONS, language_of(attempt))
            text = form.format(text=f"“{warning.text}”")
            text = text if len(text) <= _LONGEST else text[: _LONGEST - 2] + "…”"
            warn(attempt, proctor=proctor, text=text, corrects=warning)
    return warning


def acknowledge_warning(warning: CandidateWarning, *, candidate: User) -> CandidateWarning:
    """The candidate has read the warning; a second time changes nothing. NotFound for other people."""
    if warning.session.attempt is None or warning.session.candidate_id != candidate.pk:
        raise NotFound("There is no such warning for you.")
    return _note_read(warning, actor=candidate)


def note_shown(warning: CandidateWarning, *, actor: User) -> CandidateWarning:
    """The system that has the candidate's page has shown it there; a second time changes nothing."""
    return _note_read(warning, actor=actor)


def _note_read(warning: CandidateWarning, *, actor: User) -> CandidateWarning:
    attempt = warning.session.attempt
    assert attempt is not None  # warnings are written to attempts alone
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
            actor=actor,
            detail={"warning": warning.pk},
        )
        for audience in (Audience.PROCTORS, Audience.CANDIDATE):
            tell(attempt, audience, "warning.acknowledged", warning_shape(warning))
    return warning


def open_warnings(attempt: Attempt) -> list[CandidateWarning]:
    """Warnings that the candidate has not acknowledged yet, oldest first; not those that were withdrawn."""
    rows = CandidateWarning.objects.filter(session__attempt=attempt, acknowledged_at=None, withdrawn_at=None)
    return list(rows.order_by("id"))


def reads_warnings(attempt: Attempt) -> bool:
    """Whether the candidate's page shows warnings: ours does, another system's where it said so."""
    if not attempt.enrolment.sitting.exam.is_outside:
        return True
    return OutsideSession.objects.filter(session__attempt=attempt, shows_warnings=True).exists()


def _tell_outside(warning: CandidateWarning, event: str) -> None:
    if warning.session.is_outside:
        telling.of_session(warning.session, event, warning=warning.pk)


def warning_shape(warning: CandidateWarning) -> dict[str, Any]:
    """A warning as events and the API show it."""
    return {
        "id": warning.pk,
        "text": warning.text,
        "language": warning.language,
        "sent_at": iso(warning.sent_at),
        "acknowledged_at": iso(warning.acknowledged_at),
        "withdrawn_at": iso(warning.withdrawn_at),
    }
