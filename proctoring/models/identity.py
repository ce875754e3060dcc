"""The notice a candidate reads, the consent given to it, and the reference face that rests on the consent."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from proctoring.models.session import MonitoringSession


class Notice(TenantModel):
    """One wording of the notice shown before capture; a changed wording is a new version."""

    version = models.PositiveIntegerField()
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "version"], name="notice_version_once"),
            models.UniqueConstraint(fields=["institution", "sha256"], name="notice_wording_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"


class Consent(TenantModel):
    """A candidate's agreement to one notice, for one monitoring session."""

    session = models.ForeignKey(MonitoringSession, on_delete=models.PROTECT, related_name="consents")
    candidate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="consents")
    camera = models.BooleanField(default=True)
    face_comparison = models.BooleanField(default=False)
    looked_for = models.JSONField(
        null=True,
        blank=True,
        help_text="The detectors that the notice named; no other looks at this session. None: not recorded.",
    )
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=models.Q(withdrawn_at=None), name="consent_one_valid"
            )
        ]

    def __str__(self) -> str:
        return f"{self.candidate} to notice {self.notice}"


class ReferenceFace(TenantModel):
    """Face data enrolled at check-in. The template is encrypted; it is deleted with the session's data."""

    session = models.OneToOneField(MonitoringSession, on_delete=models.PROTECT, related_name="reference_face")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    engine = models.CharField(max_length=100, help_text="A template fits only the engine that made it.")
    template = models.BinaryField(help_text="Encrypted vector; never exported.")
    photo_name = models.CharField(max_length=200, help_text="Name in the private identity store.")
    photo_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reference of {self.session}"


class HeadBaseline(TenantModel):
    """How a candidate usually holds the head in front of the own screen: numbers, no picture.

    It rests on the consent and goes with it.
    """

    session = models.OneToOneField(MonitoringSession, on_delete=models.CASCADE, related_name="head_baseline")
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="+")
    numbers = models.JSONField(help_text="Form: `proctoring.vision.baseline.Baseline`.")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"baseline of {self.session}"
