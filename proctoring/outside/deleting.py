"""Deletes a session of another system by the register of personal data, as an erasure does."""

from functools import partial

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.services.outside_people import is_outside_person
from accounts.transitions import lock
from exams.models import Enrolment
from proctor_site.kernel import clock
from proctoring import coverage, holds
from proctoring.analysis import forgetting
from proctoring.holds import Span
from proctoring.models import MonitoringSession, OutsideSession
from proctoring.rights import certificates, nameless, spans
from proctoring.rights.kinds import KINDS
from proctoring.rights.register import Erasing

DELETED = "session.deleted"
_REASON = "deleted by the system that started it"


def delete(session: MonitoringSession, *, actor: User) -> dict[str, int]:
    """See `services.delete`. One transaction: all of it goes, or nothing."""
    with transaction.atomic():
        lock(session, "institution", "candidate", "attempt__enrolment__sitting")
        span = Span(session.attempt, session)
        holds.require_free(span)
        erasing = Erasing(session.institution, actor, _REASON, span)
        counts = spans.erase(span, erasing, [kind for kind in KINDS.values() if not kind.kept_why])
        OutsideSession.objects.filter(session=session).delete()
        detail = {"deleted": counts, "evidence_hash": session.evidence_hash}
        audit.record(session.institution, session, DELETED, actor=actor, detail=detail)
        certificates.make(
            session.institution,
            subject=session,
            counts=counts,
            heads=erasing.heads,
            keys=erasing.keys,
            kept=spans.kept_of(span),
            actor=actor,
        )
        _leave(session)
        coverage.forget(session.pk)
        transaction.on_commit(partial(forgetting.everything, session))
    return counts


def _leave(session: MonitoringSession) -> None:
    """With the last session the name of a candidate goes who has no account of their own."""
    person = session.candidate
    if person is None or not is_outside_person(person):
        return
    if OutsideSession.objects.filter(session__candidate=person).exists():
        return
    own = Enrolment.objects.filter(institution=session.institution, candidate=person)
    own.filter(withdrawn_at=None).update(withdrawn_at=clock.now())
    nameless.leave(session.institution, person)
