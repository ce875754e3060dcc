"""What the proctor's pages ask first: the sittings a person watches, and one of them."""

from django.db import models
from django.http import Http404, HttpRequest

from accounts.models import Institution, User
from accounts.pages.guards import here_of, person_of
from accounts.permissions import roles_of
from accounts.roles import Role
from exams.models import Sitting
from exams.scheduling.queries import counted_sittings
from proctor_site.kernel.errors import NotFound
from proctoring.permissions import require_watching

_OFFICE = frozenset({Role.EXAM_OFFICER.value, Role.ADMIN.value})


def watched_sittings(user: User, institution: Institution) -> "models.QuerySet[Sitting]":
    """Sittings the person may watch: all for exam officers and admins, the assigned ones for proctors.

    Practice is watched by nobody.
    """
    rows = counted_sittings().select_related("exam")
    if roles_of(user, institution) & _OFFICE:
        return rows
    return rows.filter(proctors__user=user)


def watched_sitting(request: HttpRequest, sitting_id: int) -> Sitting:
    """The sitting, if the signed-in person watches it. Raises Http404, NotAllowed (code "reads_blind")."""
    sitting = counted_sittings().select_related("exam", "institution").filter(pk=sitting_id).first()
    try:
        require_watching(person_of(request), sitting)
    except NotFound as unknown:
        raise Http404(unknown.message) from unknown
    assert sitting is not None
    return sitting


def zone_of(request: HttpRequest) -> str:
    """The time zone in which the signed-in person reads times."""
    return person_of(request).time_zone or here_of(request).time_zone
