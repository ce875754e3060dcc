"""The voice that a candidate recorded at check-in: an encrypted vector, no recording."""

from django.db import models

from accounts.tenancy import TenantModel
from proctoring.models.identity import Consent
from proctoring.models.session import MonitoringSession


class ReferenceVoice(TenantModel):
    """Voice data of one session. The template is encrypted; it rests on the consent and goes with it."""

    session = models.OneToOneField(
        MonitoringSession, on_delete=models.PROTECT, related_name="reference_voice"
    )
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    engine = models.CharField(max_length=200, help_text="A template fits only the engine that made it.")
    template = models.BinaryField(help_text="Encrypted vector; never exported.")
    speech_seconds = models.FloatField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"voice of {self.session}"
