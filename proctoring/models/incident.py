"""Observations merged over time by rule: kind, severity, start, end, count, explanation, review."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Sitting
from proctoring import states
from proctoring.browser.events import BrowserKind
from proctoring.lighting import Lighting
from proctoring.models.session import MonitoringSession
from proctoring.observations import ObservationKind, Severity


class Incident(TenantModel):
    """Something that a person should look at. It is a question, not a finding: people decide.

    `review_state` changes through `incidents.services` alone. `ended_at` empty: still going on.
    """

    session = models.ForeignKey(MonitoringSession, on_delete=models.PROTECT, related_name="incidents")
    sitting = models.ForeignKey(
        Sitting, on_delete=models.PROTECT, null=True, blank=True, related_name="incidents"
    )
    kind = models.CharField(
        max_length=40,
        choices=[(k.value, k.value.replace("_", " ")) for k in (*ObservationKind, *BrowserKind)],
    )
    severity = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Severity])
    confidence = models.FloatField(
        help_text="0 to 1, as the detector gave it; not a probability of cheating."
    )
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    count = models.PositiveIntegerField(
        default=0, help_text="Frames, recordings or events in which it was found."
    )
    repeats = models.PositiveIntegerField(default=0, help_text="How often it came back within the cool-down.")
    explanation = models.TextField()
    measurements = models.JSONField(default=dict)
    engine = models.CharField(max_length=400, blank=True)
    light = models.CharField(
        max_length=10,
        blank=True,
        choices=[(each.value, each.name.lower().replace("_", " ")) for each in Lighting if each],
        help_text="Of the picture in which it opened; empty: not of a picture, or not recorded.",
    )
    rule = models.CharField(
        max_length=12, blank=True, help_text="Name of the numbers by which it opened; empty: not recorded."
    )
    advisory = models.BooleanField(
        default=False,
        help_text="Its detector was advisory here: people had disagreed with it too often.",
    )
    review_state = models.CharField(
        max_length=20,
        choices=[(s, s.replace("_", " ")) for s in states.INCIDENT_REVIEW.states],
        default=states.UNREVIEWED,
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.TextField(blank=True)
    counted = models.CharField(
        max_length=20,
        blank=True,
        editable=False,
        help_text="As what it counts for the precision of its kind.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(review_state__in=states.INCIDENT_REVIEW.states),
                name="incident_review_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0) & models.Q(confidence__lte=1),
                name="incident_confidence_0_to_1",
            ),
        ]
        indexes = [
            # One index per filter of the review list; each ends in id, the list's order.
            # The first holds every column that the list filters by: filters that hardly any row fits are
            # answered from the index alone (docs/decisions/0153).
            models.Index(
                fields=[
                    "institution",
                    "-id",
                    "review_state",
                    "kind",
                    "severity",
                    "sitting",
                    "light",
                    "advisory",
                    "started_at",
                ],
                name="incident_list",
            ),
            models.Index(fields=["institution", "review_state", "-id"], name="incident_by_review"),
            models.Index(fields=["institution", "kind", "-id"], name="incident_by_kind"),
            models.Index(fields=["institution", "severity", "-id"], name="incident_by_severity"),
            models.Index(fields=["sitting", "-id"], name="incident_by_sitting"),
            models.Index(fields=["institution", "-started_at"], name="incident_by_start"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"
