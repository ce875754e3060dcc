"""Going on in a paper: from a question of a forward-only section, and from section to section."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exams.api.base import REFUSALS, CandidateView, device_in
from exams.api.serializers import DeviceSerializer, LeaveQuestionSerializer, PaperSerializer
from exams.delivery import progress
from exams.delivery.queries import paper_view
from exams.models import Attempt
from proctor_site.kernel.errors import InvalidInput

_LARGEST_ID = 9_223_372_036_854_775_807


class LeaveQuestion(CandidateView):
    """Go on from a question."""

    @extend_schema(
        operation_id="attempt_leave",
        request=LeaveQuestionSerializer,
        responses={200: PaperSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Closes the open question of a forward-only section for good. A repeat changes nothing.

        Send all answers first: those given before are taken in later only from a device that held the
        attempt before. Refused (409): `question_not_open`, `section_not_open`, `section_closed`, `paused`,
        `ended`, `too_late`, `other_device`.
        """
        attempt = self.attempt_inside(request, attempt_id, alone=True)
        body: Any = request.data
        item = body.get("item")
        if isinstance(item, bool) or not isinstance(item, int) or not 1 <= item <= _LARGEST_ID:
            raise InvalidInput("Name the question to go on from.", field="item")
        progress.leave_question(attempt, device=device_in(request), item_id=item)
        return _paper(attempt)


class OpenSection(CandidateView):
    """Open a section."""

    @extend_schema(
        operation_id="section_open", request=DeviceSerializer, responses={200: PaperSerializer, **REFUSALS}
    )
    def post(self, request: Request, attempt_id: int, section_id: int) -> Response:
        """Opens the next section and starts its clock. A repeat changes nothing.

        Refused (409): `section_not_open` (another one comes first), `section_closed`, `paused`, `ended`,
        `too_late`, `other_device`.
        """
        attempt = self.attempt_inside(request, attempt_id, alone=True)
        progress.open_section(attempt, device=device_in(request), section_id=section_id)
        return _paper(attempt)


class CloseSection(CandidateView):
    """Close a section."""

    @extend_schema(
        operation_id="section_close", request=DeviceSerializer, responses={200: PaperSerializer, **REFUSALS}
    )
    def post(self, request: Request, attempt_id: int, section_id: int) -> Response:
        """Closes the open section for good. A repeat changes nothing; at its deadline it closes by itself."""
        attempt = self.attempt_alone(request, attempt_id)
        progress.close_section(attempt, device=device_in(request), section_id=section_id)
        return _paper(attempt)


def _paper(attempt: Attempt) -> Response:
    return Response(PaperSerializer(paper_view(attempt)).data)
