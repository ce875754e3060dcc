"""The photo of an identity document: compared with the candidate's own face, kept encrypted, then deleted."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.db import transaction

from accounts import audit, stored_files
from accounts.transitions import lock
from exams import states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, Unavailable
from proctoring import holds, policies
from proctoring.analysis import context, pool, templates
from proctoring.identity import notice, store
from proctoring.models import Consent, DataClass, DocumentCheck, MonitoringSession
from proctoring.models.identity_check import DocumentAnswer, DocumentType
from proctoring.models.policy import StepMode
from proctoring.vision.engines.base import Vector
from proctoring.vision.exchange import DocumentReport
from proctoring.vision.upload import ImageError

_MOST_AT_ONCE = 500
_WORDS = {
    "no_face": "We see no clear face on the document: hold it close and straight.",
    "several_faces": "We see more than one face: only the document should be in the picture.",
    "too_small": "The face on the document is very small: hold it closer, or send a larger picture.",
    "turned_away": "The face on the document is at an angle: hold the document straight towards the camera.",
    "blurred": "The picture is blurred: hold the document still, a little further away.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What became of a photo. `ok` False: it was not kept, and `problems` (code, sentence) say why."""

    ok: bool
    problems: tuple[tuple[str, str], ...]
    answer: str = ""


def show(session: MonitoringSession, image: bytes, *, document_type: str, anyway: bool = False) -> Shown:
    """Compares a photo of a document with the session's reference and keeps it; an earlier one is replaced.

    A photo without exactly one clear face changes nothing, unless `anyway`: then it is kept for a person to
    look at. Without face comparison it is not compared and kept for a person as well.
    Raises InvalidInput (fields `document`, `document_type`), Conflict `consent_missing`, `notice_outdated`,
    `not_asked`, `ended`; Overloaded, Unavailable.
    """
    kind = check_type(document_type)
    consent = _require_asked(session)
    compares = consent.camera and consent.face_comparison
    references = (context.of(session).references or ()) if compares else ()
    report = compare(image, references)
    problems = tuple((code, words_of(code)) for code in report.problems)
    if problems and not anyway:
        return Shown(False, problems)
    answer = DocumentAnswer(report.likeness.value)
    name = store.save(session, image, ending="sealed", data_class=DataClass.DOCUMENT)
    try:
        _keep(
            session,
            DocumentCheck(
                document_type=kind,
                answer=answer,
                similarity=report.similarity,
                engine=report.engine[:100],
                photo_name=name,
                photo_sha256=hashlib.sha256(image).hexdigest(),
            ),
        )
    except BaseException:
        store.delete(name)
        raise
    return Shown(True, problems, answer.value)


def leave_out(session: MonitoringSession) -> None:
    """The candidate shows no document; whether a person follows is the policy's. Raises as `show`."""
    _require_asked(session)
    _keep(session, DocumentCheck(answer=DocumentAnswer.NOT_SHOWN))


def photo_of(check: DocumentCheck) -> bytes:
    """The photo in clear. Raises NotFound when it was deleted, Conflict `altered`, Unavailable."""
    if not check.photo_name:
        raise NotFound("There is no such photo any more.")
    if not check.photo_key:
        return store.read_unaltered(check.photo_name, check.photo_sha256)
    try:  # kept before there were keys of sessions: it has one of its own
        return Fernet(templates.unseal_key(check.photo_key)).decrypt(store.read(check.photo_name))
    except InvalidToken as error:
        raise Conflict(
            "This file is not the one that was stored; it is not shown.", code="altered"
        ) from error


def compare(image: bytes, references: tuple[Vector, ...]) -> DocumentReport:
    """The report on a photo. Raises InvalidInput with field `document`, Overloaded, Unavailable."""
    try:
        return pool.compare_document(image, references)
    except ImageError as error:
        raise InvalidInput(
            f"This picture cannot be used: {error.message}.", code=error.code.value, field="document"
        ) from error
    except pool.WorkerLost as error:
        raise lost() from error


def lost() -> Unavailable:
    """The analysis broke off."""
    return Unavailable("The photo could not be looked at; please send it again.")


def words_of(code: str) -> str:
    """What the candidate can do about a problem; KeyError for a code that documents do not have."""
    return _WORDS[code]


def check_type(document_type: object) -> DocumentType:
    """The document type. Raises InvalidInput with field `document_type`."""
    if document_type not in DocumentType.values:
        known = ", ".join(DocumentType.values)
        raise InvalidInput(f"Say which document it is, one of: {known}.", field="document_type")
    return DocumentType(document_type)


def erase(session: MonitoringSession) -> int:
    """Deletes the session's document: the row in the caller's transaction, the photo after it; how many."""
    found = DocumentCheck._base_manager.filter(session_id=session.pk).first()
    if found is None:
        return 0
    if found.photo_name:
        stored_files.remove(session.institution, "identity", [found.photo_name])
    found.delete()
    return 1


def plan_deletion(attempt: Attempt) -> None:
    """The decision about the candidate has fallen: the photo goes when the policy's days are over."""
    days = policies.policy_for(attempt.enrolment.sitting.exam).document_days
    rows = DocumentCheck._base_manager.filter(session__attempt_id=attempt.pk, delete_at=None)
    rows.update(delete_at=clock.now() + timedelta(days=days))


def delete_due() -> int:
    """Deletes photos whose days are over, of all institutions, but for those under a legal hold; how many."""
    due = DocumentCheck._base_manager.filter(delete_at__lte=clock.now()).exclude(photo_name="")
    free = holds.unheld(due, **{name: f"session__{path}" for name, path in holds.OF_SESSION.items()})
    rows = list(free.select_related("institution")[:_MOST_AT_ONCE])
    for check in rows:
        with transaction.atomic():
            stored_files.remove(check.institution, "identity", [check.photo_name])
            DocumentCheck._base_manager.filter(pk=check.pk).update(photo_name="", photo_key=b"")
            audit.record(check.institution, check, "document.photo_deleted", actor=None)
    return len(rows)


def _keep(session: MonitoringSession, check: DocumentCheck) -> None:
    with transaction.atomic():
        lock(session)
        # Checked again, in the transaction that stores the row: it may have been withdrawn.
        _require_asked(session)
        erase(session)
        check.institution, check.session, check.created_at = session.institution, session, clock.now()
        check.save()
        detail = {"document_type": check.document_type, "answer": check.answer}
        audit.record(
            session.institution, session, "session.document_shown", actor=session.candidate, detail=detail
        )


def _require_asked(session: MonitoringSession) -> Consent:
    """The consent in force, where the policy asks for a document and the notice that was read names it."""
    attempt = session.attempt
    if attempt is None or session.state != "live" or attempt.state != states.CHECKING_IN:
        raise Conflict("Check-in is over; no document is taken.", code="ended")
    if policies.policy_of(attempt).document == StepMode.OFF:
        raise Conflict("This exam asks for no document.", code="not_asked")
    consent = (
        Consent._base_manager.filter(session=session, withdrawn_at=None).select_related("notice").first()
    )
    if consent is None:
        raise Conflict("Please read the notice and make your choice first.", code="consent_missing")
    if consent.notice_id != notice.for_attempt(attempt).pk:
        raise Conflict(
            "The notice has changed since you read it; please load the page again and read it.",
            code="notice_outdated",
        )
    return consent
