"""Addresses of meetings of their own."""

from django.urls import URLPattern, path

from proctoring.pages.guest_room import guest_agree, guest_room
from proctoring.pages.meeting_room import agree, meeting, meeting_link
from proctoring.pages.meetings import (
    invitation_resend,
    invitation_revoke,
    meeting_cancel,
    meeting_details,
    meeting_edit,
    meeting_list,
    meeting_new,
)

_HERE = "i/<slug:slug>/meetings/"
_ONE = _HERE + "<int:meeting_id>/"
_INVITATION = _ONE + "invitations/<int:invitation_id>/"

urlpatterns: list[URLPattern] = [
    path("meeting/guest/<str:token>/", guest_room, name="guest_room"),
    path("meeting/guest/<str:token>/agree/", guest_agree, name="guest_agree"),
    path("meeting/<str:secret>/", meeting_link, name="meeting_link"),
    path(_HERE, meeting_list, name="meetings"),
    path(_HERE + "new/", meeting_new, name="meeting_new"),
    path(_ONE, meeting, name="meeting"),
    path(_ONE + "agree/", agree, name="meeting_agree"),
    path(_ONE + "details/", meeting_details, name="meeting_details"),
    path(_ONE + "edit/", meeting_edit, name="meeting_edit"),
    path(_ONE + "cancel/", meeting_cancel, name="meeting_cancel"),
    path(_INVITATION + "resend/", invitation_resend, name="meeting_invitation_resend"),
    path(_INVITATION + "revoke/", invitation_revoke, name="meeting_invitation_revoke"),
]
