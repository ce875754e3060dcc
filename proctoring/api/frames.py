"""One camera frame of a session: the documented other way beside the socket."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.shapes import ProblemSerializer
from accounts.tenancy import within
from exams.api.base import REFUSALS
from proctor_site.kernel.errors import InvalidInput
from proctoring.api.capture import PARSERS, number_in, picture_in
from proctoring.api.origins import CaptureFromListedOrigins
from proctoring.api.shapes import FrameAnswerSerializer, FrameSerializer
from proctoring.ingest.services import accept_frame
from proctoring.models import MonitoringSession

FRAME_HEADERS = [
    OpenApiParameter("X-Sequence", int, OpenApiParameter.HEADER, description="With a raw picture."),
    OpenApiParameter("X-Captured-At", int, OpenApiParameter.HEADER, description="Milliseconds since 1970."),
]


class SendFrame(CaptureFromListedOrigins):
    """Send a frame."""

    parser_classes = PARSERS

    @extend_schema(
        operation_id="session_frame",
        parameters=FRAME_HEADERS,
        request={
            "image/jpeg": OpenApiTypes.BINARY,
            "multipart/form-data": FrameSerializer,
            "application/json": FrameSerializer,
        },
        responses={200: FrameAnswerSerializer, **REFUSALS, 503: ProblemSerializer},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        """Analyses the frame while the request waits; the answer says when the next one is wanted.

        Keep one frame in flight. `accepted` or `analysed` false is an answer, not an error.
        """
        return frame_answer(self.session_for(request, public_id), request)


def frame_answer(session: MonitoringSession, request: Request) -> Response:
    """Takes the frame in the request, whoever may send it."""
    sequence: Any = number_in(request, "sequence", "X-Sequence", required=True)
    captured_ms = number_in(request, "captured_at", "X-Captured-At", required=False)
    if not isinstance(sequence, int):
        raise InvalidInput("sequence must be a whole number.", field="sequence")
    captured_at = None if captured_ms is None else captured_ms / 1000
    with within(session.institution):
        answer = accept_frame(session, picture_in(request), sequence=sequence, captured_at=captured_at)
    return Response(answer.to_json())
