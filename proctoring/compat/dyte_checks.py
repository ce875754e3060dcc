"""The Dyte contract, checks of pictures and recordings, and the lists that the meeting's admin reads."""

from typing import Any

from django.core.cache import cache

from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, Overloaded
from proctoring import compat_keys
from proctoring.analysis import heard
from proctoring.compat import dyte_meetings, evidence_links, pictures, sessions
from proctoring.compat.calls import Call, picture_bytes
from proctoring.compat.verdicts import FACES, OTHER_FACE, REFERENCE, VOICES, Row, newest_first, verdict_text
from proctoring.identity import reference
from proctoring.ingest.clips import accept_clip
from proctoring.ingest.services import FrameAnswer, accept_frame
from proctoring.models import CompatMeeting, Incident, MonitoringSession, ReferenceFace
from proctoring.observations import ObservationKind
from proctoring.outside import queries
from proctoring.states import SESSION_LIVE

Kind = ObservationKind
NOT_UPLOADED, UPLOADED = "not uploaded", "uploaded"
COOL_DOWN_S = 600
"""One stored item of a kind for each participant in ten minutes, as in that contract."""
_MOST_ROWS = 200
_ANOMALIES = {
    Kind.SEVERAL_FACES.value: FACES,
    Kind.DIFFERENT_PERSON.value: OTHER_FACE,
    Kind.ANOTHER_VOICE.value: VOICES,
    Kind.DIFFERENT_VOICE.value: VOICES,
}


def detect_faces(call: Call) -> Any:
    """`POST /detect_faces`: whether more than one face is in the picture; nobody at all is no alert."""
    session, participant = _session(call)
    answer = _look(session, _picture(call))
    is_found = _is_seen(answer, Kind.SEVERAL_FACES)
    return _told(session, participant, "multiple_detected", is_found, Kind.SEVERAL_FACES)


def same_faces(call: Call) -> Any:
    """`POST /same_faces`: compared with the photo that was uploaded; `ref_image_url` is not looked at."""
    session, participant = _session(call)
    if not sessions.is_face_registered(session):
        raise Conflict("Upload a reference photo first", code="no_reference")
    answer = _look(session, _picture(call))
    is_found = _is_seen(answer, Kind.DIFFERENT_PERSON)
    return _told(session, participant, "different_faces_detected", is_found, Kind.DIFFERENT_PERSON)


def upload_photo(call: Call) -> Any:
    """`POST /upload_photo`: the reference photo. `img_url` names it and is no address that anybody opens."""
    session, participant = _session(call)
    judged = reference.enrol(session, pictures.fitting_photo(_picture(call), "base64_img"))
    if not judged.ok:
        raise InvalidInput(judged.problems[0][1], code=judged.problems[0][0], field="base64_img")
    return {"id": participant, "img_url": f"reference:{participant}", "reference_image_uploaded": True}


def multiple_voices(call: Call) -> Any:
    """`POST /multiple_voices`, multipart: whether another voice is in the recording."""
    session, participant = _session(call)
    given = call.fields.get("file")
    if given in (None, ""):
        raise InvalidInput("file is required", field="file", code="required")
    recording = picture_bytes(given, "file")
    number = heard.load(session.pk).last_sequence + 1
    answer = accept_clip(session, recording, sequence=number)
    found = {Kind.ANOTHER_VOICE.value, Kind.DIFFERENT_VOICE.value} & set(answer.incidents)
    return _told(session, participant, "different_voices_detected", bool(found), Kind.ANOTHER_VOICE)


def faces_list(call: Call) -> Any:
    """`POST /multiple_faces_list`."""
    meeting = dyte_meetings.require_admin(call)
    return newest_first(_rows(call, meeting, (Kind.SEVERAL_FACES,)))


def suspicious_list(call: Call) -> Any:
    """`POST /suspicious_list`: other faces and several ones, and who has a reference photo."""
    meeting = dyte_meetings.require_admin(call)
    rows = _rows(call, meeting, (Kind.SEVERAL_FACES, Kind.DIFFERENT_PERSON))
    faces = ReferenceFace.objects.filter(session__in=_sessions(call, meeting), view="check_in")
    for face in faces.select_related("session__outside", "session__candidate"):
        rows.append(_row(meeting, face.session, face.created_at, "", REFERENCE))
    return newest_first(rows)


def voices_list(call: Call) -> Any:
    """`POST /multiple_voices_list`."""
    meeting = dyte_meetings.require_admin(call)
    return newest_first(_rows(call, meeting, (Kind.ANOTHER_VOICE, Kind.DIFFERENT_VOICE)))


def evidence_file(call: Call, ticket: str) -> Any:
    """`GET /files/{ticket}`: ours, what `img_url` and `audio_url` of lists lead to for some minutes."""
    return evidence_links.open_ticket(call, ticket)


def _session(call: Call) -> tuple[MonitoringSession, str]:
    """The session of a participant in a meeting, begun with the first picture, and the participant's id."""
    given = {
        name: call.text(name, most=200, required=True)
        for name in ("meeting_id", "participant_id", "participant_name")
    }
    meeting = dyte_meetings.find(call, given["meeting_id"])
    participant = given["participant_id"]
    name = f"{_prefix(meeting)}{dyte_meetings.mark_of(participant)}"
    try:
        session = queries.find(call.institution, name)
    except NotFound:
        number = dyte_meetings.number_of(call, meeting, participant)
        return sessions.begin(
            call, name, candidate_id=number, name=given["participant_name"], job_data=given
        ), participant
    if session.state != SESSION_LIVE:
        raise Conflict("Session has ended", code="ended")
    return session, participant


def _prefix(meeting: CompatMeeting) -> str:
    return f"dyte-{meeting.public_id.hex}-"


def _picture(call: Call) -> bytes:
    picture = call.picture("base64_img")
    if picture is None:
        raise InvalidInput("base64_img is required", field="base64_img", code="required")
    return picture


def _look(session: MonitoringSession, picture: bytes) -> FrameAnswer:
    answer = accept_frame(session, pictures.fitting(picture), sequence=sessions.next_number(session))
    if answer.report is None:
        details = {"retry_after_ms": answer.next_frame_after_ms}
        raise Overloaded("The picture was not looked at; send the next one later", details=details)
    return answer


def _is_seen(answer: FrameAnswer, kind: ObservationKind) -> bool:
    seen = answer.report.observation(kind) if answer.report is not None else None
    return seen is not None and seen.present and seen.informative


def _told(
    session: MonitoringSession, participant: str, word: str, is_found: bool, kind: ObservationKind
) -> dict[str, Any]:
    """`url` says whether something was stored now. It is no link: this page is the candidate's own, and
    evidence is shown to them when people have released it."""
    told: dict[str, Any] = {"id": participant, word: is_found}
    if is_found:
        is_first = cache.add(f"compat-hit:{session.pk}:{kind.value}", 1, COOL_DOWN_S)
        told["url"] = UPLOADED if is_first else NOT_UPLOADED
    return told


def _sessions(call: Call, meeting: CompatMeeting) -> Any:
    rows = compat_keys.sessions_of(call.key)
    return rows.filter(outside__name__startswith=_prefix(meeting))


def _rows(call: Call, meeting: CompatMeeting, kinds: tuple[ObservationKind, ...]) -> list[Row]:
    found = Incident.objects.filter(
        session__in=_sessions(call, meeting), kind__in=[kind.value for kind in kinds]
    )
    newest = found.select_related("session__outside", "session__candidate").order_by("-started_at")
    return [
        _row(
            meeting,
            each.session,
            each.started_at,
            evidence_links.address_of(call, each),
            _ANOMALIES[each.kind],
        )
        for each in newest[:_MOST_ROWS]
    ]


def _row(meeting: CompatMeeting, session: MonitoringSession, at: Any, url: str, anomaly: str) -> Row:
    participant = str(session.outside.job_data.get("participant_id", ""))
    name = session.candidate.name if session.candidate is not None else ""
    ts = sessions.naive(at) or ""
    return Row(ts, str(meeting.public_id), participant, url, verdict_text(name, anomaly, participant))
