"""Gathers what a VideoProctoring report tells of one session."""

from typing import Any

from proctoring.compat import alerts, face_checks, reports
from proctoring.compat.reports import SessionFacts
from proctoring.compat.sessions import is_face_registered, naive, seconds_since
from proctoring.models import DocumentCheck, MonitoringSession
from proctoring.outside import figures
from proctoring.outside.figures import Emotions

NO_TIMELINE = "No timeline of a face is kept; the summary has what was read, where it may be."


def report_of(session: MonitoringSession, session_id: str) -> dict[str, Any]:
    """The body of `../end`, of both versions."""
    found = figures.metrics(session)
    emotions = figures.emotions(session)
    document = DocumentCheck.objects.filter(session=session).first()
    registered = is_face_registered(session)
    facts = SessionFacts(
        session_id=session_id,
        start_time=naive(session.started_at) or "",
        end_time=naive(session.ended_at),
        duration_seconds=round(found.duration_s, 2),
        frames_received=found.received,
        frames_analyzed=found.analysed,
        alerts=alerts_of(session),
        figures={name: each.to_json() for name, each in found.measures.items()},
        emotion_summary=shares_of(emotions),
        why_no_emotions=emotions.disabled_reason,
        document=None if document is None else document_told(document),
        faces=face_checks.summary_of(session, is_registered=registered),
    )
    return reports.report_of(facts)


def alerts_of(session: MonitoringSession) -> list[dict[str, Any]]:
    """The session's incidents as alerts, oldest first."""
    return [
        alerts.of_incident(
            each.kind,
            each.severity,
            seconds_since(session, each.started_at),
            count=each.count,
            repeats=each.repeats,
            confidence=each.confidence,
        )
        for each in figures.alerts(session)
    ]


def shares_of(emotions: Emotions) -> dict[str, float]:
    """`emotion_summary`: means by that contract's names."""
    return {name.upper(): round(float(each.to_json()["mean"]), 1) for name, each in emotions.summary.items()}


def document_told(document: DocumentCheck) -> dict[str, Any]:
    """`document_verification`: people decide where a program could not."""
    is_alike = document.answer == "alike"
    return {
        "document_type": document.document_type,
        "verified": is_alike,
        "similarity": face_checks.percent(document.similarity, is_alike=is_alike),
        "verified_at": naive(document.token_used_at or document.created_at),
    }
