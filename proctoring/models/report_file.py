"""A report that was asked for as a PDF: made by a job, kept privately for a day for the one who asked."""

from django.conf import settings
from django.db import models

from accounts.models import Job
from accounts.tenancy import TenantModel
from proctoring.models.session import MonitoringSession


class ReportFile(TenantModel):
    """One PDF for one person: what it shows and hides is what that person may see.

    Written by `proctoring.reports.files` alone. `stored_name` is empty until it is made, and again once the
    file is deleted; the row stays as the record of the export.
    """

    session = models.ForeignKey(MonitoringSession, on_delete=models.CASCADE, related_name="report_files")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    zone = models.CharField(max_length=64, help_text="Of the times in it.")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    stored_name = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField(default=0, help_text="Bytes.")
    pages = models.PositiveIntegerField(default=0)
    pictures = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["made_at"], name="report_file_by_age")]

    def __str__(self) -> str:
        return f"report {self.pk}"
