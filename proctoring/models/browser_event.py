"""What the page of an attempt noted of the browser: rows that are only ever added."""

from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Attempt
from proctoring.browser.events import BrowserKind
from proctoring.browser.words import WORDS
from proctoring.models.session import MonitoringSession


class BrowserEvent(TenantModel):
    """One event. `number` is the browser's, once in a session; None for what the server noted itself.

    `started_at` is the browser's moment as far as it is believed, `count` how many were put together (0: the
    one before goes on), `length` of a text in characters. No text, address or title is ever kept.
    """

    session = models.ForeignKey(MonitoringSession, on_delete=models.CASCADE, related_name="browser_events")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="browser_events")
    number = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=20, choices=[(kind.value, WORDS[kind].label) for kind in BrowserKind])
    started_at = models.DateTimeField()
    received_at = models.DateTimeField()
    seconds = models.FloatField(default=0.0)
    count = models.PositiveIntegerField(default=1)
    length = models.PositiveIntegerField(null=True)
    detail = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="browser_event_number_once"),
        ]
        indexes = [models.Index(fields=["session", "kind", "started_at"], name="browser_event_by_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
