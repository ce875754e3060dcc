"""Regrades: how one question counts in chosen sittings from some moment on. Rows are added, never altered."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models.question import Question, QuestionVersion
from exams.models.sitting import Sitting


class RegradeMode(models.TextChoices):
    """How the question counts."""

    KEY = "key", "Mark the answers again by a key"
    FULL = "full", "Give everybody full points"
    LEFT_OUT = "left_out", "Leave the question out"


class Regrade(TenantModel):
    """One whole decision about a question: the newest of a sitting holds, also for attempts that end later.

    With mode key, no version and no points the question counts as on the paper: that undoes all others.
    """

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="regrades")
    sittings = models.ManyToManyField(Sitting, related_name="regrades")
    mode = models.CharField(max_length=10, choices=RegradeMode.choices)
    version = models.ForeignKey(
        QuestionVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose key marks; empty: the version on each paper.",
    )
    points = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="As an author gives them; empty: as on the paper.",
    )
    reason = models.TextField()
    changed = models.PositiveIntegerField(help_text="How many attempts got other points.")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_mode_display()}: {self.question}"
