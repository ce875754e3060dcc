"""Who is invited to a meeting and was there, by token: invited, sent again, taken back."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import StrictSerializer, checked, page_shape, query_in
from proctor_site.kernel.errors import NotFound
from proctoring.api.office.meetings import own_meeting
from proctoring.meetings.own import invitations
from proctoring.models import Meeting, MeetingInvitation, MeetingStay
from proctoring.models.own_meeting import InvitedAs

_TAG = "meetings"


class StaySerializer(serializers.Serializer[Any]):
    """One time in the meeting."""

    joined_at = serializers.DateTimeField(source="began_at")
    let_in_at = serializers.DateTimeField(allow_null=True, help_text="From then on seen and heard.")
    left_at = serializers.DateTimeField(source="ended_at", allow_null=True, help_text="Null: still there.")


class ParticipantSerializer(serializers.Serializer[Any]):
    """Somebody who is or was invited. The link in the e-mail is known to its reader alone."""

    id = serializers.IntegerField()
    part = serializers.ChoiceField(choices=InvitedAs.values)
    email = serializers.EmailField()
    name = serializers.CharField(allow_blank=True, help_text="Empty until they have an account.")
    member = serializers.IntegerField(allow_null=True)
    invited_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    agreed_at = serializers.DateTimeField(allow_null=True, help_text="To being seen and heard.")
    revoked_at = serializers.DateTimeField(allow_null=True)
    stays = StaySerializer(many=True)


class NewParticipantsSerializer(StrictSerializer):
    """Whom to invite as candidates. Hosts are named with the meeting."""

    emails = serializers.ListField(child=serializers.CharField(max_length=254), min_length=1, max_length=200)


class ParticipantsMadeSerializer(serializers.Serializer[Any]):
    """Those who are newly invited; who was invited already is left so."""

    participants = ParticipantSerializer(many=True)


class Participants(TokenView):
    """All participants of a meeting."""

    scopes = {"GET": "meetings:read", "POST": "meetings:write"}

    @operation("participants", tag=_TAG, answer=page_shape(ParticipantSerializer), is_paged=True)
    def get(self, request: Request, meeting_id: int) -> Response:
        """Who is invited, with every time that they were there; taken back ones too."""
        query_in(request)
        meeting = own_meeting(self.actor, self.institution, meeting_id)
        rows = MeetingInvitation.objects.filter(meeting=meeting).select_related("user")
        return page_of(request, rows, lambda found: shown(meeting, found))

    @operation(
        "participants_invite",
        tag=_TAG,
        status=201,
        body=NewParticipantsSerializer,
        answer=ParticipantsMadeSerializer,
    )
    def post(self, request: Request, meeting_id: int) -> Response:
        """Invites candidates by e-mail."""
        return self.once(lambda: self._invite(meeting_id))

    def _invite(self, meeting_id: int) -> Response:
        meeting = own_meeting(self.actor, self.institution, meeting_id)
        given = checked(NewParticipantsSerializer, self.request.data)
        made = invitations.invite_candidates(meeting, given["emails"], actor=self.actor)
        return Response({"participants": shown(meeting, made)}, status=201)


class ResendParticipant(TokenView):
    """Send again."""

    scopes = {"POST": "meetings:write"}

    @operation(
        "participant_resend", tag=_TAG, body=StrictSerializer, answer=ParticipantSerializer, takes_key=True
    )
    def post(self, request: Request, meeting_id: int, participant_id: int) -> Response:
        """Sends the invitation again; a former link stops working."""
        return self.once(lambda: self._resend(meeting_id, participant_id))

    def _resend(self, meeting_id: int, participant_id: int) -> Response:
        checked(StrictSerializer, self.request.data)
        meeting = own_meeting(self.actor, self.institution, meeting_id)
        found = _own_participant(meeting, participant_id)
        invitations.resend(found, actor=self.actor)
        return Response(shown(meeting, [found])[0])


class RevokeParticipant(TokenView):
    """Take back."""

    scopes = {"POST": "meetings:write"}

    @operation("participant_revoke", tag=_TAG, body=StrictSerializer, answer=ParticipantSerializer)
    def post(self, request: Request, meeting_id: int, participant_id: int) -> Response:
        """Takes a candidate's invitation back; who is in the meeting is put out at once."""
        checked(StrictSerializer, request.data)
        meeting = own_meeting(self.actor, self.institution, meeting_id)
        found = _own_participant(meeting, participant_id)
        invitations.revoke(found, actor=self.actor)
        return Response(shown(meeting, [found])[0])


def shown(meeting: Meeting, found: Sequence[MeetingInvitation]) -> list[dict[str, Any]]:
    """The invitations with the times of their people there. One query for all of them."""
    people = [each.user_id for each in found if each.user_id]
    stays = MeetingStay.objects.filter(participant__meeting=meeting, participant__user__in=people)
    by_user: dict[int, list[MeetingStay]] = defaultdict(list)
    for stay in stays.select_related("participant").order_by("began_at", "pk"):
        by_user[stay.participant.user_id].append(stay)
    rows = [
        {
            "id": each.pk,
            "part": each.part,
            "email": each.email,
            "name": each.user.name if each.user else "",
            "member": each.user_id,
            "invited_at": each.invited_at,
            "accepted_at": each.accepted_at,
            "agreed_at": each.agreed_at,
            "revoked_at": each.revoked_at,
            "stays": by_user[each.user_id] if each.user_id else [],
        }
        for each in found
    ]
    return list(ParticipantSerializer(rows, many=True).data)


def _own_participant(meeting: Meeting, participant_id: int) -> MeetingInvitation:
    rows = MeetingInvitation.objects.filter(meeting=meeting, pk=participant_id)
    found = rows.select_related("institution", "meeting__institution", "user").first()
    if found is None:
        raise NotFound("There is no such participant of this meeting.")
    return found
