"""Measured intervals in which a candidate could not work, and what was credited for them."""

from django.db import models

from accounts.tenancy import TenantModel
from exams.models.attempt import Attempt


class Cause(models.TextChoices):
    """Why time was lost."""

    PAUSE = "pause", "Paused by a proctor"
    BREAK = "break", "Break"
    CONNECTION = "connection", "Connection lost"
    OUTAGE = "outage", "Outage of the server"
    QUEUE = "queue", "Waiting in a queue"
    DISTURBANCE = "disturbance", "Disturbance noted by the exam office"


WHY_NOT = {
    "overlap": "given back already for another reason",
    "too_short": "too short to be given back",
    "not_by_itself": "not given back by itself in this sitting",
    "most_reached": "as much as is given back by itself was reached",
}
"""Why less than an interval was given back (`delivery.lost_time_rules`)."""


class ServerPulse(models.Model):
    """The one row that says when the server last lived; a gap is an outage of the whole server."""

    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"alive at {self.beat_at}"


class LostTime(TenantModel):
    """One interval; `credited_seconds` of it have been added to the deadline."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="lost_time")
    cause = models.CharField(max_length=20, choices=Cause.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    credited_seconds = models.PositiveIntegerField(default=0)
    why_not = models.CharField(
        max_length=20, blank=True, help_text="Why less than the interval was credited; empty: all of it was."
    )

    class Meta:
        verbose_name_plural = "lost time"
        ordering = ["attempt_id", "started_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__gte=models.F("started_at")), name="lost_time_ends_after_start"
            )
        ]

    @property
    def why_not_in_words(self) -> str:
        return WHY_NOT.get(self.why_not, "")

    def __str__(self) -> str:
        return f"{self.get_cause_display()}, {self.credited_seconds} s credited"
