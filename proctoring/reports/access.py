"""Who may read reports, and which."""

from django.db.models import QuerySet

from accounts.models import User
from exams.models import Sitting
from proctor_site.kernel.errors import NotFound
from proctoring.models import MonitoringSession
from proctoring.permissions import may_see_incidents


def session_for(rows: "QuerySet[MonitoringSession]", viewer: User) -> MonitoringSession:
    """The one session of `rows`, if the person may see its incidents and it is not their own attempt.

    Raises NotFound: ids of others cannot be probed.
    """
    session = rows.select_related(
        "institution",
        "candidate",
        "sitting__exam",
        "sitting__institution",
        "attempt__enrolment__sitting__exam",
    ).first()
    if (
        session is None
        or session.candidate_id == viewer.pk
        or not may_see_incidents(viewer, session.sitting, session.institution)
    ):
        raise NotFound("There is no such report that you may read.")
    return session


def require_sitting(sitting: Sitting | None, viewer: User) -> Sitting:
    """The sitting, if the person may see its incidents. Raises NotFound."""
    if sitting is None or not may_see_incidents(viewer, sitting, sitting.institution):
        raise NotFound("There is no such sitting that you may see.")
    return sitting


def may_see_pictures(viewer: User, session: MonitoringSession) -> bool:
    """Whether evidence pictures are part of the report for this person."""
    return viewer.has_perm("proctoring.view_evidence", session)
