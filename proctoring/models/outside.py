"""What another system calls the monitoring session that it started, and what it gave along."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from proctoring.models.session import MonitoringSession

LONGEST_ID = 100


class OutsideSession(TenantModel):
    """The other system's side of a session. It goes when the session is deleted; the session stays empty.

    A name may be used again once its session has ended: `run` counts, and the newest is meant.
    """

    session = models.OneToOneField(MonitoringSession, on_delete=models.PROTECT, related_name="outside")
    name = models.CharField(max_length=LONGEST_ID, help_text="What the other system calls it.")
    run = models.PositiveIntegerField(default=1)
    job_data = models.JSONField(default=dict, blank=True, help_text="Given by the other system, for itself.")
    shows_warnings = models.BooleanField(
        default=False,
        db_default=False,
        help_text="The other system shows its candidate what proctors write, and says when it did.",
    )
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "name", "run"], name="outside_session_named_once")
        ]

    def __str__(self) -> str:
        return self.name
