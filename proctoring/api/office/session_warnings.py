"""What proctors write to the candidate of another system, by token: to show, and said to be shown."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import operation
from accounts.api.paging import page_of
from accounts.api.shapes import StrictSerializer, page_shape, query_in
from proctoring.api.office.sessions import OneSessionView
from proctoring.outside import warnings

_TAG = "sessions"


class ProctorWarningSerializer(serializers.Serializer[Any]):
    """A proctor's warning."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    language = serializers.CharField(help_text="Of a ready text; empty: the proctor's own words.")
    sent_at = serializers.DateTimeField()
    shown_at = serializers.DateTimeField(
        source="acknowledged_at", allow_null=True, help_text="When the calling system said so."
    )
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="To be taken away, or not shown.")
    corrects = serializers.IntegerField(
        source="corrects_id", allow_null=True, help_text="The warning that it takes back."
    )


class WarningQuerySerializer(StrictSerializer):
    """Filters of warnings."""

    open = serializers.BooleanField(required=False, help_text="Only those to show now.")


class SessionWarnings(OneSessionView):
    """Warnings."""

    scopes = {"GET": "sessions:read"}

    @operation(
        "session_warnings",
        tag=_TAG,
        answer=page_shape(ProctorWarningSerializer),
        query=WarningQuerySerializer,
        is_paged=True,
    )
    def get(self, request: Request, session_id: str) -> Response:
        """What proctors wrote to the candidate; `open=true`: what to show now, nothing else.

        Proctors can warn in sessions that were started with `shows_warnings`. Webhooks tell of each.
        """
        given = query_in(request, WarningQuerySerializer)
        rows = warnings.warnings_of(self.session(session_id), only_open=given.get("open", False))
        return page_of(request, rows, lambda found: ProctorWarningSerializer(found, many=True).data)


class WarningShown(OneSessionView):
    """One warning was shown."""

    scopes = {"POST": "sessions:write"}

    @operation("session_warning_shown", tag=_TAG, body=None, answer=ProctorWarningSerializer)
    def post(self, request: Request, session_id: str, warning_id: int) -> Response:
        """The candidate has seen it: proctors read when. A repeat changes nothing.

        When the answer has `withdrawn_at`, take the warning off the page.
        """
        found = warnings.note_shown(self.session(session_id), warning_id, actor=self.actor)
        return Response(ProctorWarningSerializer(found).data)
