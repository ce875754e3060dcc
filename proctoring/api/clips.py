"""Recordings of the microphone: one of a session, and the candidate's own voice at check-in."""

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.parsers import LimitedJSONParser
from accounts.api.shapes import ProblemSerializer
from accounts.tenancy import within
from exams.api.base import READING_REFUSALS, REFUSALS, CandidateView
from exams.models import Attempt
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLarge
from proctoring import sessions
from proctoring.api.capture import (
    OctetSoundParser,
    RawSoundParser,
    number_in,
    recording_in,
)
from proctoring.api.origins import CaptureFromListedOrigins
from proctoring.api.sound_shapes import (
    ClipAnswerSerializer,
    ClipSerializer,
    UnheardSerializer,
    VoiceJudgementSerializer,
)
from proctoring.audio.unheard import Unheard
from proctoring.identity import voice
from proctoring.ingest.clips import accept_clip, accept_unheard
from proctoring.models import MonitoringSession

CLIP_HEADERS = [
    OpenApiParameter("X-Sequence", int, OpenApiParameter.HEADER, description="With a raw recording."),
    OpenApiParameter(
        "X-Captured-At", int, OpenApiParameter.HEADER, description="When it began, milliseconds since 1970."
    ),
]


class SendClip(CaptureFromListedOrigins):
    """Send a recording."""

    parser_classes = [RawSoundParser, OctetSoundParser, MultiPartParser, LimitedJSONParser]

    @property
    def most_bytes(self) -> int:  # type: ignore[override]
        """The largest recording."""
        return settings.CLIP_MAX_BYTES

    @extend_schema(
        operation_id="session_clip",
        parameters=CLIP_HEADERS,
        request={
            "audio/webm": OpenApiTypes.BINARY,
            "multipart/form-data": ClipSerializer,
            "application/json": UnheardSerializer,
        },
        responses={200: ClipAnswerSerializer, **REFUSALS, 503: ProblemSerializer},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        """Listens to one complete recording while the request waits.

        `accepted` false is an answer: the copy may go. With 503 keep it and send it again after Retry-After.
        Of a piece with nothing to hear send JSON instead.
        """
        return clip_answer(self.session_for(request, public_id), request)


def clip_answer(session: MonitoringSession, request: Request) -> Response:
    """Takes the recording in the request, or word of a piece without one; whoever may send it."""
    is_unheard = request.content_type.startswith("application/json")
    begin = "started_at" if is_unheard else "captured_at"
    sequence: Any = number_in(request, "sequence", "X-Sequence", required=True)
    captured_ms = number_in(request, begin, "X-Captured-At", required=False)
    if not isinstance(sequence, int):
        raise InvalidInput("sequence must be a whole number.", field="sequence")
    captured_at = None if captured_ms is None else captured_ms / 1000
    with within(session.institution):
        if is_unheard:
            answer = accept_unheard(session, _unheard_in(request), sequence=sequence, captured_at=captured_at)
        else:
            answer = accept_clip(session, recording_in(request), sequence=sequence, captured_at=captured_at)
    return Response(answer.to_json())


def _unheard_in(request: Request) -> Unheard:
    numbers = [
        number_in(request, name, f"X-{name.title()}", required=True) for name in ("seconds", "level_db")
    ]
    seconds, level = (0.0 if each is None else float(each) for each in numbers)
    return Unheard(seconds, level)


class CandidateVoice(CandidateView):
    """Voice at check-in."""

    parser_classes = [RawSoundParser, OctetSoundParser]

    @property
    def most_bytes(self) -> int:
        """The largest recording."""
        return settings.CLIP_MAX_BYTES

    @extend_schema(
        operation_id="voice_enrol",
        request={"audio/webm": OpenApiTypes.BINARY},
        responses={200: VoiceJudgementSerializer, **REFUSALS, 503: ProblemSerializer},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Judges the recording at once; a good one is measured, and the recording itself is not kept."""
        attempt = self.attempt(request, attempt_id)
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > self.most_bytes:
            raise TooLarge(f"At most {self.most_bytes} bytes are accepted.", field="clip")
        session = _session_of(attempt)
        judged = voice.enrol(session, recording_in(request))
        problems = [{"code": code, "text": text} for code, text in judged.problems]
        return Response({"ok": judged.ok, "problems": problems, "seconds": judged.seconds})

    @extend_schema(operation_id="voice_leave_out", responses={204: None, **READING_REFUSALS})
    def delete(self, request: Request, attempt_id: int) -> Response:
        """Deletes the voice; nothing else follows."""
        voice.leave_out(_session_of(self.attempt(request, attempt_id)))
        return Response(status=204)


def _session_of(attempt: Attempt) -> MonitoringSession:
    session = sessions.session_of(attempt)
    if session is None:
        raise Conflict("Please read the notice and make your choice first.", code="consent_missing")
    return session
