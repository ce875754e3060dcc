"""What a session of another system is told of itself: figures, alerts, emotions, the report."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from proctor_site.kernel import clock
from proctoring import emotions as emotions_allowed
from proctoring.analysis.session_measures import figures_of
from proctoring.coverage import coverage_of
from proctoring.live import presence
from proctoring.models import Incident, MonitoringSession
from proctoring.reports.as_json import to_json
from proctoring.reports.gather import report_of
from proctoring.states import SESSION_LIVE
from proctoring.vision.measures import Figure

_EMOTION = "emotion_"
_FROM_EMOTIONS = ("facial_expression", "engagement")
MEASURES = ("eye_contact", "posture", "head_stability", "detector_confidence", *_FROM_EMOTIONS)
"""Figures from 0 to 100 of angles and moves, never a mark of the person (decision 0082)."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Running figures. `received`: pictures that were taken; `analysed` of them were looked at.

    `measures` has what was measured, by the names of MEASURES; `not_measured` says why the others are absent.
    """

    duration_s: float
    received: int
    analysed: int
    sound_s: float
    measures: dict[str, Figure]
    not_measured: dict[str, str]
    alerts: int
    open_alerts: int
    by_severity: dict[str, int]


@dataclass(frozen=True, slots=True)
class Emotions:
    """Shares of emotions from 0 to 100; with a `disabled_reason` nothing is read and nothing is here."""

    disabled_reason: str
    summary: dict[str, Figure]


def metrics(session: MonitoringSession) -> Metrics:
    """The figures up to now. Counts of an ended session may lack the last minute for as long again."""
    found = {name: each for name, each in figures_of(session).items() if name in MEASURES}
    reason = emotions_allowed.why_not(session.institution)
    missing = {name: reason or "Not measured yet." for name in _FROM_EMOTIONS if name not in found}
    severities = list(alerts(session).values_list("severity", "ended_at"))
    watched = coverage_of(session).totals
    received, analysed = watched.captured, watched.analysed
    if session.state == SESSION_LIVE and session.attempt_id is not None:
        here = presence.read(session.attempt_id)  # rows follow a minute later
        received = max(received, here.analysed + here.shed)
        analysed = max(analysed, here.analysed)
    return Metrics(
        duration_s=_seconds(session.started_at, session.ended_at),
        received=received,
        analysed=analysed,
        sound_s=watched.clips_s,
        measures=found,
        not_measured=missing,
        alerts=len(severities),
        open_alerts=sum(ended_at is None for _, ended_at in severities),
        by_severity={each: sum(one == each for one, _ in severities) for each in _SEVERITIES},
    )


def metrics_json(session: MonitoringSession) -> dict[str, Any]:
    """The figures as the API tells them."""
    found = metrics(session)
    return {
        "session_id": session.outside.name,
        "state": session.state,
        "duration_seconds": round(found.duration_s, 1),
        "frames_received": found.received,
        "frames_analysed": found.analysed,
        "sound_seconds": round(found.sound_s, 1),
        "measures": {name: asdict(each) for name, each in found.measures.items()},
        "not_measured": found.not_measured,
        "alerts": {"total": found.alerts, "open": found.open_alerts, "by_severity": found.by_severity},
    }


def alerts(session: MonitoringSession) -> "QuerySet[Incident]":
    """The session's incidents, oldest first: questions for people, not findings."""
    rows: QuerySet[Incident] = Incident.objects.filter(session=session).order_by("started_at", "pk")
    return rows


def emotions(session: MonitoringSession) -> Emotions:
    """Shares of emotions, where operator, law and institution all allow it (decision 0082)."""
    reason = emotions_allowed.why_not(session.institution)
    if reason:
        return Emotions(reason, {})
    found = figures_of(session)
    names = sorted(name for name in found if name.startswith(_EMOTION))
    return Emotions("", {name.removeprefix(_EMOTION): found[name] for name in names})


def report(session: MonitoringSession, viewer: User) -> dict[str, Any]:
    """The report about the session as JSON (decision 0150), as `viewer` may read it."""
    return to_json(report_of(session, viewer, zone=session.institution.time_zone))


_SEVERITIES = ("info", "low", "medium", "high")


def _seconds(begin: datetime, end: datetime | None) -> float:
    return max(0.0, ((end or clock.now()) - begin).total_seconds())
