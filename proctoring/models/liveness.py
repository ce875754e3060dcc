"""Whether a candidate turned the head at check-in as a program asked: an indication, no verdict."""

from django.db import models

from accounts.tenancy import TenantModel
from proctoring.models.identity import Consent
from proctoring.models.session import MonitoringSession


class LivenessAnswer(models.TextChoices):
    """What came of it. People decide."""

    MOVED = "moved", "moved as asked"
    NOT_SEEN = "not_seen", "could not be seen"
    NOT_ASKED = "not_asked", "not asked"


class LivenessCheck(TenantModel):
    """The step of one session: numbers, no picture. It rests on the consent and goes with it.

    `answer` empty: not settled yet. `challenge`: the one under way, good for one course until `expires_at`;
    empty: none is.
    """

    session = models.OneToOneField(MonitoringSession, on_delete=models.CASCADE, related_name="liveness_check")
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=10, choices=LivenessAnswer.choices, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Challenges begun.")
    failed = models.PositiveSmallIntegerField(default=0, help_text="Challenges that came to nothing.")
    challenge = models.CharField(max_length=32, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_sequence = models.BigIntegerField(default=-1)
    course = models.JSONField(default=dict, help_text="Form: `proctoring.vision.turning.Course`; the newest.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer__in=["", *LivenessAnswer.values]), name="liveness_answer_known"
            )
        ]

    def __str__(self) -> str:
        return f"turning the head in {self.session}: {self.get_answer_display() or 'going on'}"
