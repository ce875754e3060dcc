"""Webhooks in the admin: set up, changed, rotated, switched off and on, tried, and the log of deliveries."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.admin.read_only import NeverByHand
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.admin.webhook_pages import EndpointPages, MessagePages
from accounts.models import WebhookEndpoint, WebhookMessage
from accounts.zones import moment_in_words

_MOST_TRIES = 50


@admin.register(WebhookEndpoint, site=site)
class WebhookEndpointAdmin(EndpointPages, NeverByHand, TenantAdmin):
    """Addresses of other systems that are told of events. Written on pages of their own."""

    list_display = ("name", "url", "standing", "hears_of", "taken_at", "made_at")
    list_select_related = ("made_by",)
    search_fields = ("name", "url")
    search_help_text = "Searches names and addresses."
    fields = (
        "name",
        "url",
        "standing",
        "hears_of",
        "taken_at",
        "failing_since",
        "before_until",
        "made_by",
        "made_at",
        "deliveries",
    )
    readonly_fields = fields
    nothing_yet = "No other system is told of events yet."
    change_form_template = "admin/accounts/webhookendpoint/change_form.html"
    change_list_template = "admin/accounts/webhookendpoint/change_list.html"

    def get_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> Any:
        """Without since when it fails and until when a former secret signs, where neither is so."""
        empty = {name for name in ("failing_since", "before_until") if getattr(obj, name, None) is None}
        return [name for name in self.fields if name not in empty]

    @admin.display(description="state")
    def standing(self, endpoint: WebhookEndpoint) -> str:
        if endpoint.switched_off_at is not None:
            return f"switched off. {endpoint.off_because}"
        return "on, takes nothing at present" if endpoint.failing_since else "on"

    @admin.display(description="hears of")
    def hears_of(self, endpoint: WebhookEndpoint) -> str:
        return ", ".join(endpoint.events)

    @admin.display(description="deliveries")
    def deliveries(self, endpoint: WebhookEndpoint) -> SafeString:
        address = reverse("admin:accounts_webhookmessage_changelist")
        return format_html('<a href="{}?endpoint__id__exact={}">What was sent</a>', address, endpoint.pk)


class StateFilter(admin.SimpleListFilter):
    """By what became of them."""

    title = "state"
    parameter_name = "state"
    _CHOSEN = {
        "waiting": models.Q(delivered_at=None, given_up_at=None),
        "delivered": models.Q(delivered_at__isnull=False),
        "given_up": models.Q(given_up_at__isnull=False),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, code.replace("_", " ")) for code in self._CHOSEN]

    def queryset(
        self, request: HttpRequest, queryset: "models.QuerySet[WebhookMessage]"
    ) -> "models.QuerySet[WebhookMessage]":
        chosen = self._CHOSEN.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen)


@admin.register(WebhookMessage, site=site)
class WebhookMessageAdmin(MessagePages, NeverByHand, TenantAdmin):
    """What was sent, or is to be, with each try and what came back; kept for 30 days."""

    list_display = ("public_id", "kind", "endpoint", "in_words", "tries", "happened_at")
    list_select_related = ("endpoint",)
    list_filter = (StateFilter, "endpoint")
    search_fields = ("=public_id", "=kind")
    search_help_text = "Searches whole webhook-ids and events."
    fields = ("number", "kind", "endpoint", "in_words", "happened_at", "due", "sent", "log")
    readonly_fields = fields
    nothing_yet = "Nothing has been sent yet."
    change_form_template = "admin/accounts/webhookmessage/change_form.html"

    @admin.display(description="webhook-id")
    def number(self, message: WebhookMessage) -> SafeString:
        return format_html('<code class="webhook-text">{}</code>', message.public_id)

    @admin.display(description="state")
    def in_words(self, message: WebhookMessage) -> str:
        if message.delivered_at is not None:
            return "delivered"
        if message.given_up_at is not None:
            return "given up"
        return "waiting for another try" if message.tries else "waiting"

    @admin.display(description="next try")
    def due(self, message: WebhookMessage) -> Any:
        return message.due_at if self.in_words(message).startswith("waiting") else None

    @admin.display(description="sent")
    def sent(self, message: WebhookMessage) -> SafeString:
        return format_html('<code class="webhook-text">{}</code>', message.body)

    @admin.display(description="tries")
    def log(self, message: WebhookMessage) -> SafeString:
        rows = list(message.log.order_by("-pk")[:_MOST_TRIES])
        if not rows:
            return SafeString("None yet.")
        words = (
            (
                moment_in_words(each.at, seconds=True),
                each.status if each.status is not None else "no answer",
                each.milliseconds,
                each.problem,
                each.answer,
            )
            for each in rows
        )
        line = '<li>{}: <strong>{}</strong> after {} ms. {} <span class="webhook-text">{}</span></li>'
        return format_html('<ol class="webhook-log">{}</ol>', format_html_join("", line, words))
