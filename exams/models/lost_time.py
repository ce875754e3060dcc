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


class LostTime(TenantModel):
    """One interval; `credited_seconds` of it have been added to the deadline."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="lost_time")
    cause = models.CharField(max_length=20, choices=Cause.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    credited_seconds = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "lost time"
        ordering = ["attempt_id", "started_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__gte=models.F("started_at")), name="lost_time_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()}, {self.credited_seconds} s credited"
