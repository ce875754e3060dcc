"""Finds and lists sessions of other systems; in the scope of their institution."""

import uuid
from contextlib import suppress

from django.db.models import Q, QuerySet

from accounts.models import Institution, User
from exams.models import Sitting
from proctor_site.kernel.errors import NotFound
from proctoring.models import MonitoringSession, OutsideSession

_WITH = ("institution", "candidate", "sitting__exam", "attempt__enrolment__sitting__exam", "outside")


def newest_of(institution: Institution, session_id: str) -> OutsideSession | None:
    """The newest session of that id, ended or not."""
    rows = OutsideSession.objects.filter(institution=institution, name=session_id)
    return rows.select_related("session").order_by("-run").first()


def find(institution: Institution, session_id: str, *, starter: User | None = None) -> MonitoringSession:
    """The newest session that its caller calls so, or the one of our own id (a UUID). Raises NotFound.

    `starter`: only of those that this account has started.
    """
    named = Q(outside__name=session_id)
    with suppress(ValueError):
        named |= Q(public_id=uuid.UUID(session_id))
    rows = list_sessions(institution, starter=starter)
    found = rows.filter(named).order_by("-outside__run", "-pk").first()
    if found is None:
        raise NotFound("There is no such session in your institution.")
    return found


def list_sessions(
    institution: Institution,
    *,
    sitting: Sitting | None = None,
    state: str | None = None,
    starter: User | None = None,
) -> "QuerySet[MonitoringSession]":
    """Sessions of other systems that are not deleted; `state`: live or ended; `starter`: who began them."""
    rows: QuerySet[MonitoringSession] = MonitoringSession.objects.filter(
        institution=institution, outside__isnull=False
    )
    if sitting is not None:
        rows = rows.filter(sitting=sitting)
    if state is not None:
        rows = rows.filter(state=state)
    if starter is not None:
        rows = rows.filter(outside__started_by=starter)
    return rows.select_related(*_WITH)
