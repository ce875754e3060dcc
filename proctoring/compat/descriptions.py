"""What `/`, `/health` and `/api/docs` tell: which contract is answered, and where the differences stand."""

from typing import Any

from django.conf import settings

from proctor_site.kernel import clock
from proctoring import compat_keys
from proctoring.compat.calls import Call
from proctoring.models.compat import Contract
from proctoring.states import SESSION_LIVE

SERVICE = "Video Proctoring API"
VERSION = "2.0.0"
DIFFERENCES = "docs/moving_over.md tells what is answered otherwise, and why."


def hello(call: Call) -> dict[str, Any]:
    """`GET /`: the greeting of one contract, the description of the other, in one body."""
    greeting = {"message": "Hello World"} if Contract.DYTE in call.key.contracts else {}
    return {**_described(), **greeting}


def docs(call: Call) -> dict[str, Any]:
    """`GET /api/docs`."""
    return _described()


def health(call: Call) -> dict[str, Any]:
    """`GET /health`: what of the contract is switched on. `active_sessions`: those of the key."""
    live = compat_keys.sessions_of(call.key).filter(state=SESSION_LIVE)
    return {
        "status": "healthy",
        "service": SERVICE,
        "version": VERSION,
        "timestamp": clock.now().replace(tzinfo=None).isoformat(),
        "features": {
            "aws_rekognition": False,
            "openai_llm": False,
            "anthropic_llm": False,
            "websocket_enabled": True,
            "rest_api_enabled": True,
            "video_url_analysis": bool(settings.COMPAT_FILM_HOSTS),
        },
        "active_sessions": live.count(),
    }


def _described() -> dict[str, Any]:
    return {
        "service": SERVICE,
        "version": VERSION,
        "status": "running",
        "documentation": DIFFERENCES,
        "endpoints": {
            "start_session": "POST /api/sessions/start",
            "analyze_frame": "POST /api/sessions/{session_id}/frame",
            "get_metrics": "GET /api/sessions/{session_id}/metrics",
            "get_alerts": "GET /api/sessions/{session_id}/alerts",
            "get_emotions": "GET /api/sessions/{session_id}/emotions",
            "end_session": "POST /api/sessions/{session_id}/end",
            "delete_session": "DELETE /api/sessions/{session_id}",
            "list_sessions": "GET /api/sessions",
            "verify_document": "POST /api/verify-document",
            "register_face": "POST /api/sessions/{session_id}/register-face",
            "verification_status": "GET /api/sessions/{session_id}/verification-status",
            "health": "GET /health",
        },
        "websocket": "Socket.IO at /socket.io/",
    }
