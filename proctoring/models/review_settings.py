"""How an institution reviews, and the random samples it has drawn."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Sitting
from proctoring.observations import Severity


class ReviewSettings(TenantModel):
    """How an institution reviews attempts; one row, made on first use with what is recommended."""

    least_severity = models.CharField(
        "open a case from severity",
        max_length=10,
        choices=[(each.value, each.value) for each in Severity],
        default=Severity.MEDIUM,
        help_text="An attempt with an incident of this severity or above, which nobody has decided, "
        "becomes a case when it ends.",
    )
    is_blind = models.BooleanField(
        "first reading without names",
        default=True,
        help_text="Name, photo, number and e-mail of the candidate are not shown until a first reading is "
        "given. Evidence pictures show the person nevertheless.",
    )
    sample_percent = models.FloatField(
        "random sample, in percent",
        default=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Of the attempts of each sitting that are no case, so many are read too: only this tells "
        "how much is missed.",
    )
    sample_least = models.PositiveSmallIntegerField(
        "at least so many a sitting", default=2, validators=[MaxValueValidator(1000)]
    )
    double_percent = models.FloatField(
        "read by two people, in percent",
        default=5,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Of the cases so many, drawn by chance, are read a second time even when the first reader "
        "has no concern: only this tells how far readers agree.",
    )
    machine_summary = models.BooleanField(
        "summaries written by a machine",
        default=False,
        help_text="A language model that the operator has set up writes a marked summary into PDF reports. "
        "It is told what people have decided, in counts, kinds, times and decisions: no name, picture or "
        "text of anybody leaves the server. It decides nothing.",
    )
    reply_days = models.PositiveSmallIntegerField(
        "days to reply",
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="How long a candidate may answer before anything adverse is decided.",
    )
    appeal_days = models.PositiveSmallIntegerField(
        "days to appeal",
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="How long after an adverse decision a candidate may appeal.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "review settings"
        constraints = [
            models.UniqueConstraint(fields=["institution"], name="review_settings_once"),
            models.CheckConstraint(
                condition=models.Q(sample_percent__gte=0) & models.Q(sample_percent__lte=100),
                name="review_sample_0_to_100",
            ),
            models.CheckConstraint(
                condition=models.Q(double_percent__gte=0) & models.Q(double_percent__lte=100),
                name="review_double_0_to_100",
            ),
            models.CheckConstraint(
                condition=models.Q(reply_days__gte=1) & models.Q(appeal_days__gte=1),
                name="review_windows_last_a_day",
            ),
        ]

    def __str__(self) -> str:
        return "Review settings"


class SampleDraw(TenantModel):
    """The random sample of one sitting: anybody can draw it again from the seed and get the same attempts."""

    sitting = models.OneToOneField(Sitting, on_delete=models.PROTECT, related_name="sample_draw")
    seed = models.CharField(max_length=64)
    population = models.PositiveIntegerField(help_text="Ended attempts that were no case.")
    drawn = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(drawn__lte=models.F("population")), name="sample_within_population"
            )
        ]

    def __str__(self) -> str:
        return f"{self.drawn} of {self.population}"
