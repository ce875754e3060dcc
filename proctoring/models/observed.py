"""What the detectors said of pictures and recordings, so that other numbers can be tried on past sittings."""

from django.db import models

from accounts.tenancy import TenantModel
from proctoring.models.session import MonitoringSession


class ObservedRules(TenantModel):
    """The rules that held while something was observed, each set once in an institution.

    `content`: `{"rules": {kind: numbers}, "muted": [kind], "advisory": [kind]}`.
    """

    digest = models.CharField(max_length=64)
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "digest"], name="observed_rules_once")]

    def __str__(self) -> str:
        return self.digest[:12]


class ObservationMinute(TenantModel):
    """The observations of about a minute of one session: no picture, no template (`incidents.observed`).

    Kept as long as the evidence of the session; in order of `pk`. `is_fresh`: the rules began anew with it.
    """

    session = models.ForeignKey(
        MonitoringSession, on_delete=models.CASCADE, related_name="observation_minutes"
    )
    rules = models.ForeignKey(ObservedRules, on_delete=models.PROTECT, related_name="+")
    begins_at = models.DateTimeField()
    frames = models.PositiveIntegerField()
    is_fresh = models.BooleanField(default=False)
    data = models.BinaryField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["session", "id"], name="observation_minute_in_order")]

    def __str__(self) -> str:
        return f"{self.frames} frames of {self.session}"


class ObservedClip(TenantModel):
    """What was heard in one recording: no sound, no word, no vector of a voice (`incidents.heard_clips`).

    Kept as long as the evidence of the session; in order of `pk`, which is the order in which recordings were
    judged. `is_fresh`: the rules began anew with it. `is_after_end`: the session had ended before it.
    """

    session = models.ForeignKey(MonitoringSession, on_delete=models.CASCADE, related_name="observed_clips")
    rules = models.ForeignKey(ObservedRules, on_delete=models.PROTECT, related_name="+")
    begins_at = models.DateTimeField()
    is_fresh = models.BooleanField(default=False)
    is_after_end = models.BooleanField(default=False)
    data = models.BinaryField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["session", "id"], name="observed_clip_in_order")]

    def __str__(self) -> str:
        return f"a recording of {self.session}"
