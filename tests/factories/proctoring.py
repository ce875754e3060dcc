"""Monitoring sessions and incidents for tests."""

from datetime import timedelta
from typing import Any

from accounts.tenancy import within
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring.models import Incident, MonitoringSession
from proctoring.observations import ObservationKind, Severity


def make_session(attempt: Attempt, **fields: Any) -> MonitoringSession:
    """The live monitoring session of an attempt."""
    with within(attempt.institution):
        return MonitoringSession.objects.create(
            institution=attempt.institution,
            attempt=attempt,
            sitting=attempt.enrolment.sitting,
            candidate=attempt.enrolment.candidate,
            **{"started_at": clock.now(), **fields},
        )


def make_incident(
    session: MonitoringSession,
    *,
    kind: ObservationKind = ObservationKind.NO_FACE,
    severity: Severity = Severity.MEDIUM,
    **fields: Any,
) -> Incident:
    """An unreviewed incident that began ten seconds ago and is still going on; without evidence."""
    now = clock.now()
    with within(session.institution):
        return Incident.objects.create(
            institution=session.institution,
            session=session,
            sitting=session.sitting,
            kind=kind,
            severity=severity,
            **{
                "confidence": 0.9,
                "started_at": now - timedelta(seconds=10),
                "last_seen_at": now,
                "count": 10,
                "explanation": "Nobody was in view in 10 of 10 frames over 10 s.",
                **fields,
            },
        )
