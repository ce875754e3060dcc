"""Webhooks: where another system hears of events, what is to be sent there, and each try to send it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel


class WebhookEndpoint(TenantModel):
    """An address of another system that is told of events. Written by `accounts.webhooks.endpoints` alone.

    The secrets sign what is sent, so they are kept readable, encrypted with the operator's key.
    """

    name = models.CharField(max_length=100, help_text="Which system it is, such as: Student register.")
    url = models.CharField("address", max_length=500)
    events = models.JSONField(default=list, help_text="Codes of accounts.webhooks.events.")
    secret = models.BinaryField()
    secret_before = models.BinaryField(null=True, help_text="Signs too, until `before_until`.")
    before_until = models.DateTimeField("former secret signs until", null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True, help_text="Nothing was taken since then.")
    taken_at = models.DateTimeField("last taken", null=True)
    switched_off_at = models.DateTimeField("switched off", null=True)
    off_because = models.CharField("why", max_length=200, blank=True)

    class Meta:
        verbose_name = "webhook"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class WebhookMessage(TenantModel):
    """One event for one address, written in the transaction of the event: numbers and facts, no names."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="messages")
    public_id = models.CharField("webhook-id", max_length=40, help_text="The same at every try.")
    kind = models.CharField("event", max_length=40)
    body = models.TextField(help_text="JSON, as it is signed.")
    happened_at = models.DateTimeField("happened")
    due_at = models.DateTimeField(help_text="When it is to be sent next.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="Since it was last asked for.")
    claimed_until = models.DateTimeField(null=True, help_text="A worker has it in hand until then.")
    delivered_at = models.DateTimeField("taken", null=True)
    given_up_at = models.DateTimeField("given up", null=True)

    class Meta:
        verbose_name = "webhook delivery"
        verbose_name_plural = "webhook deliveries"
        ordering = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "public_id"], name="webhook_message_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["endpoint", "due_at"],
                condition=models.Q(delivered_at=None, given_up_at=None),
                name="webhook_message_waiting",
            ),
            models.Index(fields=["institution", "-id"], name="webhook_message_list"),
            models.Index(fields=["endpoint", "happened_at"], name="webhook_message_by_time"),
            models.Index(fields=["happened_at"], name="webhook_message_by_age"),
        ]

    def __str__(self) -> str:
        return self.kind


class WebhookTry(TenantModel):
    """One attempt to deliver a message, and what came back."""

    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, help_text="Of HTTP; empty: there was no answer.")
    milliseconds = models.PositiveIntegerField()
    answer = models.CharField(max_length=500, blank=True, help_text="How it began.")
    problem = models.CharField(max_length=300, blank=True, help_text="Why there was no answer.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"try of {self.at:%Y-%m-%d %H:%M}"
