"""Proof by JavaScript that an exam is open in Safe Exam Browser, for engines that send no headers."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exams.api.base import REFUSALS, CandidateView
from exams.api.serializers import SafeBrowserProofSerializer
from exams.delivery import safe_browser
from proctor_site.kernel.errors import InvalidInput


class ProveSafeBrowser(CandidateView):
    """Prove Safe Exam Browser."""

    @extend_schema(
        operation_id="attempt_safe_browser",
        request=SafeBrowserProofSerializer,
        responses={204: None, **{status: REFUSALS[status] for status in (400, 401, 403, 404)}},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Marks this session as one inside Safe Exam Browser, if the hashes of the address are right.

        Refused (403): `safe_browser_wrong`. Marks end with the session, and when the settings change.
        """
        attempt = self.attempt(request, attempt_id)
        serializer = SafeBrowserProofSerializer(data=request.data)
        if not serializer.is_valid():
            field = next(iter(serializer.errors))
            raise InvalidInput("Send the address of the page and the hashes of it.", field=str(field))
        given: dict[str, Any] = serializer.validated_data
        safe_browser.prove(
            attempt,
            request._request,
            url=given["url"],
            config_hash=given["config_key"],
            exam_hash=given["browser_exam_key"],
        )
        return Response(status=204)
