"""Operations on the attempt as a whole: look, start, take over, hand in."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exams.api.base import READING_REFUSALS, REFUSALS, CandidateView, attempt_answer, device_in, person
from exams.api.serializers import AttemptSerializer, DeviceSerializer, HandInSerializer
from exams.delivery import attempts, breaks, time_up
from exams.delivery.changes import read_moment


class AttemptDetail(CandidateView):
    """State and clock."""

    @extend_schema(operation_id="attempt", responses={200: AttemptSerializer, **READING_REFUSALS})
    def get(self, request: Request, attempt_id: int) -> Response:
        """State, clock by the server, and the head of the answer journal."""
        return attempt_answer(self.attempt(request, attempt_id))


class StartAttempt(CandidateView):
    """Start."""

    @extend_schema(
        operation_id="attempt_start",
        request=DeviceSerializer,
        responses={200: AttemptSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Starts the clock; the device holds the attempt. A repeat by the same device changes nothing."""
        attempt = self.attempt_inside(request, attempt_id, alone=True)
        return attempt_answer(attempts.start(attempt, actor=person(request), device=device_in(request)))


class TakeOverAttempt(CandidateView):
    """Take over."""

    @extend_schema(
        operation_id="attempt_take_over",
        request=DeviceSerializer,
        responses={200: AttemptSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Lets this device hold the running attempt; the former one may still send what it had not sent."""
        attempt = self.attempt_inside(request, attempt_id, alone=True)
        return attempt_answer(attempts.take_over(attempt, actor=person(request), device=device_in(request)))


class TakeBreak(CandidateView):
    """Take a break."""

    @extend_schema(
        operation_id="attempt_break",
        request=DeviceSerializer,
        responses={200: AttemptSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Stops the clock for a break that was agreed; it ends by itself when its minutes are used up."""
        attempt = self.attempt_alone(request, attempt_id)
        return attempt_answer(breaks.take(attempt, actor=person(request), device=device_in(request)))


class EndBreak(CandidateView):
    """End the break."""

    @extend_schema(
        operation_id="attempt_break_end",
        request=DeviceSerializer,
        responses={200: AttemptSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Goes on after a break of one's own. A repeat changes nothing."""
        attempt = self.attempt_alone(request, attempt_id)
        return attempt_answer(breaks.end(attempt, actor=person(request), device=device_in(request)))


class SubmitAttempt(CandidateView):
    """Hand in."""

    @extend_schema(
        operation_id="attempt_submit",
        request=HandInSerializer,
        responses={200: AttemptSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Hands in, for good. A repeat changes nothing. Only the device that holds the attempt may.

        Look at `state`: what came too late in a sitting that hands nothing in by itself is `abandoned`.
        """
        attempt = self.attempt_alone(request, attempt_id)
        done = time_up.hand_in(
            attempt, actor=person(request), device=device_in(request), handed_in_at=_handed_in_at(request)
        )
        return attempt_answer(done)


def _handed_in_at(request: Request) -> datetime | None:
    body: Any = request.data
    given = body.get("handed_in_at")
    return None if given is None else read_moment(given, "handed_in_at")
