"""What a candidate reads of announcements, and acknowledges."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exams.api.base import READING_REFUSALS, REFUSALS, CandidateView, person
from exams.delivery import announced, announcements
from proctor_site.kernel.errors import InvalidInput


class AnnouncementSerializer(serializers.Serializer[Any]):
    """An announcement as its candidate sees it (`announced.AnnouncementView`)."""

    id = serializers.IntegerField()
    text = serializers.CharField(help_text="Plain text with line breaks.")
    item = serializers.IntegerField(allow_null=True, help_text="Of a clarification: the item of the paper.")
    position = serializers.IntegerField(allow_null=True, help_text="Number of that question on the paper.")
    announced_at = serializers.DateTimeField()
    replaces = serializers.IntegerField(allow_null=True, help_text="Id of the announcement it corrects.")
    standing = serializers.ChoiceField(choices=[announced.IN_FORCE, announced.REPLACED, announced.WITHDRAWN])
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    unread = serializers.BooleanField(help_text="To be acknowledged; also that it was withdrawn.")


class AnnouncementsSerializer(serializers.Serializer[Any]):
    """All that the candidate may read now, oldest first."""

    announcements = AnnouncementSerializer(many=True)


class AcknowledgeAnnouncementSerializer(serializers.Serializer[Any]):
    """What was read."""

    of_withdrawal = serializers.BooleanField(
        default=False, help_text="That it was withdrawn, and not the announcement itself."
    )


class Announcements(CandidateView):
    """Announcements."""

    @extend_schema(operation_id="announcements", responses={200: AnnouncementsSerializer, **READING_REFUSALS})
    def get(self, request: Request, attempt_id: int) -> Response:
        """What was announced to the sitting, and clarifications of questions that are open or were."""
        found = {"announcements": announced.views_of(self.attempt(request, attempt_id))}
        return Response(AnnouncementsSerializer(found).data)


class AcknowledgeAnnouncement(CandidateView):
    """Acknowledge an announcement."""

    @extend_schema(
        operation_id="announcement_acknowledge",
        request=AcknowledgeAnnouncementSerializer,
        responses={200: AnnouncementSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int, announcement_id: int) -> Response:
        """The candidate has read it. A repeat changes nothing."""
        attempt = self.attempt(request, attempt_id)
        body: Any = request.data
        of_withdrawal = body.get("of_withdrawal", False)
        if not isinstance(of_withdrawal, bool):
            raise InvalidInput("This is true or false.", field="of_withdrawal")
        view = announcements.acknowledge(
            attempt, announcement_id, candidate=person(request), of_withdrawal=of_withdrawal
        )
        return Response(AnnouncementSerializer(view).data)
