"""Sittings by token: scheduled, changed, called off, and who watches them."""

from django.db import transaction
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import RowNumber, StrictSerializer, checked, page_shape, query_in
from exams.api.office.rows import own_member, own_row
from exams.models import Exam, Sitting
from exams.models.sitting import Beginning, TimeUp
from exams.scheduling import sittings
from proctor_site.kernel.errors import NotFound

_TAG = "sittings"


class SittingChangeSerializer(StrictSerializer):
    """What may change of a sitting; once candidates have started, less of it."""

    title = serializers.CharField(max_length=200)
    opens_at = serializers.DateTimeField(help_text="With its offset, such as 2026-12-01T09:00:00+01:00.")
    closes_at = serializers.DateTimeField()
    time_zone = serializers.CharField(max_length=64, help_text="In which times are announced.")
    duration_minutes = serializers.IntegerField(min_value=1, max_value=366 * 24 * 60)
    late_entry_minutes = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=366 * 24 * 60
    )
    time_up = serializers.ChoiceField(choices=TimeUp.values, required=False)
    grace_minutes = serializers.IntegerField(required=False, min_value=1, max_value=24 * 60)
    late_upload_minutes = serializers.IntegerField(required=False, min_value=0, max_value=24 * 60)
    credits_outages = serializers.BooleanField(required=False)
    credits_connection = serializers.BooleanField(required=False)
    credit_least_seconds = serializers.IntegerField(required=False, min_value=0, max_value=32_767)
    credit_most_minutes = serializers.IntegerField(required=False, min_value=0, max_value=32_767)
    capacity = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1_000_000)
    begins = serializers.ChoiceField(choices=Beginning.values, required=False)
    starts_per_minute = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=10_000
    )
    is_practice = serializers.BooleanField(required=False)
    practice_days = serializers.IntegerField(required=False, min_value=1, max_value=90)


class NewSittingSerializer(SittingChangeSerializer):
    """A new sitting of an exam."""

    exam = RowNumber()
    proctors = serializers.ListField(
        child=RowNumber(), required=False, max_length=200, help_text="Numbers of members."
    )


class SittingSerializer(SittingChangeSerializer):
    """A sitting."""

    id = serializers.IntegerField()
    exam = serializers.IntegerField(source="exam_id")
    proctors = serializers.SerializerMethodField(help_text="Numbers of the members who watch it.")
    safe_browser = serializers.CharField()
    begun_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)

    def get_proctors(self, sitting: Sitting) -> list[int]:
        return sorted(row.user_id for row in sitting.proctors.all())


class SittingQuerySerializer(StrictSerializer):
    """Filters of sittings."""

    exam = RowNumber(required=False)
    opens_after = serializers.DateTimeField(required=False)
    opens_before = serializers.DateTimeField(required=False)


class GivenReasonSerializer(StrictSerializer):
    """Why, in a few words; it stands in the audit log."""

    reason = serializers.CharField(max_length=1_000)


class ProctorSerializer(StrictSerializer):
    """Who is to watch."""

    member = RowNumber()


_FILTERS = {"exam": "exam", "opens_after": "opens_at__gt", "opens_before": "opens_at__lt"}


class Sittings(TokenView):
    """All sittings."""

    scopes = {"GET": "sittings:read", "POST": "sittings:write"}

    @operation(
        "sittings",
        tag=_TAG,
        answer=page_shape(SittingSerializer),
        query=SittingQuerySerializer,
        is_paged=True,
    )
    def get(self, request: Request) -> Response:
        """Sittings with their settings, cancelled ones too."""
        given = query_in(request, SittingQuerySerializer)
        rows = Sitting.objects.filter(**{_FILTERS[name]: value for name, value in given.items()})
        rows = rows.prefetch_related("proctors")
        return page_of(request, rows, lambda found: SittingSerializer(found, many=True).data)

    @operation(
        "sitting_create",
        tag=_TAG,
        status=201,
        body=NewSittingSerializer,
        answer=SittingSerializer,
        examples=[
            OpenApiExample(
                "An exam in Vienna",
                value={
                    "exam": 12,
                    "title": "Winter term",
                    "opens_at": "2026-12-01T09:00:00+01:00",
                    "closes_at": "2026-12-01T12:00:00+01:00",
                    "time_zone": "Europe/Vienna",
                    "duration_minutes": 90,
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Schedules a sitting of an exam."""
        return self.once(self._create)

    def _create(self) -> Response:
        given = checked(NewSittingSerializer, self.request.data)
        exam = own_row(Exam, given.pop("exam"), field="exam")
        watching = [own_member(number, field="proctors") for number in given.pop("proctors", [])]
        made = sittings.create_sitting(exam, actor=self.actor, proctors=watching, **given)
        return Response(SittingSerializer(made).data, status=201)


class OneSitting(TokenView):
    """One sitting."""

    scopes = {"GET": "sittings:read", "PATCH": "sittings:write", "DELETE": "sittings:write"}

    @operation("sitting", tag=_TAG, answer=SittingSerializer)
    def get(self, request: Request, sitting_id: int) -> Response:
        """One sitting."""
        query_in(request)
        return Response(SittingSerializer(own_row(Sitting, sitting_id)).data)

    @operation("sitting_change", tag=_TAG, body=SittingChangeSerializer, answer=SittingSerializer)
    def patch(self, request: Request, sitting_id: int) -> Response:
        """Changes what is named; candidates hear of other times. Who has started does not suffer from it."""
        sitting = own_row(Sitting, sitting_id)
        given = checked(SittingChangeSerializer, request.data, partial=True)
        sittings.change_sitting(sitting, actor=self.actor, **given)
        return Response(SittingSerializer(sitting).data)

    @operation("sitting_delete", tag=_TAG, status=204, answer=OpenApiResponse(description="Deleted."))
    def delete(self, request: Request, sitting_id: int) -> Response:
        """Deletes a sitting that nobody is or was enrolled in. 409 `has_enrolments`: call it off instead."""
        sittings.delete_sitting(own_row(Sitting, sitting_id), actor=self.actor)
        return Response(status=204)


class CancelSitting(TokenView):
    """Call off."""

    scopes = {"POST": "sittings:write"}

    @operation("sitting_cancel", tag=_TAG, body=GivenReasonSerializer, answer=SittingSerializer)
    def post(self, request: Request, sitting_id: int) -> Response:
        """Calls a sitting off, unless somebody has started; candidates are told. A repeat changes nothing."""
        sitting = own_row(Sitting, sitting_id)
        given = checked(GivenReasonSerializer, request.data)
        sittings.cancel_sitting(sitting, actor=self.actor, reason=given["reason"])
        return Response(SittingSerializer(sitting).data)


class SittingProctors(TokenView):
    """Who watches."""

    scopes = {"POST": "sittings:write"}

    @operation("sitting_proctor_assign", tag=_TAG, body=ProctorSerializer, answer=SittingSerializer)
    def post(self, request: Request, sitting_id: int) -> Response:
        """Lets a member with a watching role watch the sitting. A repeat changes nothing."""
        sitting = own_row(Sitting, sitting_id)
        given = checked(ProctorSerializer, request.data)
        user = own_member(given["member"], field="member")
        with transaction.atomic():
            sittings.assign_proctor(sitting, user, actor=self.actor)
        return Response(SittingSerializer(sitting).data)


class SittingProctorView(TokenView):
    """One who watches."""

    scopes = {"DELETE": "sittings:write"}

    @operation(
        "sitting_proctor_unassign",
        tag=_TAG,
        status=204,
        answer=OpenApiResponse(description="Watches it no more."),
    )
    def delete(self, request: Request, sitting_id: int, member_id: int) -> Response:
        """Takes the watching away from somebody, also from a member of former days."""
        sitting = own_row(Sitting, sitting_id)
        row = sitting.proctors.filter(user=member_id).select_related("user").first()
        if row is None:
            raise NotFound("There is no such proctor of this sitting.")
        sittings.unassign_proctor(sitting, row.user, actor=self.actor)
        return Response(status=204)
