"""The report of a VideoProctoring session: both versions of that contract in one body. Pure.

Its measurements are ours. What it invented from a face (attire, cultural fit, leadership, knowledge, a
recommendation to hire) has its keys and no values: those clients show a dash, and no person is judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from proctoring.compat.scores import mean_of

NOT_SCORED = "Not scored: a camera does not tell this of a person. People decide after the interview."
NO_TEXT = "No text is written about a person from their camera."
MOST_IN_TIMELINE = 50
_PARTS = (
    "behavior",
    "body_language",
    "communicationSkills",
    "confidenceLevel",
    "culturalFit",
    "leadershipPotential",
    "problemSolving",
    "technicalKnowledge",
    "professionalAttire",
)
_SKILLS = ("communicationSkills", "problemSolving", "technicalKnowledge")
"""These have a second percentage in that contract."""
_QUICK = (
    "communication",
    "technical_knowledge",
    "problem_solving",
    "body_language",
    "cultural_fit",
    "professional_attire",
)
_SEVEN = (
    "eye_contact",
    "posture",
    "gestures",
    "facial_expressions",
    "voice_tone",
    "confidence",
    "engagement",
)
_FIGURE_OF = {
    "eye_contact": "eye_contact",
    "posture": "posture",
    "gestures": "head_stability",
    "facial_expressions": "facial_expression",
    "engagement": "engagement",
}


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What is known of a session. Times: naive ISO 8601 in UTC, as that contract writes them.

    `figures`: running figures by name. `document`: what `document_verification` tells, None without one.
    `faces`: what `face_verification_summary` tells.
    """

    session_id: str
    start_time: str
    end_time: str | None
    duration_seconds: float
    frames_received: int
    frames_analyzed: int
    alerts: Sequence[Mapping[str, Any]] = ()
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    emotion_summary: Mapping[str, float] = field(default_factory=dict)
    emotion_timeline: Sequence[Mapping[str, Any]] = ()
    why_no_emotions: str = ""
    document: Mapping[str, Any] | None = None
    faces: Mapping[str, Any] = field(default_factory=dict)


def report_of(facts: SessionFacts) -> dict[str, Any]:
    """One body for clients of both versions: the flat keys, `success`, and `report` with the old ones."""
    return {
        "status": "success",
        "success": True,
        **_flat(facts),
        "report": _old(facts),
    }


def behaviour_of(facts: SessionFacts) -> dict[str, float | None]:
    """The seven figures; None for those that nobody measures: `voice_tone` never had sound behind it."""
    told = {name: mean_of(facts.figures, _FIGURE_OF.get(name, "")) for name in _SEVEN}
    return {**told, "confidence": None}


def _flat(facts: SessionFacts) -> dict[str, Any]:
    return {
        "session_id": facts.session_id,
        "behavioral_analysis": behaviour_of(facts),
        "performanceBreakdown": {name: _part(name) for name in _PARTS},
        "quickStats": dict.fromkeys(_QUICK),
        "aiEvaluationSummary": {"summary": None, "keyStrengths": [], "areasOfGrowth": []},
        "video_analysis_insights": {
            "keyStrengths": [],
            "areasOfGrowth": [],
            "positive_indicators": [],
            "areas_for_improvement": [],
            "recommendations": [],
        },
        "recommendations": {"recommendation": None, "summary": NOT_SCORED},
        "session_metadata": {
            "start_time": facts.start_time,
            "end_time": facts.end_time,
            "duration_seconds": facts.duration_seconds,
            "total_frames_analyzed": facts.frames_analyzed,
            "total_alerts": len(facts.alerts),
            "document_verified": facts.document is not None,
            "face_registered": bool(facts.faces.get("registered")),
        },
        "document_verification": facts.document,
        "face_verification_summary": dict(facts.faces),
        "emotion_summary": dict(facts.emotion_summary),
        "alert_history": [dict(each) for each in facts.alerts],
        "token_consumption": _tokens(),
        "disabled_reason": _why(facts),
    }


def _old(facts: SessionFacts) -> dict[str, Any]:
    """The keys of the older version, which are read from `report`."""
    return {
        "session_id": facts.session_id,
        "session_summary": {
            "start_time": facts.start_time,
            "end_time": facts.end_time,
            "duration_seconds": facts.duration_seconds,
            "total_frames_received": facts.frames_received,
            "frames_analyzed": facts.frames_analyzed,
            "total_alerts": len(facts.alerts),
        },
        "behavioral_analysis": {**behaviour_of(facts), "emotion_summary": dict(facts.emotion_summary)},
        "body_language_analysis": {
            "summary": NOT_SCORED,
            "overallAveragePercentage": None,
            "detailed_scores": {
                "posture": mean_of(facts.figures, "posture"),
                "eye_contact": mean_of(facts.figures, "eye_contact"),
                "head_stability": mean_of(facts.figures, "head_stability"),
            },
        },
        "cultural_fit_analysis": _part("culturalFit"),
        "overall_behavior_analysis": _part("behavior"),
        "video_analysis_insights": {
            "positive_indicators": [],
            "areas_for_improvement": [],
            "recommendations": [],
        },
        "emotion_timeline": list(facts.emotion_timeline)[:MOST_IN_TIMELINE],
        "alert_history": [dict(each) for each in facts.alerts],
        "ai_summary": None,
        "token_consumption": _tokens(),
        "analysis_metadata": {"llm_enhanced": False, "llm_provider": None},
        "disabled_reason": _why(facts),
    }


def _part(name: str) -> dict[str, Any]:
    part: dict[str, Any] = {"overallAveragePercentage": None, "summary": NOT_SCORED}
    return {"answeredAveragePercentage": None, **part} if name in _SKILLS else part


def _tokens() -> dict[str, int]:
    """Clients read one of two names."""
    return {"total_tokens": 0, "total_tokens_consumed": 0}


def _why(facts: SessionFacts) -> dict[str, str]:
    """Why keys are empty."""
    why = {"scores": NOT_SCORED, "ai_summary": NO_TEXT}
    return {**why, "emotions": facts.why_no_emotions} if facts.why_no_emotions else why
