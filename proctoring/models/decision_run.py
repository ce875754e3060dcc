"""One decision about all incidents that fit a filter, carried out by a job in parts."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Job
from accounts.tenancy import TenantModel


class DecisionRun(TenantModel):
    """How far a long run is, and how far its taking back. Written by `proctoring.incidents.runs` alone.

    What was decided stands in the audit log, in an entry for each part. `newest` and `query` fix what was
    confirmed: incidents that come later are not touched.
    """

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    run = models.CharField(max_length=32, help_text="Its name in the audit entries.")
    verb = models.CharField(max_length=30)
    reason = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    query = models.CharField(max_length=2000, blank=True, help_text="What the list was narrowed by.")
    newest = models.BigIntegerField(help_text="No incident above this number.")
    expected = models.PositiveIntegerField(help_text="How many were confirmed.")
    asked_at = models.DateTimeField()
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    place = models.BigIntegerField(null=True, help_text="The last incident that was looked at.")
    done = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    undo_asked_at = models.DateTimeField(null=True, blank=True)
    undo_job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    undo_place = models.BigIntegerField(default=0, help_text="The last audit entry that was taken back.")
    undone = models.PositiveIntegerField(default=0)
    undo_left = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "run"], name="decision_run_once"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undo_asked_at__isnull=False),
                name="decision_run_undone_when_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"
