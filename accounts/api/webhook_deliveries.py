"""What was sent to webhooks, by token: the log, one delivery with its tries, sending again."""

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import TokenView, operation
from accounts.api.paging import page_of
from accounts.api.shapes import StrictSerializer, checked, page_shape, query_in
from accounts.api.webhook_shapes import (
    DeliveryQuerySerializer,
    DeliverySerializer,
    ReplayedSerializer,
    ReplaySerializer,
    TrySerializer,
    WholeDeliverySerializer,
)
from accounts.api.webhooks import TAG, own_webhook
from accounts.models import WebhookMessage
from accounts.webhooks import endpoints, outbox
from proctor_site.kernel.errors import NotFound

_STATES = {
    "waiting": outbox.WAITING,
    "taken": Q(delivered_at__isnull=False),
    "given_up": Q(given_up_at__isnull=False),
}


class WebhookDeliveries(TokenView):
    """All deliveries."""

    scopes = {"GET": "webhooks:read"}

    @operation(
        "webhook_deliveries",
        tag=TAG,
        answer=page_shape(DeliverySerializer),
        query=DeliveryQuerySerializer,
        is_paged=True,
    )
    def get(self, request: Request) -> Response:
        """What was or is to be sent, for 30 days."""
        given = query_in(request, DeliveryQuerySerializer)
        rows = WebhookMessage.objects.all()
        if "webhook" in given:
            rows = rows.filter(endpoint=own_webhook(given["webhook"], field="webhook"))
        if "event" in given:
            rows = rows.filter(kind=given["event"])
        if "delivery_state" in given:
            rows = rows.filter(_STATES[given["delivery_state"]])
        if "happened_after" in given:
            rows = rows.filter(happened_at__gt=given["happened_after"])
        return page_of(request, rows, lambda found: DeliverySerializer(found, many=True).data)


class WebhookDelivery(TokenView):
    """One delivery."""

    scopes = {"GET": "webhooks:read"}

    @operation("webhook_delivery", tag=TAG, answer=WholeDeliverySerializer)
    def get(self, request: Request, delivery_id: int) -> Response:
        """One delivery with every try."""
        query_in(request)
        return _answer(_own_delivery(delivery_id))


class SendAgain(TokenView):
    """Send one again."""

    scopes = {"POST": "webhooks:write"}

    @operation(
        "webhook_delivery_replay",
        tag=TAG,
        body=StrictSerializer,
        answer=WholeDeliverySerializer,
        takes_key=True,
    )
    def post(self, request: Request, delivery_id: int) -> Response:
        """Sends it once more under its `webhook-id`, with all its tries."""
        return self.once(lambda: self._send(delivery_id))

    def _send(self, delivery_id: int) -> Response:
        checked(StrictSerializer, self.request.data)
        found = _own_delivery(delivery_id)
        endpoints.send_again(found, actor=self.actor)
        found.refresh_from_db()
        return _answer(found)


class ReplayWebhook(TokenView):
    """Send all again."""

    scopes = {"POST": "webhooks:write"}

    @operation("webhook_replay", tag=TAG, body=ReplaySerializer, answer=ReplayedSerializer, takes_key=True)
    def post(self, request: Request, webhook_id: int) -> Response:
        """Sends all again that was taken or given up since a moment, in the order in which it happened."""
        return self.once(lambda: self._replay(webhook_id))

    def _replay(self, webhook_id: int) -> Response:
        found = own_webhook(webhook_id)
        given = checked(ReplaySerializer, self.request.data)
        return Response({"count": endpoints.replay(found, since=given["since"], actor=self.actor)})


def _own_delivery(delivery_id: int) -> WebhookMessage:
    rows = WebhookMessage.objects.select_related("endpoint__institution", "institution")
    found = rows.filter(pk=delivery_id).first()
    if found is None:
        raise NotFound("There is no such delivery of your institution.")
    return found


def _answer(message: WebhookMessage) -> Response:
    log = TrySerializer(message.log.order_by("pk"), many=True).data
    return Response({**DeliverySerializer(message).data, "log": log})
