"""The report about an attempt or a session as JSON."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit
from accounts.tenancy import within
from exams.api.base import REFUSALS, person
from proctor_site.kernel.errors import NotFound
from proctoring.api.base import scoped
from proctoring.api.report_shapes import ReportSerializer
from proctoring.models import MonitoringSession
from proctoring.reports.access import session_for
from proctoring.reports.as_json import to_json
from proctoring.reports.gather import report_of


class AttemptReportView(APIView):
    """The report about an attempt."""

    @extend_schema(
        operation_id="attempt_report",
        responses={200: ReportSerializer, **REFUSALS},
    )
    def get(self, request: Request, attempt_id: int) -> Response:
        """Facts, summary and review of the watched span; each look is logged."""
        return _answer(request, attempt=attempt_id)


class SessionReportView(APIView):
    """The report about a session."""

    @extend_schema(
        operation_id="session_report",
        responses={200: ReportSerializer, **REFUSALS},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """The same for a session, which may have no attempt."""
        return _answer(request, public_id=public_id)


def _answer(request: Request, **named: Any) -> Response:
    viewer = person(request)
    session = session_for(scoped(MonitoringSession).filter(**named), viewer)
    if not viewer.has_perm("proctoring.view_incident", session):
        raise NotFound("There is no such report that you may read.")
    with within(session.institution):
        report = report_of(session, viewer, zone=viewer.time_zone or session.institution.time_zone)
        audit.record(session.institution, session, "report.opened", actor=viewer, detail={"as": "json"})
    return Response(to_json(report))
