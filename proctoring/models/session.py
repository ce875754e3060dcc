"""The proctored span of one attempt (or of an outside caller's session), and warnings sent in it."""

import uuid

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Attempt, Sitting
from proctoring import states


class MonitoringSession(TenantModel):
    """A span of capture. `public_id` stands in addresses and tokens; the number never leaves the server."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    attempt = models.OneToOneField(
        Attempt, on_delete=models.PROTECT, null=True, blank=True, related_name="monitoring"
    )
    sitting = models.ForeignKey(
        Sitting, on_delete=models.PROTECT, null=True, blank=True, related_name="monitoring_sessions"
    )
    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_outside = models.BooleanField(
        default=False,
        help_text="Another system delivers the exam, and starts and ends the session by the API.",
    )
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in states.SESSION.states], default=states.SESSION_LIVE
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    evidence_hash = models.CharField(max_length=64, default="0" * 64, help_text="Head of the evidence chain.")
    evidence_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=states.SESSION.states), name="session_state_known"
            )
        ]
        indexes = [
            models.Index(fields=["state", "ended_at"], name="session_by_end"),
            models.Index(
                fields=["institution", "-id", "state", "sitting", "started_at"], name="session_list"
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.public_id}"

    @property
    def is_measured(self) -> bool:
        """Whether posture, eye contact and the like are measured: never of an exam that is taken here."""
        return self.is_outside or self.attempt_id is None


class CandidateWarning(TenantModel):
    """A message of a proctor that appears on the exam page and is acknowledged there."""

    session = models.ForeignKey(MonitoringSession, on_delete=models.PROTECT, related_name="warnings")
    proctor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=500)
    language = models.CharField(
        max_length=35, blank=True, default="", help_text="Of a ready text; empty: the proctor's own words."
    )
    sent_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="corrections"
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text
