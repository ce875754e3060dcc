"""Addresses of the public API about institution and members, below /api/v1/institution/."""

from django.urls import URLPattern, URLResolver, path

from accounts.api.institution import OwnInstitution
from accounts.api.invitations import Invitations, OneInvitation, ResendInvitation
from accounts.api.members import Member, Members
from accounts.api.webhook_deliveries import ReplayWebhook, SendAgain, WebhookDeliveries, WebhookDelivery
from accounts.api.webhooks import OneWebhook, RotateWebhook, TestWebhook, Webhooks

_WEBHOOK = "webhooks/<int:webhook_id>/"
_DELIVERY = "webhook-deliveries/<int:delivery_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", OwnInstitution.as_view(), name="api_institution"),
    path("members/", Members.as_view(), name="api_members"),
    path("members/<int:member_id>/", Member.as_view(), name="api_member"),
    path("invitations/", Invitations.as_view(), name="api_invitations"),
    path("invitations/<int:invitation_id>/", OneInvitation.as_view(), name="api_invitation"),
    path("invitations/<int:invitation_id>/resend/", ResendInvitation.as_view(), name="api_invitation_resend"),
    path("webhooks/", Webhooks.as_view(), name="api_webhooks"),
    path(_WEBHOOK, OneWebhook.as_view(), name="api_webhook"),
    path(_WEBHOOK + "rotate/", RotateWebhook.as_view(), name="api_webhook_rotate"),
    path(_WEBHOOK + "test/", TestWebhook.as_view(), name="api_webhook_test"),
    path(_WEBHOOK + "replay/", ReplayWebhook.as_view(), name="api_webhook_replay"),
    path("webhook-deliveries/", WebhookDeliveries.as_view(), name="api_webhook_deliveries"),
    path(_DELIVERY, WebhookDelivery.as_view(), name="api_webhook_delivery"),
    path(_DELIVERY + "replay/", SendAgain.as_view(), name="api_webhook_delivery_replay"),
]
