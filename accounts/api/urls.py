"""Addresses of the public API about institution and members, below /api/v1/institution/."""

from django.urls import URLPattern, URLResolver, path

from accounts.api.institution import OwnInstitution
from accounts.api.invitations import Invitations, OneInvitation, ResendInvitation
from accounts.api.members import Member, Members

urlpatterns: list[URLPattern | URLResolver] = [
    path("", OwnInstitution.as_view(), name="api_institution"),
    path("members/", Members.as_view(), name="api_members"),
    path("members/<int:member_id>/", Member.as_view(), name="api_member"),
    path("invitations/", Invitations.as_view(), name="api_invitations"),
    path("invitations/<int:invitation_id>/", OneInvitation.as_view(), name="api_invitation"),
    path("invitations/<int:invitation_id>/resend/", ResendInvitation.as_view(), name="api_invitation_resend"),
]
