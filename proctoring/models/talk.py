"""What a candidate and their proctors write to each other, and hands that were raised."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Attempt, PaperItem

MOST_MESSAGE = 1_000
MOST_CLIENT_ID = 64


class Side(models.TextChoices):
    """Who wrote a message."""

    CANDIDATE = "candidate", "The candidate"
    PROCTOR = "proctor", "A proctor"


class ChatMessage(TenantModel):
    """One message; messages are only added. `read_at`: when somebody of the other side first saw it.

    `client_id` is chosen by the page that wrote it: sent again after a lost answer, it stays one message.
    `item`: the question that a candidate asks about.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(max_length=10, choices=Side.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=MOST_MESSAGE)
    item = models.ForeignKey(PaperItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    client_id = models.CharField(max_length=MOST_CLIENT_ID)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "author", "client_id"], name="chat_message_once"),
            models.CheckConstraint(condition=models.Q(side__in=Side.values), name="chat_side_known"),
        ]
        indexes = [
            models.Index(
                fields=["attempt", "side"], condition=models.Q(read_at=None), name="chat_message_unread"
            )
        ]

    def __str__(self) -> str:
        return self.text


class RaisedHand(TenantModel):
    """A candidate asked for a proctor without words. `lowered_by` empty: it fell with the attempt's end."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="hands")
    raised_at = models.DateTimeField()
    lowered_at = models.DateTimeField(null=True, blank=True)
    lowered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"], condition=models.Q(lowered_at=None), name="raised_hand_one_up"
            )
        ]

    def __str__(self) -> str:
        return f"hand raised in attempt {self.attempt_id}"
