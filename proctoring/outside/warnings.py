"""What proctors wrote to a candidate whose page another system has, for that system to show."""

from django.db.models import QuerySet

from accounts.models import User
from proctor_site.kernel.errors import NotFound
from proctoring import supervision
from proctoring.models import CandidateWarning, MonitoringSession


def warnings_of(session: MonitoringSession, *, only_open: bool = False) -> "QuerySet[CandidateWarning]":
    """All of them; `only_open`: those to show now, neither shown nor withdrawn."""
    rows: QuerySet[CandidateWarning] = CandidateWarning.objects.filter(session=session)
    return rows.filter(acknowledged_at=None, withdrawn_at=None) if only_open else rows


def note_shown(session: MonitoringSession, warning_id: int, *, actor: User) -> CandidateWarning:
    """The candidate has seen it, as proctors then read; also after it was withdrawn meanwhile. NotFound."""
    rows = CandidateWarning.objects.filter(session=session, pk=warning_id)
    found = rows.select_related("session__attempt__enrolment__sitting__exam", "session__institution").first()
    if found is None:
        raise NotFound("There is no such warning in this session.")
    return supervision.note_shown(found, actor=actor)
