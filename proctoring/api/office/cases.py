"""Cases by token, to read: how far each is, its clock, and the outcome once people have decided.

No names, no readings and no words of people: decision 0179. No verdict is given by token.
"""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import RowNumber, StrictSerializer, page_shape, query_in
from exams.api.office.rows import own_row
from proctoring import states
from proctoring.models import Case
from proctoring.models.case import OpenedFor, Verdict

_TAG = "cases"


class CaseSerializer(serializers.Serializer[Any]):
    """The review of one attempt."""

    id = serializers.IntegerField()
    attempt = serializers.IntegerField(source="session.attempt_id", allow_null=True)
    session = serializers.UUIDField(source="session.public_id")
    sitting = serializers.IntegerField(source="sitting_id", allow_null=True)
    state = serializers.ChoiceField(choices=states.CASE.states)
    opened_for = serializers.ChoiceField(choices=OpenedFor.values)
    created_at = serializers.DateTimeField()
    released_at = serializers.DateTimeField(
        allow_null=True, help_text="From then on the candidate sees incidents and evidence."
    )
    reply_until = serializers.DateTimeField(allow_null=True)
    verdict = serializers.ChoiceField(
        choices=Verdict.values, allow_blank=True, help_text="Of people; empty before they have decided."
    )
    decided_at = serializers.DateTimeField(allow_null=True)
    appeal_until = serializers.DateTimeField(allow_null=True)
    appealed_at = serializers.DateTimeField(allow_null=True)
    appeal_decided_at = serializers.DateTimeField(allow_null=True)
    tags = serializers.SerializerMethodField(help_text="Words by which the institution finds cases.")

    def get_tags(self, case: Case) -> list[str]:
        return sorted(each.name for each in case.tags.all())


class CaseQuerySerializer(StrictSerializer):
    """Filters of cases."""

    sitting = RowNumber(required=False)
    attempt = RowNumber(required=False)
    state = serializers.ChoiceField(choices=states.CASE.states, required=False)
    verdict = serializers.ChoiceField(choices=Verdict.values, required=False)
    tag = serializers.CharField(max_length=40, required=False)
    created_after = serializers.DateTimeField(required=False)
    decided_after = serializers.DateTimeField(required=False)


_FILTERS = {
    "attempt": "session__attempt",
    "tag": "tags__name",
    "created_after": "created_at__gt",
    "decided_after": "decided_at__gt",
}


class OfficeCases(TokenView):
    """All cases."""

    scopes = {"GET": "cases:read"}

    @operation("cases", tag=_TAG, answer=page_shape(CaseSerializer), query=CaseQuerySerializer, is_paged=True)
    def get(self, request: Request) -> Response:
        """Cases with their states and clocks."""
        given = query_in(request, CaseQuerySerializer)
        chosen = {_FILTERS.get(name, name): value for name, value in given.items()}
        rows = Case.objects.filter(**chosen).select_related("session").prefetch_related("tags")
        return page_of(request, rows, lambda found: CaseSerializer(found, many=True).data)


class OfficeCase(TokenView):
    """One case."""

    scopes = {"GET": "cases:read"}

    @operation("case", tag=_TAG, answer=CaseSerializer)
    def get(self, request: Request, case_id: int) -> Response:
        """One case."""
        query_in(request)
        return Response(CaseSerializer(own_row(Case, case_id, "session")).data)
