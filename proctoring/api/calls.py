"""The recording of a private call: its pieces, and what could not be recorded."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.parsers import LimitedJSONParser
from accounts.tenancy import institutions_in_scope
from exams.api.base import REFUSALS, person
from proctor_site.kernel.errors import InvalidInput, NotFound, TooLarge
from proctoring.api.base import fields_in
from proctoring.api.capture import RawImageParser, number_in
from proctoring.ingest import call_recording
from proctoring.ingest.call_recording import MOST_PIECE_BYTES, TOLD_BY_PAGES
from proctoring.models import Call


class RawPieceParser(RawImageParser):
    """The bytes of a recording, as they are."""

    media_type = "audio/*"
    field = "piece"
    noun = "piece"


class PieceAnswerSerializer(serializers.Serializer[Any]):
    """What became of a piece."""

    sequence = serializers.IntegerField()
    accepted = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True, help_text='"repeated": it was taken before.')


class RecordingReportSerializer(serializers.Serializer[Any]):
    """Why something is not recorded, or that nothing more comes."""

    problem = serializers.ChoiceField(choices=sorted(TOLD_BY_PAGES), required=False, allow_blank=True)
    done = serializers.BooleanField(required=False, help_text="After the end of the call: all was sent.")


class RecordingStateSerializer(serializers.Serializer[Any]):
    """What is known of the recording."""

    call = serializers.IntegerField()
    words = serializers.CharField()


class SendCallPiece(APIView):
    """Send a piece of a recorded call."""

    parser_classes = [RawPieceParser]
    most_bytes = MOST_PIECE_BYTES

    @extend_schema(
        operation_id="call_recording_piece",
        parameters=[
            OpenApiParameter("X-Sequence", int, OpenApiParameter.HEADER, required=True),
            OpenApiParameter(
                "X-Captured-At",
                int,
                OpenApiParameter.HEADER,
                required=True,
                description="When it began, milliseconds since 1970, server's clock.",
            ),
        ],
        request={"audio/webm": OpenApiTypes.BINARY},
        responses={200: PieceAnswerSerializer, **REFUSALS},
    )
    def post(self, request: Request, call_id: int) -> Response:
        """Keeps one complete recording of some seconds, for the proctor of that call. In any order."""
        call = _own(request, call_id)
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > MOST_PIECE_BYTES:
            raise TooLarge(f"At most {MOST_PIECE_BYTES} bytes are accepted.", field="piece")
        sequence = number_in(request, "sequence", "X-Sequence", required=True)
        if not isinstance(sequence, int):
            raise InvalidInput("sequence must be a whole number.", field="sequence")
        captured_at = number_in(request, "captured_at", "X-Captured-At", required=True) or 0
        data: Any = fields_in(request).get("piece")
        if not data:
            raise InvalidInput("There is nothing in the request.", field="piece", code="required")
        answer = call_recording.accept_piece(
            call, bytes(data), sequence=sequence, captured_at=captured_at / 1000, proctor=person(request)
        )
        return Response(answer.to_json())


class ReportCallRecording(APIView):
    """Say what became of a recording."""

    parser_classes = [LimitedJSONParser]

    @extend_schema(
        operation_id="call_recording_report",
        request=RecordingReportSerializer,
        responses={200: RecordingStateSerializer, **REFUSALS},
    )
    def post(self, request: Request, call_id: int) -> Response:
        """Writes down why something is not recorded; `done`: all was sent, it can be put together."""
        said = fields_in(request)
        call = call_recording.report(
            _own(request, call_id),
            problem=said.get("problem", ""),
            done=said.get("done", False),
            proctor=person(request),
        )
        return Response({"call": call.pk, "words": call.recording_words})


def _own(request: Request, call_id: int) -> Call:
    """The call, if it is the person's; `call_recording` checks again, and whether they still watch it."""
    user = person(request)
    rows = Call.objects if institutions_in_scope() else Call._base_manager.none()
    related = ("institution", "attempt__enrolment__sitting__institution", "attempt__monitoring")
    call = rows.filter(pk=call_id, proctor=user).select_related(*related).first()
    if call is None:
        raise NotFound("There is no such call of yours.")
    return call
