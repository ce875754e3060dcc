"""The VideoProctoring contract, sessions: start, frames, metrics, alerts, emotions, list, delete, end."""

import uuid
from typing import Any

from django.conf import settings
from django.db import transaction

from proctor_site.kernel.errors import Conflict, InvalidInput, Overloaded
from proctoring import compat_keys, emotions
from proctoring.analysis import context
from proctoring.compat import face_checks, pictures, scores, sessions, video_reports
from proctoring.compat.calls import Call, job_data_of
from proctoring.compat.sessions import naive, seconds_since
from proctoring.identity import document_tokens
from proctoring.ingest.services import accept_frame
from proctoring.models import DocumentCheck, MonitoringSession
from proctoring.outside import figures, services
from proctoring.states import SESSION_LIVE

MOST_LISTED = 500
_TAKEN = "candidate_active"


def start(call: Call) -> Any:
    """`POST /api/sessions/start`. With a token of `verify-document`, which is used up by it."""
    session_id = call.text("session_id", most=100) or str(uuid.uuid4())
    job_data = job_data_of(call.fields)
    token = call.text("verification_token", most=200)
    try:
        with transaction.atomic():
            session = _begin(call, session_id, job_data)
            document = document_tokens.redeem(token, session) if token else None
    except Conflict as refusal:
        words = "Session already active" if refusal.code == "session_active" else refusal.message
        raise Conflict(words, code=refusal.code) from refusal
    return started(session, document)


def _begin(call: Call, session_id: str, job_data: dict[str, Any]) -> MonitoringSession:
    number, name = sessions.person_in(call, job_data, session_id)
    try:
        return sessions.begin(call, session_id, candidate_id=number, name=name, job_data=job_data)
    except Conflict as refusal:
        if refusal.code != _TAKEN:
            raise
    # A page that was closed without a word must not keep its candidate out: this one is somebody of its own.
    number = sessions.number_for(call, f"session-{session_id}")
    return sessions.begin(call, session_id, candidate_id=number, name=name, job_data=job_data)


def started(session: MonitoringSession, document: DocumentCheck | None) -> dict[str, Any]:
    """The answer to a start, of both versions."""
    name = name_of(session)
    base = f"/api/sessions/{name}"
    told: dict[str, Any] = {
        "success": True,
        "session_id": name,
        "status": "active",
        "start_time": naive(session.started_at),
        "websocket_url": settings.BASE_URL.replace("http", "ws", 1),
        "api_endpoints": {
            "analyze_frame": f"{base}/frame",
            "get_metrics": f"{base}/metrics",
            "get_alerts": f"{base}/alerts",
            "end_session": f"{base}/end",
            "get_verification_status": f"{base}/verification-status",
            "register_face": f"{base}/register-face",
        },
        "document_verified": document is not None,
        "face_registered": False,
        "face_verification_required": False,
        "message": "Session started",
    }
    if document is not None:
        return {**told, "verification_info": video_reports.document_told(document)}
    return {**told, "pre_verification_endpoint": "/api/verify-document"}


def frame(call: Call, session_id: str) -> Any:
    """`POST /api/sessions/{id}/frame`: JSON or multipart. What cannot be looked at is 200 with an error."""
    session = sessions.find_live(call, session_id)
    picture = call.picture("frame", "image")
    if picture is None:
        is_form = call.request.content_type == "multipart/form-data"
        word = "No frame file provided" if is_form else "No frame data provided"
        raise InvalidInput(word, code="required")
    result = frame_result(session, picture)
    return {"success": True, "session_id": session_id, "result": result}


def frame_result(session: MonitoringSession, picture: bytes) -> dict[str, Any]:
    """`result` of one picture. Raises Conflict (`ended`), Overloaded with the time to wait, Unavailable."""
    number, seconds = sessions.next_number(session), seconds_since(session)
    told: dict[str, Any] = {"number": number + 1, "seconds": seconds}
    try:
        answer = accept_frame(session, pictures.fitting(picture), sequence=number)
    except InvalidInput as refusal:
        return scores.error_of(refusal.message, **told, code=refusal.code)
    except Conflict as refusal:
        raise Conflict(
            "Session has ended" if refusal.code == "ended" else refusal.message, code=refusal.code
        ) from refusal
    report = answer.report
    if report is None:
        if answer.code == "overloaded":
            more = {"retry_after_ms": answer.next_frame_after_ms}
            raise Overloaded("The server is busy; send the next frame later", details=more)
        word = "The last frame is still being looked at" if answer.code == "frame_in_flight" else answer.code
        return scores.error_of(word, **told, code=answer.code, next_frame_after_ms=answer.next_frame_after_ms)
    result = scores.result_of(
        report,
        **told,
        open_kinds=answer.incidents,
        is_registered=bool(context.of(session).references),
        why_no_emotions=emotions.why_not(session.institution),
    )
    face_checks.note(session, result["face_verification"], seconds)
    return result


def metrics(call: Call, session_id: str) -> Any:
    """`GET ../metrics`: means of what was measured."""
    return live_metrics(sessions.find(call, session_id), session_id)


def live_metrics(session: MonitoringSession, session_id: str) -> dict[str, Any]:
    """The same, also for sockets."""
    found = figures.metrics(session)
    if not found.received:
        return {
            "success": True,
            "session_id": session_id,
            "frames_analyzed": 0,
            "session_duration": 0,
            "metrics": {},
        }
    told = video_reports.alerts_of(session)
    summary = figures.emotions(session)
    return {
        "success": True,
        "session_id": session_id,
        "frames_analyzed": found.analysed,
        "total_frames_received": found.received,
        "session_duration": round(found.duration_s, 2),
        "is_active": session.state == SESSION_LIVE,
        "metrics": scores.means_of({name: each.to_json() for name, each in found.measures.items()}),
        "emotion_summary": video_reports.shares_of(summary),
        "alert_count": len(told),
        "recent_alerts": told[-5:],
        **({"disabled_reason": summary.disabled_reason} if summary.disabled_reason else {}),
    }


def alerts_list(call: Call, session_id: str) -> Any:
    """`GET ../alerts`: one alert for each incident, however many frames showed it."""
    told = video_reports.alerts_of(sessions.find(call, session_id))
    return {"success": True, "session_id": session_id, "total_alerts": len(told), "alerts": told}


def emotions_list(call: Call, session_id: str) -> Any:
    """`GET ../emotions`: empty, with the reason, where none are read. No timeline of a face is ever kept."""
    found = figures.emotions(sessions.find(call, session_id))
    return {
        "success": True,
        "session_id": session_id,
        "emotion_summary": video_reports.shares_of(found),
        "emotion_timeline": [],
        "disabled_reason": found.disabled_reason or video_reports.NO_TIMELINE,
    }


def list_all(call: Call) -> Any:
    """`GET /api/sessions`, newest first, for keys that stay on a server."""
    sessions.require_private(call)
    rows = compat_keys.sessions_of(call.key).order_by("-pk")[:MOST_LISTED]
    told = [_line(session) for session in rows]
    return {"success": True, "total_sessions": len(told), "sessions": told}


def delete(call: Call, session_id: str) -> Any:
    """`DELETE /api/sessions/{id}`, for keys that stay on a server; a live one is ended first."""
    sessions.require_private(call)
    session = sessions.find(call, session_id)
    services.end(session, actor=call.actor)
    services.delete(session, actor=call.actor)
    return {"success": True, "message": f"Session {session_id} deleted"}


def end(call: Call, session_id: str) -> Any:
    """`POST ../end`, also as a beacon without a body. Once only: a repeat gets the same report."""
    session = sessions.find(call, session_id)
    return ended(call, session, session_id)


def ended(call: Call, session: MonitoringSession, session_id: str) -> dict[str, Any]:
    """Ends the session and tells its report."""
    if session.state == SESSION_LIVE:
        services.end(session, actor=call.actor)
    return video_reports.report_of(session, session_id)


def name_of(session: MonitoringSession) -> str:
    """What the caller calls the session."""
    return str(session.outside.name)


def _line(session: MonitoringSession) -> dict[str, Any]:
    return {
        "session_id": name_of(session),
        "is_active": session.state == SESSION_LIVE,
        "start_time": naive(session.started_at),
        "frames_analyzed": figures.metrics(session).analysed,
        "alert_count": figures.alerts(session).count(),
    }
