"""A report as JSON: our own facts, and beside them the keys that clients of older session reports read.

Those keys stay, so that such clients go on working; what would have to be invented is null, and
`not_measured` says why.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from proctoring.reports.facts import AttemptReport, IncidentFacts
from proctoring.reports.sentences import share_words

SCHEMA = 1
_SCORES = (
    "eye_contact", "posture", "gestures", "facial_expressions", "voice_tone", "confidence", "engagement",
)  # fmt: skip
_BREAKDOWN = (
    "behavior", "body_language", "communicationSkills", "confidenceLevel", "culturalFit",
    "leadershipPotential", "problemSolving", "technicalKnowledge", "professionalAttire",
)  # fmt: skip
_BODY = ("summary", "overallAveragePercentage", "detailed_scores")
_NO_SCORE = "A picture of a face or body does not tell this; no score of a person is made."
_NO_EMOTION = "Emotions are not inferred from faces or voices in exams."
_NO_ADVICE = "No strengths, weaknesses or recommendations about a person are made by a program."
NOT_MEASURED: dict[str, str] = {
    **{f"behavioral_analysis.{name}": _NO_SCORE for name in _SCORES},
    **{f"performanceBreakdown.{name}": _NO_SCORE for name in _BREAKDOWN},
    "body_language_analysis": _NO_SCORE,
    "cultural_fit_analysis": "Nothing about culture can be seen in a camera picture.",
    "overall_behavior_analysis": _NO_SCORE,
    "quickStats": _NO_SCORE,
    "emotion_summary": _NO_EMOTION,
    "emotion_timeline": _NO_EMOTION,
    "aiEvaluationSummary.keyStrengths": _NO_ADVICE,
    "aiEvaluationSummary.areasOfGrowth": _NO_ADVICE,
    "video_analysis_insights": _NO_ADVICE,
    "recommendations": _NO_ADVICE,
}
"""Keys of older reports that are null here, each with its reason."""
_ALERT_SEVERITY = {"low": "info", "medium": "warning", "high": "critical"}


def to_json(report: AttemptReport) -> dict[str, Any]:
    """The whole report; every value is a plain JSON value, and moments are ISO 8601 in UTC."""
    alerts = [_alert(each, report.begin) for each in report.incidents]
    plain: dict[str, Any] = _plain(asdict(report))
    return {
        "success": True,
        "status": "success",
        "schema": SCHEMA,
        "session_id": report.session,
        **plain,
        "not_measured": NOT_MEASURED,
        **_flat_keys(report, alerts),
        "report": _nested_keys(report, alerts),
    }


def _flat_keys(report: AttemptReport, alerts: list[dict[str, Any]]) -> dict[str, Any]:
    """The flat keys of version 2 of the older report."""
    nothing = {"overallAveragePercentage": None, "summary": None}
    return {
        "behavioral_analysis": dict.fromkeys(_SCORES),
        "performanceBreakdown": {name: dict(nothing) for name in _BREAKDOWN},
        "quickStats": None,
        "aiEvaluationSummary": {
            "summary": " ".join(report.summary),
            "keyStrengths": None,
            "areasOfGrowth": None,
        },
        "video_analysis_insights": _insights() | {"keyStrengths": None, "areasOfGrowth": None},
        "recommendations": {"recommendation": None, "summary": None},
        "session_metadata": {
            "start_time": _moment(report.begin),
            "end_time": _moment(report.end),
            "duration_seconds": round(report.seconds, 1),
            "total_frames_analyzed": report.coverage.totals.analysed,
            "total_alerts": len(alerts),
            "document_verified": None,
            "face_registered": None,
        },
        "document_verification": None,
        "face_verification_summary": None,
        "emotion_summary": None,
        "alert_history": alerts,
        "token_consumption": _tokens(),
    }


def _nested_keys(report: AttemptReport, alerts: list[dict[str, Any]]) -> dict[str, Any]:
    """The keys of version 1, which stood below `report`."""
    share = report.coverage.watched_share
    return {
        "session_id": report.session,
        "session_summary": {
            "start_time": _moment(report.begin),
            "end_time": _moment(report.end),
            "duration_seconds": round(report.seconds, 1),
            "total_frames_received": report.coverage.totals.captured,
            "frames_analyzed": report.coverage.totals.analysed,
            "total_alerts": len(alerts),
        },
        "behavioral_analysis": dict.fromkeys(_SCORES) | {"emotion_summary": None},
        "body_language_analysis": {
            "summary": None,
            "overallAveragePercentage": None,
            "detailed_scores": None,
        },
        "cultural_fit_analysis": None,
        "overall_behavior_analysis": None,
        "video_analysis_insights": _insights(),
        "emotion_timeline": [],
        "alert_history": alerts,
        "ai_summary": report.machine.text if report.machine else None,
        "token_consumption": _tokens(),
        "analysis_metadata": {
            "llm_enhanced": report.machine is not None,
            "llm_provider": report.machine.model if report.machine else None,
            "covered": None if share is None else share_words(share),
        },
    }


def _insights() -> dict[str, None]:
    return dict.fromkeys(("positive_indicators", "areas_for_improvement", "recommendations"))


def _tokens() -> dict[str, int]:
    """Both spellings that clients read."""
    return {"total_tokens": 0, "total_tokens_consumed": 0}


def _alert(incident: IncidentFacts, begin: datetime) -> dict[str, Any]:
    return {
        "type": incident.kind,
        "severity": _ALERT_SEVERITY.get(incident.severity, "warning"),
        "message": incident.explanation,
        "timestamp": round((incident.begin - begin).total_seconds(), 1),
        "incident": incident.number,
        "review_state": incident.review,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds")


def _plain(value: Any) -> Any:
    """Moments as text, tuples as lists."""
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
