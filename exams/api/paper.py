"""Reading the paper."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exams.api.base import READING_REFUSALS, REFUSALS, CandidateView
from exams.api.serializers import PaperSerializer
from exams.delivery.queries import paper_view


class AttemptPaper(CandidateView):
    """Paper."""

    @extend_schema(
        operation_id="attempt_paper",
        responses={200: PaperSerializer, **READING_REFUSALS, 409: REFUSALS[409]},
    )
    def get(self, request: Request, attempt_id: int) -> Response:
        """Sections and questions with the saved answers, without any key; only once started."""
        return Response(PaperSerializer(paper_view(self.attempt_inside(request, attempt_id))).data)
