"""How much of each minute of a session was watched, and how well: plain counts, no mark of the person."""

from django.db import models

from accounts.tenancy import TenantModel
from proctoring.models.session import MonitoringSession


class CoverageMinute(TenantModel):
    """One minute of a session. Written by `proctoring.coverage` only; deleted with the session.

    Counts of pictures, seconds of recordings and of no sign from the page, and figures of the pictures and
    recordings themselves (decision 0082): light as grey level 0 to 255, faces, sound in dBFS. Means are kept
    as sums, so that several processes may add to one row.
    """

    session = models.ForeignKey(MonitoringSession, on_delete=models.CASCADE, related_name="coverage")
    minute = models.DateTimeField(help_text="Its first second, UTC.")
    captured = models.PositiveIntegerField(default=0, help_text="Camera pictures that came.")
    analysed = models.PositiveIntegerField(default=0)
    shed = models.PositiveIntegerField(default=0, help_text="Came, but nobody was free to look at them.")
    screens = models.PositiveIntegerField(default=0, help_text="Pictures of the screen that came.")
    offline_s = models.FloatField(default=0.0, help_text="Seconds without a sign from the page.")
    clips_s = models.FloatField(default=0.0, help_text="Seconds of recordings that were listened to.")
    quiet_s = models.FloatField(
        default=0.0, help_text="Seconds of which the browser said that nothing was to be heard."
    )
    light_sum = models.FloatField(default=0.0)
    light_count = models.PositiveIntegerField(default=0)
    faces = models.PositiveSmallIntegerField(null=True, help_text="The most in one usable picture.")
    sound_sum = models.FloatField(default=0.0, help_text="Level times seconds.")
    sound_s = models.FloatField(default=0.0, help_text="Seconds that the sum of levels is about.")

    class Meta:
        ordering = ["session_id", "minute"]
        constraints = [models.UniqueConstraint(fields=["session", "minute"], name="coverage_minute_once")]

    def __str__(self) -> str:
        return f"{self.minute:%H:%M} of {self.session_id}"
