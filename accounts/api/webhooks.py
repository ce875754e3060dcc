"""Webhooks by token: made, changed, switched, deleted, given a new secret, tried; as on the admin pages."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import StrictSerializer, checked, page_shape, query_in
from accounts.api.webhook_shapes import DeliverySerializer
from accounts.models import WebhookEndpoint
from accounts.webhooks import endpoints
from accounts.webhooks.events import EVENTS
from proctor_site.kernel.errors import NotFound

TAG = "webhooks"
_SHOWN_ONCE = "secret"


class NewWebhookSerializer(StrictSerializer):
    """Which system is told, where, and of what."""

    name = serializers.CharField(max_length=100, help_text="The told system, such as: Student register.")
    url = serializers.CharField(
        max_length=500, help_text="Begins with https:// and is reached over the public internet."
    )
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=[(each.code, each.words) for each in EVENTS.values()]),
        min_length=1,
    )


class WebhookChangeSerializer(NewWebhookSerializer):
    """What may change of a webhook."""

    is_on = serializers.BooleanField(help_text="False: nothing is sent or kept for it from then on.")


class WebhookSerializer(serializers.Serializer[Any]):
    """A webhook. Its secret is answered once, when it is made or rotated."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    is_on = serializers.SerializerMethodField()
    off_because = serializers.CharField(allow_blank=True)
    made_at = serializers.DateTimeField()
    taken_at = serializers.DateTimeField(allow_null=True, help_text="When it last took something.")
    failing_since = serializers.DateTimeField(allow_null=True, help_text="Null: it takes what is sent.")
    former_secret_until = serializers.DateTimeField(
        source="before_until", allow_null=True, help_text="Two signatures are sent until then."
    )

    def get_is_on(self, endpoint: WebhookEndpoint) -> bool:
        return endpoint.switched_off_at is None


class WebhookMadeSerializer(WebhookSerializer):
    """A webhook with its new secret, which no other call answers."""

    secret = serializers.CharField(help_text="Signs what is sent (Standard Webhooks). Store it now.")


class WebhookRotateSerializer(StrictSerializer):
    """How long the former secret signs too."""

    grace_hours = serializers.IntegerField(
        required=False,
        default=endpoints.DEFAULT_GRACE_HOURS,
        min_value=0,
        max_value=endpoints.MOST_GRACE_HOURS,
        help_text="0 when the former one may have leaked.",
    )


class Webhooks(TokenView):
    """All webhooks."""

    scopes = {"GET": "webhooks:read", "POST": "webhooks:write"}

    @operation("webhooks", tag=TAG, answer=page_shape(WebhookSerializer), is_paged=True)
    def get(self, request: Request) -> Response:
        """Webhooks, those that are switched off too."""
        query_in(request)
        rows = WebhookEndpoint.objects.all()
        return page_of(request, rows, lambda found: WebhookSerializer(found, many=True).data)

    @operation("webhook_create", tag=TAG, status=201, body=NewWebhookSerializer, answer=WebhookMadeSerializer)
    def post(self, request: Request) -> Response:
        """A new webhook, switched on, with the secret that signs what is sent.

        A repeat under the same `Idempotency-Key` gets the secret again, for 24 hours.
        """
        return self.once(self._make, secret=_SHOWN_ONCE)

    def _make(self) -> Response:
        given = checked(NewWebhookSerializer, self.request.data)
        made, secret = endpoints.make(self.institution, actor=self.actor, **given)
        return _with_secret(made, secret)


class OneWebhook(TokenView):
    """One webhook."""

    scopes = {"GET": "webhooks:read", "PATCH": "webhooks:write", "DELETE": "webhooks:write"}

    @operation("webhook", tag=TAG, answer=WebhookSerializer)
    def get(self, request: Request, webhook_id: int) -> Response:
        """One webhook."""
        query_in(request)
        return Response(WebhookSerializer(own_webhook(webhook_id)).data)

    @operation("webhook_change", tag=TAG, body=WebhookChangeSerializer, answer=WebhookSerializer)
    def patch(self, request: Request, webhook_id: int) -> Response:
        """Changes what is named; what waits already goes to the new address."""
        found = own_webhook(webhook_id)
        given = checked(WebhookChangeSerializer, request.data, partial=True)
        is_on = given.pop("is_on", None)
        with transaction.atomic():
            if given:
                present = {name: getattr(found, name) for name in ("name", "url", "events")}
                endpoints.change(found, actor=self.actor, **present | given)
            if is_on is not None and is_on != (found.switched_off_at is None):
                act = endpoints.switch_on if is_on else endpoints.switch_off
                act(found, actor=self.actor)
        return Response(WebhookSerializer(found).data)

    @operation(
        "webhook_delete", tag=TAG, status=204, answer=OpenApiResponse(description="Deleted, with its log.")
    )
    def delete(self, request: Request, webhook_id: int) -> Response:
        """Deletes it with what waits for it and the log of what was sent."""
        endpoints.remove(own_webhook(webhook_id), actor=self.actor)
        return Response(status=204)


class RotateWebhook(TokenView):
    """A new secret."""

    scopes = {"POST": "webhooks:write"}

    @operation(
        "webhook_rotate", tag=TAG, status=201, body=WebhookRotateSerializer, answer=WebhookMadeSerializer
    )
    def post(self, request: Request, webhook_id: int) -> Response:
        """A new secret; the former one signs too for the hours that you choose (24).

        Send an `Idempotency-Key`: without one, a repeat after a lost answer makes yet another secret.
        """
        found = own_webhook(webhook_id)
        return self.once(lambda: self._rotate(found), secret=_SHOWN_ONCE)

    def _rotate(self, found: WebhookEndpoint) -> Response:
        given = checked(WebhookRotateSerializer, self.request.data)
        return _with_secret(found, endpoints.rotate(found, actor=self.actor, **given))


class TestWebhook(TokenView):
    """A test."""

    __test__ = False  # no test case of pytest
    scopes = {"POST": "webhooks:write"}

    @operation("webhook_test", tag=TAG, status=201, body=StrictSerializer, answer=DeliverySerializer)
    def post(self, request: Request, webhook_id: int) -> Response:
        """Sends an event that says only that it is a test; what became of it stands in its delivery."""
        found = own_webhook(webhook_id)
        return self.once(lambda: self._send(found))

    def _send(self, found: WebhookEndpoint) -> Response:
        checked(StrictSerializer, self.request.data)
        made = endpoints.send_test(found, actor=self.actor)
        return Response(DeliverySerializer(made).data, status=201)


def own_webhook(webhook_id: int, *, field: str | None = None) -> WebhookEndpoint:
    """The webhook. Raises NotFound."""
    found = WebhookEndpoint.objects.select_related("institution").filter(pk=webhook_id).first()
    if found is None:
        raise NotFound("There is no such webhook of your institution.", field=field)
    return found


def _with_secret(endpoint: WebhookEndpoint, secret: str) -> Response:
    return Response({**WebhookSerializer(endpoint).data, _SHOWN_ONCE: secret}, status=201)
