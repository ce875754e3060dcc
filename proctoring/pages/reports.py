"""Reports for staff: one attempt or session as a page."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.pages.guards import here_of, person_of, require_right
from proctor_site.kernel.errors import NotFound
from proctoring.evidence import custody
from proctoring.models import MonitoringSession
from proctoring.pages.watching import zone_of
from proctoring.reports.access import may_see_pictures, session_for
from proctoring.reports.gather import report_of
from proctoring.reports.showing import context_of


@never_cache
@require_safe
@require_right("proctoring.view_incident")
def attempt_report(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """The report about the watched span of an attempt."""
    return _page(request, found_session(request, attempt_id=attempt_id))


@never_cache
@require_safe
@require_right("proctoring.view_incident")
def session_report(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponse:
    """The same for a session, which may have no attempt."""
    return _page(request, found_session(request, public_id=public_id))


def found_session(request: HttpRequest, **named: Any) -> MonitoringSession:
    """The session that the signed-in person may read a report about. Raises Http404."""
    try:
        return session_for(MonitoringSession.objects.filter(**named), person_of(request))
    except NotFound as refusal:
        raise Http404(refusal.message) from refusal


def _page(request: HttpRequest, session: MonitoringSession) -> HttpResponse:
    viewer, slug = person_of(request), here_of(request).slug
    sees_pictures = may_see_pictures(viewer, session)
    report = report_of(session, viewer, zone=zone_of(request))
    audit.record(session.institution, session, "report.opened", actor=viewer)
    context = context_of(
        report,
        session,
        picture_url=(lambda each: custody.address_of(each.item, viewer, slug)) if sees_pictures else None,
        incident_url=lambda number: reverse("open_review", args=[slug, number]),
    )
    context |= {"sees_pictures": sees_pictures, "json_url": json_url(session)}
    return render(request, "proctoring/reports/attempt.html", context)


def report_url(slug: str, session: MonitoringSession) -> str:
    """The page of the report."""
    if session.attempt_id is not None:
        return reverse("proctoring_attempt_report", args=[slug, session.attempt_id])
    return reverse("proctoring_session_report", args=[slug, session.public_id])


def json_url(session: MonitoringSession) -> str:
    """Where the same report is to be had as JSON."""
    return reverse("api_session_report", args=[session.public_id])
