"""What is known of a session of another system, by token: figures, alerts, emotions, the report."""

from dataclasses import asdict

from rest_framework.request import Request
from rest_framework.response import Response

from accounts import audit
from accounts.api.base import operation
from accounts.api.paging import page_of
from accounts.api.shapes import page_shape, query_in
from proctoring.api.office.session_shapes import AlertSerializer, EmotionsSerializer, MetricsSerializer
from proctoring.api.office.sessions import OneSessionView
from proctoring.api.report_shapes import ReportSerializer
from proctoring.outside import figures

_TAG = "sessions"


class SessionMetrics(OneSessionView):
    """Running figures."""

    scopes = {"GET": "sessions:read"}

    @operation("session_metrics", tag=_TAG, answer=MetricsSerializer)
    def get(self, request: Request, session_id: str) -> Response:
        """Figures up to now. Right after the end the last minute of pictures may be missing in the counts."""
        query_in(request)
        return Response(figures.metrics_json(self.session(session_id)))


class SessionAlerts(OneSessionView):
    """Alerts."""

    scopes = {"GET": "sessions:read"}

    @operation("session_alerts", tag=_TAG, answer=page_shape(AlertSerializer), is_paged=True)
    def get(self, request: Request, session_id: str) -> Response:
        """What people should look at, in the order in which it was raised. People decide, in the admin."""
        query_in(request)
        rows = figures.alerts(self.session(session_id))
        return page_of(request, rows, lambda found: AlertSerializer(found, many=True).data)


class SessionEmotions(OneSessionView):
    """Emotions."""

    scopes = {"GET": "sessions:read"}

    @operation("session_emotions", tag=_TAG, answer=EmotionsSerializer)
    def get(self, request: Request, session_id: str) -> Response:
        """Empty with a `disabled_reason`, unless operator, law and institution all allow it."""
        query_in(request)
        session = self.session(session_id)
        found = figures.emotions(session)
        summary = {name: asdict(each) for name, each in found.summary.items()}
        told = {"disabled_reason": found.disabled_reason, "summary": summary}
        return Response({"session_id": session.outside.name, **told})


class SessionReport(OneSessionView):
    """The report."""

    scopes = {"GET": "sessions:read"}

    @operation("session_outside_report", tag=_TAG, answer=ReportSerializer)
    def get(self, request: Request, session_id: str) -> Response:
        """The report about the session, also while it goes on; each look is logged."""
        query_in(request)
        session = self.session(session_id)
        told = figures.report(session, self.actor)
        audit.record(self.institution, session, "report.opened", actor=self.actor, detail={"as": "json"})
        return Response(told)
