"""Check-in by document and by a person: what the candidate's page sends and asks."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.parsers import LimitedJSONParser
from accounts.api.shapes import ProblemSerializer
from exams.api.base import READING_REFUSALS, REFUSALS, CandidateView, person
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLarge
from proctoring import sessions
from proctoring.api.base import fields_in
from proctoring.api.capture import OctetParser, RawImageParser
from proctoring.api.shapes import DocumentShownSerializer, IdentityCheckSerializer
from proctoring.identity import check_in, document, person_checks
from proctoring.models import MonitoringSession
from proctoring.models.identity_check import DocumentType
from proctoring.states import CHECK_WAITING
from proctoring.vision.upload import DEFAULT_LIMITS

_BUSY = {429: ProblemSerializer, 503: ProblemSerializer}


class ShowDocument(CandidateView):
    """Identity document."""

    parser_classes = [RawImageParser, OctetParser]
    most_bytes = DEFAULT_LIMITS.max_bytes

    @extend_schema(
        operation_id="document_show",
        parameters=[
            OpenApiParameter("type", str, required=True, enum=DocumentType.values),
            OpenApiParameter("anyway", str, enum=["yes"], description="Keep it for a person to look at."),
        ],
        request={"image/jpeg": OpenApiTypes.BINARY},
        responses={200: DocumentShownSerializer, **REFUSALS, **_BUSY},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Compares the photo with the reference photo and keeps it, if it shows exactly one clear face."""
        session = _session_of(self.attempt(request, attempt_id))
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > self.most_bytes:
            raise TooLarge(f"At most {self.most_bytes} bytes are accepted.", field="document")
        image = fields_in(request).get("frame")
        if not image:
            raise InvalidInput("There is no picture in the request.", field="document", code="required")
        query = request.query_params
        shown = document.show(
            session, image, document_type=query.get("type", ""), anyway=query.get("anyway") == "yes"
        )
        problems = [{"code": code, "text": text} for code, text in shown.problems]
        return Response({"ok": shown.ok, "problems": problems, "answer": shown.answer})

    @extend_schema(operation_id="document_leave_out", responses={204: None, **REFUSALS})
    def delete(self, request: Request, attempt_id: int) -> Response:
        """The candidate shows none; where one is required, a person checks instead."""
        document.leave_out(_session_of(self.attempt(request, attempt_id)))
        return Response(status=204)


class PersonCheck(CandidateView):
    """Check by a person."""

    parser_classes = [LimitedJSONParser]

    @extend_schema(
        operation_id="identity_check", responses={200: IdentityCheckSerializer, **READING_REFUSALS}
    )
    def get(self, request: Request, attempt_id: int) -> Response:
        """Where the candidate stands in the queue, and what a person has asked."""
        return Response(_view_of(self.attempt(request, attempt_id)))

    @extend_schema(
        operation_id="identity_check_ask", request=None, responses={200: IdentityCheckSerializer, **REFUSALS}
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Asks for a person, for example when no photo is good enough. Who waits already keeps the place."""
        attempt = self.attempt(request, attempt_id)
        check_in.ask_for_person(attempt, candidate=person(request))
        return Response(_view_of(attempt))


def _session_of(attempt: Attempt) -> MonitoringSession:
    session = sessions.session_of(attempt)
    if session is None:
        raise Conflict("Please read the notice and make your choice first.", code="consent_missing")
    return session


def _view_of(attempt: Attempt) -> dict[str, object]:
    session = sessions.session_of(attempt)
    newest = person_checks.newest_check(session) if session else None
    place = person_checks.place_of(newest) if newest and newest.state == CHECK_WAITING else None
    return {
        "attempt_state": attempt.state,
        "check": newest.pk if newest else None,
        "check_state": newest.state if newest else "",
        "message": newest.message if newest else "",
        "waited_seconds": int((clock.now() - newest.asked_at).total_seconds()) if newest and place else None,
        "place": place.number if place else None,
        "about_minutes": place.about_minutes if place else None,
    }
