"""Check-in: notice and consent, reference photo, baseline, and the end of it."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.parsers import LimitedJSONParser
from accounts.api.shapes import ProblemSerializer
from exams.api.base import READING_REFUSALS, REFUSALS, CandidateView, attempt_answer, person
from exams.api.serializers import AttemptSerializer
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLarge
from proctoring import sessions
from proctoring.api.base import fields_in
from proctoring.api.capture import OctetParser, RawImageParser
from proctoring.api.shapes import (
    BaselineProgressSerializer,
    ConsentGivenSerializer,
    ConsentSerializer,
    ConsentViewSerializer,
    LookSerializer,
    PhotoJudgementSerializer,
)
from proctoring.identity import baseline, check_in, consent, look, notice, reference, steps
from proctoring.ingest import clips, tokens
from proctoring.live.messages import iso
from proctoring.models import MonitoringSession
from proctoring.observations import FaceBox
from proctoring.vision.upload import DEFAULT_LIMITS


class ConsentToCapture(CandidateView):
    """Consent."""

    @extend_schema(operation_id="consent", responses={200: ConsentViewSerializer, **READING_REFUSALS})
    def get(self, request: Request, attempt_id: int) -> Response:
        """The notice in its present wording, what the exam asks for, and the choice in force."""
        attempt = self.attempt(request, attempt_id)
        policy = consent.policy_of(attempt)
        read = notice.for_attempt(attempt)
        given = consent.valid_consent(sessions.session_of(attempt))
        choice = given and {
            "camera": given.camera,
            "face_comparison": given.face_comparison,
            "microphone": given.microphone,
            "voice_comparison": given.voice_comparison,
            "screen": given.screen,
            "given_at": iso(given.given_at),
        }
        return Response(
            {
                "notice": {"version": read.version, "body": read.body},
                "camera_required": policy.camera_required,
                "reference_photo_required": policy.reference_photo_required,
                "microphone_required": policy.listens,
                "voice_offered": policy.enrols_voices,
                "screen": str(policy.screen) if policy.shares_screen else "off",
                "consent": choice,
            }
        )

    @extend_schema(
        operation_id="consent_give",
        request=ConsentSerializer,
        responses={200: ConsentGivenSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Stores the choice; declining the camera is one. Nothing is captured before."""
        attempt = self.attempt(request, attempt_id)
        said = fields_in(request)
        given = consent.give(
            attempt,
            candidate=person(request),
            notice=said.get("notice"),
            camera=said.get("camera"),
            face_comparison=said.get("face_comparison"),
            microphone=said.get("microphone"),
            voice_comparison=said.get("voice_comparison"),
            screen=said.get("screen"),
        )
        is_practice = attempt.enrolment.sitting.is_practice
        policy = consent.policy_of(attempt)
        step = steps.next_step(policy, given, is_practice=is_practice)
        return Response(
            {
                "session": str(given.session.public_id),
                "token": tokens.make(given.session),
                "capture": given.camera,
                "clips": clips.wanted(given.session).to_json(),
                "voice_wanted": steps.is_voice_wanted(policy, given),
                "screen_wanted": given.screen,
                "next": step.code,
                "text": step.text,
            }
        )

    @extend_schema(operation_id="consent_withdraw", responses={204: None, **READING_REFUSALS})
    def delete(self, request: Request, attempt_id: int) -> Response:
        """Takes the agreement back: capture stops, face data is deleted."""
        consent.withdraw(self.attempt(request, attempt_id), candidate=person(request))
        return Response(status=204)


class CheckInPictureView(CandidateView):
    """What the calls that take one picture of a check-in share. `field`: its name in refusals."""

    parser_classes = [RawImageParser, OctetParser]
    most_bytes = DEFAULT_LIMITS.max_bytes
    field: str

    def picture(self, request: Request, attempt_id: int) -> tuple[MonitoringSession, bytes]:
        """The session and the picture's bytes; raises TooLarge, InvalidInput, Conflict `consent_missing`."""
        attempt = self.attempt(request, attempt_id)
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > self.most_bytes:
            raise TooLarge(f"At most {self.most_bytes} bytes are accepted.", field=self.field)
        session = sessions.session_of(attempt)
        if session is None:
            raise Conflict("Please read the notice and make your choice first.", code="consent_missing")
        image = fields_in(request).get("frame")
        if not image:
            raise InvalidInput("There is no picture in the request.", field=self.field, code="required")
        return session, image


class CameraLook(CheckInPictureView):
    """A look only."""

    field = "frame"
    most_bytes = look.MOST_BYTES

    @extend_schema(
        operation_id="camera_look",
        request={"image/jpeg": OpenApiTypes.BINARY},
        responses={200: LookSerializer, **REFUSALS, 503: ProblemSerializer},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Says what the camera needs, before any photo; nothing is kept. Busy: `looked` false."""
        session, image = self.picture(request, attempt_id)
        seen = look.take(session, image)
        return Response(
            {
                "looked": seen.looked,
                "ok": seen.looked and not seen.problems,
                "problems": [{"code": code, "text": text} for code, text in seen.problems],
                "face": seen.face and box_of(seen.face),
                "width": seen.width,
                "height": seen.height,
                "next_look_after_ms": seen.next_after_ms,
            }
        )


class ReferencePhoto(CheckInPictureView):
    """Reference photo."""

    field = "photo"

    @extend_schema(
        operation_id="reference_photo",
        request={"image/jpeg": OpenApiTypes.BINARY},
        responses={200: PhotoJudgementSerializer, **REFUSALS, 429: ProblemSerializer, 503: ProblemSerializer},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Judges the photo at once; a good one becomes the reference, another one changes nothing."""
        session, image = self.picture(request, attempt_id)
        judged = reference.enrol(session, image)
        face = judged.report.face
        return Response(
            {
                "ok": judged.ok,
                "problems": [{"code": code, "text": text} for code, text in judged.problems],
                "face": face and box_of(face),
                "width": judged.report.width,
                "height": judged.report.height,
            }
        )


class BaselineLook(CheckInPictureView):
    """Baseline."""

    field = "frame"

    @extend_schema(
        operation_id="baseline_look",
        request={"image/jpeg": OpenApiTypes.BINARY},
        responses={
            200: BaselineProgressSerializer,
            **REFUSALS,
            429: ProblemSerializer,
            503: ProblemSerializer,
        },
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Looks once at how the candidate sits; the picture is not kept, calm looks become the baseline."""
        session, image = self.picture(request, attempt_id)
        progress = baseline.take_look(session, image)
        return Response(
            {
                "looks": progress.looks,
                "wanted": progress.wanted,
                "done": progress.done,
                "text": progress.text,
            }
        )


def box_of(face: FaceBox) -> dict[str, float]:
    """A face as `BoxSerializer` describes it."""
    return {"x": face.x, "y": face.y, "w": face.w, "h": face.h}


class CompleteCheckIn(CandidateView):
    """End of check-in."""

    parser_classes = [LimitedJSONParser]

    @extend_schema(
        operation_id="check_in_complete", request=None, responses={200: AttemptSerializer, **REFUSALS}
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Lets the candidate in when everything the exam asks for is there. A repeat changes nothing."""
        attempt = self.attempt(request, attempt_id)
        return attempt_answer(check_in.complete(attempt, candidate=person(request)))
