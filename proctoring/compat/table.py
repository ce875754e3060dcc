"""All addresses of the replaced systems, with who answers them."""

from proctoring.compat import (
    descriptions,
    dyte_checks,
    dyte_meetings,
    films,
    proctored_exam,
    video_identity,
    video_sessions,
)
from proctoring.compat.routes import Route
from proctoring.models.compat import Contract

_DYTE, _VIDEO, _EXAM = Contract.DYTE, Contract.VIDEO, Contract.EXAM
_SESSION = "sessions/<session_id>"

_VIDEO_ROUTES = (
    Route(_VIDEO, "GET", "", descriptions.hello),
    Route(_VIDEO, "GET", "health", descriptions.health),
    Route(_VIDEO, "GET", "docs", descriptions.docs),
    Route(_VIDEO, "GET", "sessions", video_sessions.list_all),
    Route(_VIDEO, "POST", "sessions/start", video_sessions.start, is_rare=True),
    Route(_VIDEO, "DELETE", _SESSION, video_sessions.delete),
    Route(_VIDEO, "POST", f"{_SESSION}/frame", video_sessions.frame, is_looked_at=True),
    Route(_VIDEO, "GET", f"{_SESSION}/metrics", video_sessions.metrics),
    Route(_VIDEO, "GET", f"{_SESSION}/alerts", video_sessions.alerts_list),
    Route(_VIDEO, "GET", f"{_SESSION}/emotions", video_sessions.emotions_list),
    Route(_VIDEO, "POST", f"{_SESSION}/end", video_sessions.end),
    Route(
        _VIDEO,
        "POST",
        f"{_SESSION}/register-face",
        video_identity.register_face,
        is_rare=True,
        is_looked_at=True,
    ),
    Route(
        _VIDEO,
        "POST",
        f"{_SESSION}/verify-document",
        video_identity.verify_in_session,
        is_rare=True,
        is_looked_at=True,
    ),
    Route(_VIDEO, "GET", f"{_SESSION}/document-status", video_identity.document_status),
    Route(_VIDEO, "GET", f"{_SESSION}/verification-status", video_identity.verification_status),
    Route(_VIDEO, "POST", "verify-document", video_identity.verify_document, is_rare=True, is_looked_at=True),
    Route(_VIDEO, "POST", "comprehensive-interview-analysis", films.analyse, is_rare=True),
    Route(_VIDEO, "GET", "comprehensive-interview-analysis/<film_id>", films.answer),
)
_DYTE_ROUTES = (
    Route(_DYTE, "GET", "", descriptions.hello),
    Route(_DYTE, "POST", "meetings", dyte_meetings.make, is_rare=True),
    Route(_DYTE, "POST", "meetings/<meeting_id>/participants", dyte_meetings.add_participant, is_rare=True),
    Route(_DYTE, "POST", "is_admin", dyte_meetings.is_admin),
    Route(_DYTE, "POST", "detect_faces", dyte_checks.detect_faces, is_looked_at=True),
    Route(_DYTE, "POST", "multiple_faces_list", dyte_checks.faces_list),
    Route(_DYTE, "POST", "same_faces", dyte_checks.same_faces, is_looked_at=True),
    Route(_DYTE, "POST", "upload_photo", dyte_checks.upload_photo, is_rare=True, is_looked_at=True),
    Route(_DYTE, "POST", "suspicious_list", dyte_checks.suspicious_list),
    Route(_DYTE, "POST", "multiple_voices", dyte_checks.multiple_voices, is_looked_at=True),
    Route(_DYTE, "POST", "multiple_voices_list", dyte_checks.voices_list),
    Route(_DYTE, "GET", "v2/meeting", dyte_meetings.open_room),
    Route(_DYTE, "GET", "files/<ticket>", dyte_checks.evidence_file),
)
_EXAM_ROUTES = (
    Route(_EXAM, "POST", "register", proctored_exam.register, is_rare=True),
    Route(_EXAM, "POST", "login", proctored_exam.login, is_rare=True),
    Route(_EXAM, "POST", "upload-frame", proctored_exam.upload_frame, is_looked_at=True),
    Route(_EXAM, "GET", "alerts", proctored_exam.alerts),
    Route(_EXAM, "POST", "submit", proctored_exam.submit),
)
ROUTES: tuple[Route, ...] = (*_VIDEO_ROUTES, *_DYTE_ROUTES, *_EXAM_ROUTES)
