"""How often people agreed with each detector, and which detectors are advisory because of it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models.outgoing_mail import OutgoingMail
from accounts.tenancy import TenantModel
from proctoring import states
from proctoring.lighting import Lighting


class DetectorPrecision(TenantModel):
    """Standing verdicts of people on incidents of one kind, light, set of numbers and engine, without people.

    Kept up with each verdict, so that nobody counts incidents to show it.
    """

    kind = models.CharField(max_length=40)
    light = models.CharField(
        max_length=10, choices=[(each.value, each.name.lower().replace("_", " ")) for each in Lighting],
        blank=True,
    )  # fmt: skip
    rule = models.CharField(max_length=12, blank=True, help_text="Name of the numbers; empty: not recorded.")
    engine = models.CharField(max_length=400, blank=True)
    upheld = models.PositiveIntegerField(default=0)
    dismissed = models.PositiveIntegerField(default=0)
    inconclusive = models.PositiveIntegerField(default=0)
    dismissed_with_case = models.PositiveIntegerField(
        default=0, help_text="Of the dismissed: decided by the verdict on the whole case alone."
    )

    class Meta:
        verbose_name = "precision of a detector"
        verbose_name_plural = "precision"
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "kind", "light", "rule", "engine"], name="detector_precision_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.upheld} upheld, {self.dismissed} dismissed"


class DetectorStanding(TenantModel):
    """Whether a detector with these numbers is in force here, or advisory since people disagreed with it.

    `counted_upheld`, `counted_dismissed`: verdicts that a person set aside when they brought it back.
    """

    kind = models.CharField(max_length=40)
    rule = models.CharField(max_length=12)
    state = models.CharField(
        max_length=10,
        choices=[(each, each.replace("_", " ")) for each in states.STANDING.states],
        default=states.IN_FORCE,
    )
    since = models.DateTimeField(auto_now_add=True)
    upheld = models.PositiveIntegerField(default=0, help_text="When it became advisory.")
    dismissed = models.PositiveIntegerField(default=0, help_text="When it became advisory.")
    counted_upheld = models.PositiveIntegerField(default=0)
    counted_dismissed = models.PositiveIntegerField(default=0)
    brought_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "kind", "rule"], name="detector_standing_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=states.STANDING.states), name="detector_standing_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ')} ({self.get_state_display()})"


class StandingMail(OutgoingMail):
    """An e-mail that tells one person of a detector that became advisory."""

    standing = models.ForeignKey(DetectorStanding, on_delete=models.CASCADE, related_name="mails")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.standing} to {self.person}"


class PrecisionTerms(TenantModel):
    """When an institution no longer wants to be alarmed by a detector."""

    by_itself = models.BooleanField(
        "make detectors advisory by themselves",
        default=True,
        help_text="A detector that people here disagree with too often alarms nobody any more, and says so.",
    )
    floor_percent = models.PositiveSmallIntegerField(
        "least share that must be right",
        default=70,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text="In per cent. A detector becomes advisory when even the upper end of its 95 % interval is "
        "below this.",
    )
    least_verdicts = models.PositiveSmallIntegerField(
        "from so many verdicts on",
        default=20,
        validators=[MinValueValidator(10), MaxValueValidator(1_000)],
        help_text="Upheld and dismissed together; with fewer, nothing follows.",
    )

    class Meta:
        verbose_name_plural = "precision terms"
        constraints = [models.UniqueConstraint(fields=["institution"], name="precision_terms_once")]

    def __str__(self) -> str:
        return f"at least {self.floor_percent} % from {self.least_verdicts} verdicts on"
