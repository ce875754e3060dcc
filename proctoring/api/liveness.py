"""Turning the head at check-in: a challenge is drawn, pictures answer it one by one, or it is left out."""

from dataclasses import asdict

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.parsers import LimitedJSONParser
from accounts.api.shapes import ProblemSerializer
from exams.api.base import REFUSALS, CandidateView
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import sessions
from proctoring.api.check_in import CheckInPictureView
from proctoring.api.shapes import TurningProgressSerializer
from proctoring.identity import liveness
from proctoring.ingest.limits import MOST_SEQUENCE
from proctoring.models import MonitoringSession


class TurnHead(CandidateView):
    """Turning the head."""

    parser_classes = [LimitedJSONParser]

    @extend_schema(
        operation_id="liveness_begin", request=None, responses={200: TurningProgressSerializer, **REFUSALS}
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Draws what is asked for, good for one try of a minute; an earlier one comes to nothing."""
        return Response(asdict(liveness.begin(self._session(request, attempt_id))))

    @extend_schema(operation_id="liveness_leave_out", responses={204: None, **REFUSALS})
    def delete(self, request: Request, attempt_id: int) -> Response:
        """The candidate goes on without; nothing follows, or a person looks where the policy says so."""
        liveness.leave_out(self._session(request, attempt_id))
        return Response(status=204)

    def _session(self, request: Request, attempt_id: int) -> MonitoringSession:
        session = sessions.session_of(self.attempt(request, attempt_id))
        if session is None:
            raise Conflict("Please read the notice and make your choice first.", code="consent_missing")
        return session


class TurnLooks(CheckInPictureView):
    """Pictures of a turning head."""

    field = "frame"

    @extend_schema(
        operation_id="liveness_look",
        parameters=[
            OpenApiParameter("challenge", str, required=True),
            OpenApiParameter("sequence", int, required=True, description="Rises with each picture."),
        ],
        request={"image/jpeg": OpenApiTypes.BINARY},
        responses={
            200: TurningProgressSerializer,
            **REFUSALS,
            429: ProblemSerializer,
            503: ProblemSerializer,
        },
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Judges one picture of the try under way; it is not kept."""
        session, image = self.picture(request, attempt_id)
        query = request.query_params
        progress = liveness.take_look(
            session,
            image,
            challenge=query.get("challenge", ""),
            sequence=_sequence(query.get("sequence", "")),
        )
        return Response(asdict(progress))


def _sequence(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12) or int(text) > MOST_SEQUENCE:
        raise InvalidInput("Number the pictures from 0.", field="sequence")
    return int(text)
