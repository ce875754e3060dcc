"""A list of incidents that somebody took out as a file, and the e-mail that says that it is ready."""

from django.conf import settings
from django.db import models

from accounts.models import Job
from accounts.models.outgoing_mail import OutgoingMail
from accounts.tenancy import TenantModel


class IncidentExport(TenantModel):
    """One long list as a file, for one person: names in it are hidden as they are for that person.

    Written by `proctoring.review.incident_exports`. `stored_name` is empty until the file is made, and again
    once it is deleted; `query` (it may hold a name that was searched for) goes with the file.
    """

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    form = models.CharField(max_length=20)
    zone = models.CharField(max_length=64, help_text="Of the times in it.")
    query = models.CharField(max_length=2000, blank=True, help_text="What the list was narrowed by.")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    stored_name = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["expires_at"], name="incident_export_by_age")]

    def __str__(self) -> str:
        return f"export {self.pk}"


class IncidentExportMail(OutgoingMail):
    """Tells who asked that the file can be had."""

    export = models.ForeignKey(IncidentExport, on_delete=models.CASCADE, related_name="mails")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.export} is ready"
