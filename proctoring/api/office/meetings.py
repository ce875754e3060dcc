"""Meetings without an exam by token: made, changed, called off, ended."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import RowNumber, StrictSerializer, checked, page_shape, query_in
from accounts.models import Institution, User
from exams.api.office.rows import own_member
from proctor_site.kernel.errors import NotFound
from proctoring import states
from proctoring.meetings.own import making, queries
from proctoring.models import Meeting

_TAG = "meetings"


class MeetingChangeSerializer(StrictSerializer):
    """What may change of a meeting."""

    title = serializers.CharField(max_length=200)
    hosts = serializers.ListField(
        child=RowNumber(), max_length=20, help_text="Numbers of members who may host; one to four."
    )
    opens_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="The slot, with its offset; null: at any time."
    )
    closes_at = serializers.DateTimeField(required=False, allow_null=True)


class NewMeetingSerializer(MeetingChangeSerializer):
    """A new meeting."""

    candidates = serializers.ListField(
        child=serializers.CharField(max_length=254),
        required=False,
        max_length=200,
        help_text="E-mail addresses, at most 50; who has no account gets a link that makes one.",
    )


class MeetingSerializer(MeetingChangeSerializer):
    """A meeting. Who is invited to it stands at `meetings/<id>/participants/`."""

    id = serializers.IntegerField()
    hosts = serializers.SerializerMethodField(help_text="Numbers of the members who host it.")  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=states.MEETING.states)
    made_at = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_hosts(self, meeting: Meeting) -> list[int]:
        return [each.pk for each in queries.hosts_of(meeting)]


class MeetingQuerySerializer(StrictSerializer):
    """Filters of meetings."""

    state = serializers.ChoiceField(choices=states.MEETING.states, required=False)
    opens_after = serializers.DateTimeField(required=False)
    opens_before = serializers.DateTimeField(required=False)


class CancelSerializer(StrictSerializer):
    """Why, in a few words; it stands in the audit log."""

    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


_FILTERS = {"opens_after": "opens_at__gt", "opens_before": "opens_at__lt"}


class OfficeMeetings(TokenView):
    """All meetings without an exam."""

    scopes = {"GET": "meetings:read", "POST": "meetings:write"}

    @operation(
        "meetings",
        tag=_TAG,
        answer=page_shape(MeetingSerializer),
        query=MeetingQuerySerializer,
        is_paged=True,
    )
    def get(self, request: Request) -> Response:
        """Meetings, those that are over or called off too; not the interviews of cases."""
        given = query_in(request, MeetingQuerySerializer)
        rows = queries.meetings_of(self.actor, self.institution)
        rows = rows.filter(**{_FILTERS.get(name, name): value for name, value in given.items()})
        return page_of(request, rows, lambda found: MeetingSerializer(found, many=True).data)

    @operation("meeting_create", tag=_TAG, status=201, body=NewMeetingSerializer, answer=MeetingSerializer)
    def post(self, request: Request) -> Response:
        """Makes a meeting; everybody who is invited gets an e-mail."""
        return self.once(self._create)

    def _create(self) -> Response:
        given = checked(NewMeetingSerializer, self.request.data)
        hosts = hosts_in(given.pop("hosts"))
        made = making.make_meeting(
            self.institution, actor=self.actor, hosts=hosts, candidates=given.pop("candidates", []), **given
        )
        return Response(MeetingSerializer(made).data, status=201)


class OfficeMeeting(TokenView):
    """One meeting."""

    scopes = {"GET": "meetings:read", "PATCH": "meetings:write"}

    @operation("meeting", tag=_TAG, answer=MeetingSerializer)
    def get(self, request: Request, meeting_id: int) -> Response:
        """One meeting."""
        query_in(request)
        return Response(MeetingSerializer(own_meeting(self.actor, self.institution, meeting_id)).data)

    @operation("meeting_change", tag=_TAG, body=MeetingChangeSerializer, answer=MeetingSerializer)
    def patch(self, request: Request, meeting_id: int) -> Response:
        """Changes what is named; everybody hears of another title or slot, new hosts of the meeting."""
        meeting = own_meeting(self.actor, self.institution, meeting_id)
        given = checked(MeetingChangeSerializer, request.data, partial=True)
        present = {name: getattr(meeting, name) for name in ("title", "opens_at", "closes_at")}
        hosts = hosts_in(given.pop("hosts")) if "hosts" in given else queries.hosts_of(meeting)
        making.change_meeting(meeting, actor=self.actor, hosts=hosts, **present | given)
        return Response(MeetingSerializer(meeting).data)


class CancelMeeting(TokenView):
    """Call off."""

    scopes = {"POST": "meetings:write"}

    @operation("meeting_cancel", tag=_TAG, body=CancelSerializer, answer=MeetingSerializer)
    def post(self, request: Request, meeting_id: int) -> Response:
        """Calls off a meeting that has not begun; everybody who is invited is told."""
        meeting = own_meeting(self.actor, self.institution, meeting_id)
        given = checked(CancelSerializer, request.data)
        making.cancel_meeting(meeting, actor=self.actor, reason=given["reason"])
        return Response(MeetingSerializer(meeting).data)


class EndMeeting(TokenView):
    """End."""

    scopes = {"POST": "meetings:write"}

    @operation("meeting_end", tag=_TAG, body=StrictSerializer, answer=MeetingSerializer)
    def post(self, request: Request, meeting_id: int) -> Response:
        """Ends a meeting that has begun, for everybody. A repeat changes nothing."""
        meeting = own_meeting(self.actor, self.institution, meeting_id)
        checked(StrictSerializer, request.data)
        making.end_meeting(meeting, actor=self.actor)
        return Response(MeetingSerializer(meeting).data)


def own_meeting(actor: User, institution: Institution, meeting_id: int) -> Meeting:
    """The meeting, when it has no exam and is no interview of a case. Raises NotFound."""
    found = queries.meetings_of(actor, institution).filter(pk=meeting_id).first()
    if found is None:
        raise NotFound("There is no such meeting in your institution.")
    return found


def hosts_in(numbers: list[int]) -> list[User]:
    """The members of these numbers. Raises NotFound naming the field."""
    return [own_member(number, field="hosts") for number in numbers]
