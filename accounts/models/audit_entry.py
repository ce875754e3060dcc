"""What was done, by whom, to what: append-only and chained per subject."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel


class AuditEntry(TenantModel):
    """One act. Written only by `accounts.audit.record`; the database refuses to change or delete it.

    Only `accounts.audit_removal` may empty `detail`, for erasure, and notes that it did (`redacted_at`).

    The chain runs per `stream` (one subject, such as "attempt:12"), not per institution: one chain for all
    would make 3,000 simultaneous starts wait for each other (docs/decisions/0003).
    """

    stream = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60, help_text="Fact name, such as 'attempt.paused'.")
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    redacted_at = models.DateTimeField(null=True, help_text="When its detail was removed; the hash stays.")

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "stream", "sequence"], name="audit_stream_sequence"
            )
        ]
        indexes = [
            models.Index(fields=["institution", "-at"], name="audit_by_time"),
            models.Index(fields=["institution", "verb", "-at"], name="audit_by_act"),
            models.Index(fields=["institution", "actor", "-at"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} ({self.stream})"
