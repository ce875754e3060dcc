"""What the candidate's API operations share: JSON in and out, own attempts only."""

from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.parsers import LimitedJSONParser
from accounts.api.shapes import ProblemSerializer
from accounts.models import User
from exams.api.serializers import AttemptSerializer, DeviceSerializer
from exams.delivery import safe_browser
from exams.delivery.queries import attempt_view, own_attempt, own_attempt_alone
from exams.models import Attempt
from proctor_site.kernel.errors import InvalidInput

REFUSALS: dict[int, Any] = {
    400: ProblemSerializer,
    401: ProblemSerializer,
    403: ProblemSerializer,
    404: ProblemSerializer,
    409: ProblemSerializer,
    413: ProblemSerializer,
}
READING_REFUSALS = {status: REFUSALS[status] for status in (401, 403, 404)}


class CandidateView(APIView):
    """An operation of a candidate on their own attempt; everybody else, staff included, gets 404."""

    parser_classes = [LimitedJSONParser]

    def attempt(self, request: Request, attempt_id: int) -> Attempt:
        """The attempt of the person who asks. Raises NotFound."""
        return own_attempt(person(request), attempt_id)

    def attempt_inside(self, request: Request, attempt_id: int, *, alone: bool = False) -> Attempt:
        """The attempt for what opens questions, where it must be Safe Exam Browser that asks.

        Raises NotFound, NotAllowed (safe_browser_missing, safe_browser_wrong).
        """
        find = self.attempt_alone if alone else self.attempt
        found = find(request, attempt_id)
        safe_browser.require(found, request._request)
        return found

    def attempt_alone(self, request: Request, attempt_id: int) -> Attempt:
        """The same for a verb that reads it anew under its lock. Raises NotFound."""
        return own_attempt_alone(person(request), attempt_id)


def person(request: Request) -> User:
    """The signed-in person."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def device_in(request: Request) -> str:
    """The device in the body. Raises InvalidInput with field "device"."""
    serializer = DeviceSerializer(data=request.data)
    if not serializer.is_valid():
        raise InvalidInput("Name the device: 1 to 64 letters, digits, hyphens.", field="device")
    return str(serializer.validated_data["device"])


def attempt_answer(attempt: Attempt) -> Response:
    """The attempt as the answer of an operation."""
    return Response(AttemptSerializer(attempt_view(attempt)).data)
