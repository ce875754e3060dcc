"""A piece of work that may wait, as the people of an institution see it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts import states
from accounts.tenancy import TenantModel


class Job(TenantModel):
    """What was asked for, how far it is, and what became of it. `accounts.jobs` is its only writer."""

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200, help_text="What is done, such as: Import 312 candidates.")
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=120, blank=True, help_text="Of one key at most one job waits.")
    state = models.CharField(
        max_length=10, choices=[(state, state) for state in states.JOB_STATES], default=states.WAITING
    )
    tries = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True, help_text="Why it failed, or why it is tried again.")
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Not carried out before.")
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True, help_text="When the work last said that it goes on.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=states.JOB_STATES), name="job_state_known"),
            models.UniqueConstraint(
                fields=["institution", "key"],
                condition=models.Q(state=states.WAITING) & ~models.Q(key=""),
                name="job_one_waiting_per_key",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["institution", "-id"], name="job_newest_first"),
            models.Index(
                fields=["beat_at"], condition=models.Q(state=states.RUNNING), name="job_running_by_beat"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in (states.DONE, states.FAILED)
