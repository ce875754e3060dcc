"""Saved answers: the journal keeps every change, the answer row is the newest one per question."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models.attempt import Attempt, PaperItem


class JournalEntry(TenantModel):
    """One change of one answer, as it came: chained, never altered. Written by `delivery.journal` only."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="journal")
    sequence = models.PositiveIntegerField(help_text="Order of arrival, from 1.")
    device = models.CharField(max_length=64)
    client_sequence = models.PositiveIntegerField(help_text="The device's own count; makes repeats harmless.")
    item = models.ForeignKey(PaperItem, on_delete=models.PROTECT, related_name="+")
    value = models.JSONField(
        null=True, help_text="The answer in the shape of the question's kind; null: cleared."
    )
    certainty = models.PositiveSmallIntegerField(
        null=True, help_text="How sure the candidate is, 1 to 3; null: not stated."
    )
    flagged = models.BooleanField(
        null=True, help_text="Whether the candidate wants to come back to it; null: not said."
    )
    client_at = models.DateTimeField(help_text="By the device's clock, which may be wrong.")
    received_at = models.DateTimeField()
    is_late = models.BooleanField(
        "late", default=False, help_text="Came after the end, and counts because it was given before it."
    )
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "journal entries"
        ordering = ["attempt_id", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "sequence"], name="journal_sequence_once"),
            models.UniqueConstraint(
                fields=["attempt", "device", "client_sequence"], name="journal_change_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.sequence}"


class KeptChange(TenantModel):
    """A change that came after the end and was not counted: kept as it came, chained, for a person to decide.

    Written by `delivery.late` only. Accepted ones are in the journal as well.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="kept")
    sequence = models.PositiveIntegerField(help_text="Order of arrival, from 1.")
    device = models.CharField(max_length=64)
    client_sequence = models.PositiveIntegerField()
    item = models.ForeignKey(PaperItem, on_delete=models.PROTECT, related_name="+")
    value = models.JSONField(null=True)
    certainty = models.PositiveSmallIntegerField(null=True)
    flagged = models.BooleanField(null=True)
    client_at = models.DateTimeField(help_text="By the device's clock, which may be wrong.")
    received_at = models.DateTimeField()
    why = models.CharField(max_length=30, help_text="Why it was not counted.")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "kept answer"
        ordering = ["attempt_id", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "sequence"], name="kept_sequence_once"),
            models.UniqueConstraint(fields=["attempt", "device", "client_sequence"], name="kept_change_once"),
        ]

    def __str__(self) -> str:
        return f"kept {self.attempt_id}/{self.sequence}"


class Answer(TenantModel):
    """The newest saved answer to one question of a paper."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    item = models.OneToOneField(PaperItem, on_delete=models.PROTECT, related_name="answer")
    value = models.JSONField(null=True)
    certainty = models.PositiveSmallIntegerField(
        null=True, help_text="How sure the candidate is, 1 to 3; null: not stated."
    )
    flagged = models.BooleanField(default=False, help_text="The candidate wants to come back to it.")
    journal_sequence = models.PositiveIntegerField(default=0)
    device_turn = models.PositiveSmallIntegerField(
        default=0, help_text="Position in the attempt's devices of the one that gave the answer."
    )
    client_sequence = models.PositiveIntegerField(
        default=0,
        help_text="The device's own count of the change; an older one that comes later does not win.",
    )
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["item__position"]

    def __str__(self) -> str:
        return f"answer to {self.item_id}"
