"""What proves evidence outside: signed manifests of sessions, and packages that were handed over."""

from django.conf import settings
from django.db import models

from accounts.models import Job
from accounts.tenancy import TenantModel
from proctoring.models.case import Case
from proctoring.models.session import MonitoringSession


class EvidenceManifest(TenantModel):
    """A signed list of a session's evidence as it was at a moment. Never changed.

    Who can write the database can write a whole chain anew; the signature shows that it was another one.
    """

    session = models.ForeignKey(MonitoringSession, on_delete=models.PROTECT, related_name="manifests")
    count = models.PositiveIntegerField(help_text="Items on the list.")
    head = models.CharField(max_length=64, help_text="Head of the evidence chain.")
    body = models.TextField(help_text="The very text that is signed: JSON in UTF-8.")
    kid = models.CharField(max_length=32, help_text="Name of the signing key.")
    signature = models.CharField(max_length=100)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["session", "head"], name="manifest_once_for_a_head")]

    def __str__(self) -> str:
        return f"manifest of {self.count} items"


class SealedPackage(TenantModel):
    """A package of a case's evidence, made to be handed over. The row stays when the file is gone."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="packages")
    recipient = models.CharField(max_length=200, help_text="To whom it is handed over.")
    reason = models.CharField(max_length=500, help_text="Why, for the audit log.")
    with_readings = models.BooleanField(default=False, help_text="Readings and decisions are in it.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(max_length=200, blank=True, help_text="Name in the private store; empty: gone.")
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the zip.")
    items = models.PositiveIntegerField(default=0)
    erased_items = models.PositiveIntegerField(default=0, help_text="Named in the list, but erased before.")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Then the file is removed.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"package for {self.recipient}"
