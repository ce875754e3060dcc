"""What was done, by whom, to what: append-only and chained per subject."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F

from accounts.tenancy import TenantModel


class UpTo(models.Func):
    """The text up to and with its first `mark`: "attempt." of "attempt.paused". The mark stands in the SQL
    itself, so that an index over it is found."""

    arity = 1
    output_field = models.CharField()
    template = "SUBSTR(%(expressions)s, 1, INSTR(%(expressions)s, '%(mark)s'))"

    def __init__(self, expression: Any, *, mark: str, **extra: Any) -> None:
        if len(mark) != 1 or mark in "'%":
            raise ValueError("one plain character")
        super().__init__(expression, mark=mark, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """PostgreSQL calls INSTR otherwise."""
        template = str(self.template).replace("INSTR", "STRPOS")
        return self.as_sql(compiler, connection, template=template, **extra)


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
            models.Index(fields=["institution", "-at", "-id"], name="audit_by_time"),
            models.Index(fields=["institution", "verb", "-at", "-id"], name="audit_by_act"),
            models.Index(fields=["institution", "actor", "-at", "-id"], name="audit_by_actor"),
            models.Index(
                F("institution"),
                UpTo("verb", mark="."),
                F("at").desc(),
                F("id").desc(),
                name="audit_by_group",
            ),
            models.Index(
                F("institution"),
                UpTo("stream", mark=":"),
                F("at").desc(),
                F("id").desc(),
                name="audit_by_sort",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} ({self.stream})"
