"""Attempts by token: how they stand, and the signed receipt of their answers."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import RowNumber, StrictSerializer, page_shape, query_in
from exams import states
from exams.api.answers import receipt_of
from exams.api.office.rows import own_row
from exams.api.serializers import ReceiptSerializer
from exams.models import Attempt

_TAG = "attempts"
_ALONG = ("enrolment__candidate", "enrolment__sitting__exam")


class OfficeAttemptSerializer(serializers.Serializer[Any]):
    """How far a candidate is, or how it ended. What was answered is not told here."""

    id = serializers.IntegerField()
    enrolment = serializers.IntegerField(source="enrolment_id")
    sitting = serializers.IntegerField(source="enrolment.sitting_id")
    candidate = serializers.IntegerField(source="enrolment.candidate_id")
    name = serializers.CharField(source="enrolment.candidate.name")
    email = serializers.EmailField(source="enrolment.candidate.email")
    state = serializers.ChoiceField(choices=states.STATES)
    ended_by = serializers.CharField(allow_blank=True, help_text="candidate, clock, proctor, officer.")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    deadline_at = serializers.DateTimeField(allow_null=True)
    paused_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    extra_seconds = serializers.IntegerField(help_text="Extra time by agreement that the deadline holds.")
    credited_seconds = serializers.IntegerField(help_text="Lost time that the deadline holds.")
    journal_length = serializers.IntegerField(help_text="Saved changes of answers.")
    journal_hash = serializers.CharField(help_text="Head of their chain.")
    is_emptied = serializers.BooleanField(help_text="Whether answers and marks were deleted for good.")


class AttemptQuerySerializer(StrictSerializer):
    """Filters of attempts."""

    sitting = RowNumber(required=False)
    enrolment = RowNumber(required=False)
    candidate = RowNumber(required=False)
    state = serializers.ChoiceField(choices=states.STATES, required=False)
    started_after = serializers.DateTimeField(required=False)
    ended_after = serializers.DateTimeField(required=False)


_FILTERS = {
    "sitting": "enrolment__sitting",
    "candidate": "enrolment__candidate",
    "started_after": "started_at__gt",
    "ended_after": "ended_at__gt",
}


class OfficeAttempts(TokenView):
    """All attempts."""

    scopes = {"GET": "attempts:read"}

    @operation(
        "office_attempts",
        tag=_TAG,
        answer=page_shape(OfficeAttemptSerializer),
        query=AttemptQuerySerializer,
        is_paged=True,
    )
    def get(self, request: Request) -> Response:
        """Attempts with their states and times."""
        given = query_in(request, AttemptQuerySerializer)
        chosen = {_FILTERS.get(name, name): value for name, value in given.items()}
        rows = Attempt.objects.filter(**chosen).select_related(*_ALONG)
        return page_of(request, rows, lambda found: OfficeAttemptSerializer(found, many=True).data)


class OfficeAttempt(TokenView):
    """One attempt."""

    scopes = {"GET": "attempts:read"}

    @operation("office_attempt", tag=_TAG, answer=OfficeAttemptSerializer)
    def get(self, request: Request, attempt_id: int) -> Response:
        """One attempt with its state and times."""
        query_in(request)
        return Response(OfficeAttemptSerializer(own_row(Attempt, attempt_id, *_ALONG)).data)


class OfficeReceipt(TokenView):
    """The receipt."""

    scopes = {"GET": "attempts:read"}

    @operation("office_attempt_receipt", tag=_TAG, answer=ReceiptSerializer)
    def get(self, request: Request, attempt_id: int) -> Response:
        """A signed receipt of the answers as they are saved now."""
        query_in(request)
        attempt = own_row(Attempt, attempt_id, *_ALONG)
        return Response(ReceiptSerializer(receipt_of(attempt)).data)
