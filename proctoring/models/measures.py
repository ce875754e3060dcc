"""Running figures of a session; no frame and no single value is kept."""

from django.db import models

from accounts.tenancy import TenantModel
from proctoring.models.session import MonitoringSession


class SessionMeasures(TenantModel):
    """Count, mean, least and most of each measurement, for the session API. Deleted with the session.

    Never shown to proctors or reviewers, and never a mark of the person (decision 0082).
    """

    session = models.OneToOneField(MonitoringSession, on_delete=models.CASCADE, related_name="measures")
    figures = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"figures of {self.session}"
