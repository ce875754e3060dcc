"""The VideoProctoring contract, identity: documents before and in a session, the registered face."""

from typing import Any

from proctor_site.kernel.errors import InvalidInput, NotAllowed, Refusal
from proctoring import law_guards
from proctoring.compat import face_checks, pictures, sessions, video_reports
from proctoring.compat.calls import Answer, Call
from proctoring.compat.scores import THRESHOLD, rounded
from proctoring.identity import document_tokens, reference
from proctoring.models import DocumentCheck
from proctoring.models.identity_check import DocumentAnswer

_SAID = {
    DocumentAnswer.ALIKE.value: "The face on the document fits the live face",
    DocumentAnswer.UNLIKE.value: "The face on the document does not fit the live face; a person should look",
    DocumentAnswer.CANNOT_SAY.value: "A program cannot say whether the faces fit; a person should look",
}


def verify_document(call: Call) -> Any:
    """`POST /api/verify-document`: two photos compared, none kept; alike gives a token, good once."""
    _require_faces(call)
    kind = call.text("document_type", most=30) or "other"
    try:
        found = document_tokens.verify(
            call.institution,
            document_photo=_photo(call, "document"),
            live_photo=_photo(call, "live_face", "face"),
            document_type=kind,
            actor=call.actor,
        )
    except InvalidInput as refusal:
        return _not_verified(refusal, kind)
    check, face = found.check, found.live.face
    told = {
        **_verdict(check),
        "document_face_confidence": _confidence(found.document.face),
        "live_face_confidence": _confidence(face),
        "next_step": "start_session" if found.token else "human_review",
    }
    if not found.token:
        return told
    return {**told, "verification_token": found.token, "token_expires_in": "30 minutes"}


def verify_in_session(call: Call, session_id: str) -> Any:
    """`POST ../verify-document`: compared with the registered face, or with `live_face` where it comes."""
    session = sessions.find_live(call, session_id)
    _require_faces(call)
    kind = call.text("document_type", most=30) or "other"
    live = call.picture("live_face", "face")
    try:
        photo = _photo(call, "document")
        if live is None:
            check = document_tokens.verify_in(
                session, document_photo=photo, document_type=kind, actor=call.actor
            )
        else:
            found = document_tokens.verify(
                call.institution,
                document_photo=photo,
                live_photo=pictures.fitting_photo(live, "live_face"),
                document_type=kind,
                actor=call.actor,
            )
            check = document_tokens.redeem(found.token, session) if found.token else found.check
    except InvalidInput as refusal:
        return _not_verified(refusal, kind)
    return {"session_id": session_id, **_verdict(check)}


def document_status(call: Call, session_id: str) -> Any:
    """`GET ../document-status`."""
    session = sessions.find(call, session_id)
    check = DocumentCheck.objects.filter(session=session).first()
    return {
        "success": True,
        "session_id": session_id,
        "document_verified": check is not None and check.answer == DocumentAnswer.ALIKE,
        "verification_info": None if check is None else video_reports.document_told(check),
    }


def register_face(call: Call, session_id: str) -> Any:
    """`POST ../register-face`: what is not good enough is 200 with `success` false, as in that contract."""
    session = sessions.find_live(call, session_id)
    _require_faces(call)
    if sessions.is_face_registered(session):
        raise InvalidInput("Face already registered for this session", code="face_registered")
    picture = call.picture("face", "frame", "image")
    if picture is None:
        raise InvalidInput("No face image provided", code="required")
    try:
        judged = reference.enrol(session, pictures.fitting_photo(picture, "face"))
    except InvalidInput as refusal:
        return {"success": False, "error": refusal.message, "message": refusal.message, "code": refusal.code}
    face, report = judged.report.face, judged.report
    if not judged.ok:
        code, words = judged.problems[0]
        return {"success": False, "error": words, "message": words, "code": code}
    box = None
    if face is not None and report.width and report.height:
        box = {
            "Left": round(face.x / report.width, 4),
            "Top": round(face.y / report.height, 4),
            "Width": round(face.w / report.width, 4),
            "Height": round(face.h / report.height, 4),
        }
    return {
        "success": True,
        "message": "Face registered",
        "face_confidence": _confidence(face),
        "face_bounding_box": box,
        "verification_enabled": True,
    }


def verification_status(call: Call, session_id: str) -> Any:
    """`GET ../verification-status`."""
    session = sessions.find(call, session_id)
    registered = sessions.is_face_registered(session)
    return {
        "success": True,
        "session_id": session_id,
        "face_registered": registered,
        "verification_summary": face_checks.summary_of(session, is_registered=registered),
        "recent_verifications": face_checks.recent_of(session),
    }


def _require_faces(call: Call) -> None:
    """Only where the law allows it and the key's pages ask for consent. Raises NotAllowed, Conflict."""
    if not call.key.faces:
        raise NotAllowed(
            "The pages of this key ask candidates for no consent to face comparison.", code="consent_missing"
        )
    law_guards.require_biometrics(call.institution, way="a client of a replaced system")


def _photo(call: Call, *names: str) -> bytes:
    picture = call.picture(*names)
    if picture is None:
        raise InvalidInput(f"No {names[0]} image provided", field=names[0], code="required")
    return pictures.fitting_photo(picture, names[0])


def _verdict(check: DocumentCheck) -> dict[str, Any]:
    is_alike = check.answer == DocumentAnswer.ALIKE
    return {
        "success": True,
        "verified": is_alike,
        "similarity": face_checks.percent(check.similarity, is_alike=is_alike),
        "threshold": THRESHOLD,
        "document_type": check.document_type,
        "message": _SAID[check.answer],
    }


def _not_verified(refusal: Refusal, kind: str) -> Answer:
    body = {
        "success": False,
        "verified": False,
        "error": refusal.message,
        "code": refusal.code,
        "field": refusal.field,
        "document_type": kind,
    }
    return Answer(400, body)


def _confidence(face: Any) -> float | None:
    return None if face is None else rounded(100 * face.score)
