"""Invitations to the token's institution: sent, sent again, withdrawn."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.members import refuse_roles_of_people
from accounts.api.paging import page_of
from accounts.api.shapes import StrictSerializer, checked, page_shape, query_in
from accounts.models import Invitation
from accounts.roles import ROLE_CODES
from accounts.services import invitations
from proctor_site.kernel import clock
from proctor_site.kernel.errors import NotFound

_TAG = "members"


class InvitationSerializer(serializers.Serializer[Any]):
    """An offer of one role. The link in the e-mail is known to its reader alone."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(choices=ROLE_CODES)
    invitation_state = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    mail_failed = serializers.SerializerMethodField(help_text="Whether the e-mail could not be sent.")

    def get_invitation_state(self, invitation: Invitation) -> str:
        """waiting, expired, accepted or withdrawn."""
        if invitation.accepted_at:
            return "accepted"
        if invitation.withdrawn_at:
            return "withdrawn"
        return "expired" if invitation.expires_at <= clock.now() else "waiting"

    def get_mail_failed(self, invitation: Invitation) -> bool:
        return invitation.mail_failed_at is not None


class InvitationQuerySerializer(StrictSerializer):
    """Filters of invitations."""

    email = serializers.EmailField(required=False)
    created_after = serializers.DateTimeField(required=False)


class NewInvitationSerializer(StrictSerializer):
    """Whom to invite to which roles."""

    email = serializers.EmailField()
    name = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=ROLE_CODES),
        min_length=1,
        help_text="Of candidate, author, proctor, reviewer; others are given by people.",
    )


class InvitationsMadeSerializer(serializers.Serializer[Any]):
    """One invitation for each role; one e-mail with one link for all."""

    invitations = InvitationSerializer(many=True)


class Invitations(TokenView):
    """All invitations."""

    scopes = {"GET": "members:read", "POST": "members:write"}

    @operation(
        "invitations",
        tag=_TAG,
        answer=page_shape(InvitationSerializer),
        query=InvitationQuerySerializer,
        is_paged=True,
    )
    def get(self, request: Request) -> Response:
        """Invitations that were sent, in order."""
        given = query_in(request, InvitationQuerySerializer)
        rows = Invitation.objects.all()
        if "email" in given:
            rows = rows.filter(email=given["email"].lower())
        if "created_after" in given:
            rows = rows.filter(created_at__gt=given["created_after"])
        return page_of(request, rows, lambda found: InvitationSerializer(found, many=True).data)

    @operation(
        "invitation_create",
        tag=_TAG,
        status=201,
        body=NewInvitationSerializer,
        answer=InvitationsMadeSerializer,
    )
    def post(self, request: Request) -> Response:
        """Invites a person by e-mail; they become a member by accepting."""
        return self.once(self._invite)

    def _invite(self) -> Response:
        given = checked(NewInvitationSerializer, self.request.data)
        refuse_roles_of_people(given["roles"])
        made = invitations.invite_member(self.institution, actor=self.actor, **given)
        return Response(InvitationsMadeSerializer({"invitations": made}).data, status=201)


class OneInvitation(TokenView):
    """One invitation."""

    scopes = {"GET": "members:read", "DELETE": "members:write"}

    @operation("invitation", tag=_TAG, answer=InvitationSerializer)
    def get(self, request: Request, invitation_id: int) -> Response:
        """One invitation."""
        query_in(request)
        return Response(InvitationSerializer(own_invitation(invitation_id)).data)

    @operation(
        "invitation_withdraw", tag=_TAG, status=204, answer=OpenApiResponse(description="Its link is dead.")
    )
    def delete(self, request: Request, invitation_id: int) -> Response:
        """Withdraws an open invitation."""
        found = own_invitation(invitation_id)
        refuse_roles_of_people([found.role])
        invitations.withdraw_invitation(found, actor=self.actor)
        return Response(status=204)


class ResendInvitation(TokenView):
    """Send again."""

    scopes = {"POST": "members:write"}

    @operation(
        "invitation_resend", tag=_TAG, answer=InvitationSerializer, body=StrictSerializer, takes_key=True
    )
    def post(self, request: Request, invitation_id: int) -> Response:
        """Sends a new link, valid from now; the former one stops working."""
        return self.once(lambda: self._resend(invitation_id))

    def _resend(self, invitation_id: int) -> Response:
        checked(StrictSerializer, self.request.data)
        found = own_invitation(invitation_id)
        refuse_roles_of_people([found.role])
        invitations.resend_invitation(found, actor=self.actor)
        return Response(InvitationSerializer(found).data)


def own_invitation(invitation_id: int) -> Invitation:
    """The invitation. Raises NotFound."""
    found = Invitation.objects.filter(pk=invitation_id).select_related("institution").first()
    if found is None:
        raise NotFound("There is no such invitation of your institution.")
    return found
