"""What proctors ask candidates to show in the exam: asking, answering, and the pictures."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.shapes import ProblemSerializer
from exams.api.base import READING_REFUSALS, REFUSALS, CandidateView, person
from proctor_site.kernel.errors import InvalidInput, NotFound, TooLarge
from proctoring import sessions
from proctoring.api.act_shapes import (
    AskToShowSerializer,
    OpenShowingSerializer,
    PhotoTakenSerializer,
    ShowingSerializer,
)
from proctoring.api.base import WatcherView, fields_in, scoped
from proctoring.api.capture import OctetParser, RawImageParser
from proctoring.identity import showing_pictures, showings
from proctoring.models import Showing
from proctoring.permissions import may_watch

_PICTURE = {"image/jpeg": OpenApiTypes.BINARY}


class AskToShow(WatcherView):
    """Ask to show."""

    @extend_schema(operation_id="showing", responses={200: OpenShowingSerializer, **READING_REFUSALS})
    def get(self, request: Request, attempt_id: int) -> Response:
        """The candidate's own: what is asked for now, or null."""
        attempt = CandidateView().attempt(request, attempt_id)
        found = showings.open_showing(sessions.session_of(attempt))
        return Response({"showing": showings.shape_of(found) if found else None})

    @extend_schema(
        operation_id="showing_ask",
        request=AskToShowSerializer,
        responses={200: ShowingSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """A proctor asks for room, desk or a new photo; the clock stands until it is over."""
        attempt = self.watched_attempt(request, attempt_id)
        said = fields_in(request)
        asked = showings.ask(
            attempt,
            proctor=person(request),
            what=said.get("what"),
            reason=said.get("reason", ""),
            reason_code=said.get("reason_code", ""),
        )
        return Response(showings.shape_of(asked))


class _OwnShowing(CandidateView):
    """One request, of its own candidate; everybody else gets 404."""

    def showing(self, request: Request, showing_id: int) -> Showing:
        found = _find(showing_id)
        if found is None or found.session.candidate_id != person(request).pk:
            raise NotFound("Nothing of the kind is asked of you.")
        return found


class BeginShowing(_OwnShowing):
    """Begin."""

    @extend_schema(operation_id="showing_begin", request=None, responses={200: ShowingSerializer, **REFUSALS})
    def post(self, request: Request, showing_id: int) -> Response:
        """The candidate agrees to show it. A repeat changes nothing."""
        found = self.showing(request, showing_id)
        return Response(showings.shape_of(showings.begin(found, candidate=person(request))))


class DeclineShowing(_OwnShowing):
    """Decline."""

    @extend_schema(
        operation_id="showing_decline", request=None, responses={200: ShowingSerializer, **REFUSALS}
    )
    def post(self, request: Request, showing_id: int) -> Response:
        """The candidate does not want to. The exam goes on; a person decides what follows."""
        found = self.showing(request, showing_id)
        return Response(showings.shape_of(showings.decline(found, candidate=person(request))))


class FinishShowing(_OwnShowing):
    """Finish."""

    @extend_schema(
        operation_id="showing_finish", request=None, responses={200: ShowingSerializer, **REFUSALS}
    )
    def post(self, request: Request, showing_id: int) -> Response:
        """All is shown; the clock goes on. 409 `incomplete`: a picture is missing."""
        found = self.showing(request, showing_id)
        return Response(showings.shape_of(showings.finish(found, candidate=person(request))))


class CancelShowing(WatcherView):
    """Cancel."""

    @extend_schema(
        operation_id="showing_cancel", request=None, responses={200: ShowingSerializer, **REFUSALS}
    )
    def post(self, request: Request, showing_id: int) -> Response:
        """A proctor takes the request back."""
        found = _find(showing_id)
        sitting = found.session.sitting if found else None
        if found is None or sitting is None or not may_watch(person(request), sitting):
            raise NotFound("There is no such request in a sitting that you watch.")
        return Response(showings.shape_of(showings.cancel(found, proctor=person(request))))


class _ShownPicture(_OwnShowing):
    """One picture of a request."""

    parser_classes = [RawImageParser, OctetParser]

    def picture(self, request: Request) -> bytes:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > showing_pictures.MOST_BYTES:
            raise TooLarge(f"At most {showing_pictures.MOST_BYTES} bytes are accepted.", field="picture")
        image: Any = fields_in(request).get("frame")
        if not image:
            raise InvalidInput("There is no picture in the request.", field="picture", code="required")
        return bytes(image)


class ShowPicture(_ShownPicture):
    """A picture of room or desk."""

    @extend_schema(
        operation_id="showing_picture",
        parameters=[OpenApiParameter("step", str, required=True)],
        request=_PICTURE,
        responses={200: ShowingSerializer, **REFUSALS},
    )
    def post(self, request: Request, showing_id: int) -> Response:
        """Keeps one picture of a step as evidence. The same picture again changes nothing."""
        found, image = self.showing(request, showing_id), self.picture(request)
        step = request.query_params.get("step", "")
        showing_pictures.add(found, step, image, candidate=person(request))
        return Response(showings.shape_of(found))


class ShowFace(_ShownPicture):
    """A new photo of the face."""

    @extend_schema(
        operation_id="showing_photo",
        parameters=[OpenApiParameter("anyway", str, enum=["yes"])],
        request=_PICTURE,
        responses={200: PhotoTakenSerializer, **REFUSALS, 503: ProblemSerializer},
    )
    def post(self, request: Request, showing_id: int) -> Response:
        """Judges and keeps a photo; `anyway=yes` keeps one that is not good, for a person to look at."""
        found, image = self.showing(request, showing_id), self.picture(request)
        anyway = request.query_params.get("anyway") == "yes"
        taken = showing_pictures.take_photo(found, image, candidate=person(request), anyway=anyway)
        problems = [{"code": code, "text": text} for code, text in taken.problems]
        return Response({"ok": taken.ok, "problems": problems})


def _find(showing_id: int) -> Showing | None:
    rows = scoped(Showing)
    related = (
        "institution",
        "session__institution",
        "session__sitting",
        "session__attempt__institution",
        "session__attempt__enrolment__candidate",
        "session__attempt__enrolment__sitting",
    )
    return rows.filter(pk=showing_id).select_related(*related).first()
