"""Documents compared for outside callers: a face alike earns a token, good once, for 30 minutes."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from accounts import audit
from accounts.models import Institution, User
from accounts.transitions import lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring.analysis import context, pool
from proctoring.identity import document
from proctoring.models import DocumentCheck, MonitoringSession
from proctoring.models.identity_check import DocumentAnswer
from proctoring.vision.coaching import coaching_text
from proctoring.vision.exchange import DocumentReport, EnrolmentReport
from proctoring.vision.upload import ImageError

TOKEN_LIFETIME = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Verified:
    """An answer about two photos. `token`: only when they are alike. No photo and no template is kept."""

    check: DocumentCheck
    document: DocumentReport
    live: EnrolmentReport
    token: str = ""


def verify(
    institution: Institution,
    *,
    document_photo: bytes,
    live_photo: bytes,
    document_type: str,
    actor: User | None,
) -> Verified:
    """Compares the face on a document with a live photo, for a session that does not exist yet.

    Raises InvalidInput whose `field` is `document_type`, `document` or `live_face` and whose code is the
    first problem of the photo; Overloaded, Unavailable. The caller has the person's consent.
    """
    kind = document.check_type(document_type)
    live = _live(live_photo)
    assert live.vector is not None  # _live has refused photos without
    report = document.compare(document_photo, (live.vector,))
    if not report.ok:
        raise InvalidInput(document.words_of(report.problems[0]), code=report.problems[0], field="document")
    token = secrets.token_urlsafe(32) if report.likeness.value == DocumentAnswer.ALIKE else ""
    now = clock.now()
    check = DocumentCheck.objects.create(
        institution=institution,
        document_type=kind,
        answer=report.likeness.value,
        similarity=report.similarity,
        engine=report.engine[:100],
        created_at=now,
        token_hash=_hash(token) if token else "",
        token_expires_at=now + TOKEN_LIFETIME if token else None,
    )
    audit.record(institution, check, "document.compared", actor=actor, detail={"answer": check.answer})
    return Verified(check, report, live, token)


def verify_in(
    session: MonitoringSession, *, document_photo: bytes, document_type: str, actor: User | None
) -> DocumentCheck:
    """Compares a document with the face that the session has registered. The photo is not kept.

    Raises Conflict `no_reference` and `document_known`, InvalidInput as `verify`, Overloaded, Unavailable.
    """
    kind = document.check_type(document_type)
    references = context.of(session).references
    if not references:
        raise Conflict("Register a face first; the document is compared with it.", code="no_reference")
    report = document.compare(document_photo, references)
    if not report.ok:
        raise InvalidInput(document.words_of(report.problems[0]), code=report.problems[0], field="document")
    with transaction.atomic():
        lock(session)
        if DocumentCheck._base_manager.filter(session_id=session.pk).exists():
            raise Conflict("This session has a document already.", code="document_known")
        check = DocumentCheck.objects.create(
            institution=session.institution,
            session=session,
            document_type=kind,
            answer=report.likeness.value,
            similarity=report.similarity,
            engine=report.engine[:100],
            created_at=clock.now(),
        )
        audit.record(
            session.institution, check, "document.compared", actor=actor, detail={"answer": check.answer}
        )
    return check


def redeem(token: object, session: MonitoringSession) -> DocumentCheck:
    """Uses the token for a session of the same institution; of simultaneous uses one wins.

    Raises Conflict `token_invalid` (unknown, of another institution, or the session has a document already),
    `token_used`, `token_expired`.
    """
    if not isinstance(token, str) or not token:
        raise _invalid()
    rows = DocumentCheck._base_manager.filter(institution_id=session.institution_id, token_hash=_hash(token))
    found = rows.first()
    if (
        found is None
        or DocumentCheck._base_manager.filter(session_id=session.pk).exclude(pk=found.pk).exists()
    ):
        raise _invalid()
    now = clock.now()
    if found.token_used_at is None and found.token_expires_at is not None and found.token_expires_at <= now:
        raise Conflict(
            "This verification token has expired; compare the document again.", code="token_expired"
        )
    if not rows.filter(token_used_at=None).update(token_used_at=now, session=session):
        raise Conflict("This verification token has been used already.", code="token_used")
    found.refresh_from_db()
    audit.record(session.institution, session, "session.document_verified", actor=session.candidate)
    return found


def _live(photo: bytes) -> EnrolmentReport:
    try:
        live = pool.enrol(photo)
    except ImageError as error:
        raise InvalidInput(
            f"This picture cannot be used: {error.message}.", code=error.code.value, field="live_face"
        ) from error
    except pool.WorkerLost as error:
        raise document.lost() from error
    if not live.ok:
        raise InvalidInput(coaching_text(live.problems[0]), code=live.problems[0], field="live_face")
    return live


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _invalid() -> Conflict:
    return Conflict("This verification token is not valid.", code="token_invalid")
