"""What is announced to the candidates of a sitting, and who has acknowledged it."""

import uuid

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models.attempt import Attempt
from exams.models.question import Question
from exams.models.sitting import Sitting

LONGEST_TEXT = 2000


class Announcement(TenantModel):
    """A text for a whole sitting, or with a question a clarification for those on whose paper it stands.

    Never changed or deleted: a correction is a new row that replaces this one, a withdrawal only marks it.
    Written by `delivery.announcements`.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="announcements")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(max_length=LONGEST_TEXT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField()
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by", help_text="What it corrects."
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    key = models.UUIDField(
        default=uuid.uuid4, help_text="Of the form it was written in: sent twice, it is announced once."
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "key"], name="announcement_once_per_form"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="announcement_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class AnnouncementAcknowledgement(TenantModel):
    """The candidate of an attempt has read an announcement, or that it was withdrawn."""

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="acknowledgements")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    of_withdrawal = models.BooleanField(default=False)
    acknowledged_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "attempt", "of_withdrawal"], name="announcement_acknowledged_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.attempt} has read {self.announcement_id}"
