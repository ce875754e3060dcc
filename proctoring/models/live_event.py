"""What live pages are told, as rows: a page that reconnects asks for everything after its last id."""

from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Attempt, Sitting


class Audience(models.TextChoices):
    """Who receives an event."""

    PROCTORS = "proctors", "Proctors of the sitting"
    CANDIDATE = "candidate", "The candidate"


class LiveEvent(TenantModel):
    """One event. Trap: ids are given before commit, so a lower id may appear later; replay overlaps."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, null=True, related_name="+")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience.choices)
    kind = models.CharField(max_length=60, help_text="Fact name, such as 'incident.opened'.")
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["sitting", "audience", "id"], name="live_event_by_sitting"),
            models.Index(fields=["attempt", "audience", "id"], name="live_event_by_attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
