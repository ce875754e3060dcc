"""How deliveries of webhooks look to calls by token."""

from typing import Any

from rest_framework import serializers

from accounts.api.shapes import RowNumber, StrictSerializer
from accounts.models import WebhookMessage
from accounts.webhooks.events import EVENTS, TEST

STATES = ("waiting", "taken", "given_up")


class DeliverySerializer(serializers.Serializer[Any]):
    """One event for one webhook."""

    id = serializers.IntegerField()
    webhook = serializers.IntegerField(source="endpoint_id")
    webhook_id = serializers.CharField(source="public_id", help_text="As in the header of that name.")
    event = serializers.CharField(source="kind")
    body = serializers.CharField(help_text="JSON, as it is signed.")
    happened_at = serializers.DateTimeField()
    delivery_state = serializers.SerializerMethodField()
    due_at = serializers.DateTimeField(help_text="When it is sent next, while it waits.")
    tries = serializers.IntegerField(help_text="Since it was last asked for.")
    taken_at = serializers.DateTimeField(source="delivered_at", allow_null=True)
    given_up_at = serializers.DateTimeField(allow_null=True)

    def get_delivery_state(self, message: WebhookMessage) -> str:
        """waiting, taken or given_up."""
        if message.delivered_at is not None:
            return "taken"
        return "waiting" if message.given_up_at is None else "given_up"


class TrySerializer(serializers.Serializer[Any]):
    """One try to deliver it."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="Of HTTP; null: there was no answer.")
    milliseconds = serializers.IntegerField()
    answer = serializers.CharField(allow_blank=True, help_text="How it began.")
    problem = serializers.CharField(allow_blank=True, help_text="Why there was no answer.")


class WholeDeliverySerializer(DeliverySerializer):
    """One event for one webhook, with every try to deliver it."""

    log = TrySerializer(many=True)


class DeliveryQuerySerializer(StrictSerializer):
    """Filters of deliveries."""

    webhook = RowNumber(required=False)
    event = serializers.ChoiceField(choices=[*EVENTS, TEST], required=False)
    delivery_state = serializers.ChoiceField(choices=STATES, required=False)
    happened_after = serializers.DateTimeField(required=False)


class ReplaySerializer(StrictSerializer):
    """From when on things are sent again."""

    since = serializers.DateTimeField(help_text="A moment of the last 30 days, with its offset.")


class ReplayedSerializer(serializers.Serializer[Any]):
    """How many are sent again."""

    count = serializers.IntegerField()
