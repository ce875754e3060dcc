"""Computed statistics, kept until the marks they were computed from change."""

from typing import ClassVar

from django.db import models

from accounts.tenancy import TenantModel
from exams.models.exam import Exam
from exams.models.question import Question
from exams.models.sitting import Sitting


class StoredReport(TenantModel):
    """The statistics of a sitting, or of all sittings of an exam. Written by `reports.services` only."""

    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="+")
    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, null=True, related_name="+")
    version = models.CharField(max_length=250, help_text="Of the marks it was computed from.")
    content = models.JSONField(help_text="In the shape of `reports.report.Report`.")
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sitting"], condition=models.Q(sitting__isnull=False), name="report_once_per_sitting"
            ),
            models.UniqueConstraint(
                fields=["exam"], condition=models.Q(sitting__isnull=True), name="report_once_per_exam"
            ),
        ]

    def __str__(self) -> str:
        return f"Statistics of {self.sitting or self.exam}"


class QuestionFigures(TenantModel):
    """How one question did in one sitting, for the lists of the bank. Written by `reports.services` only."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="+")
    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="+")
    attempts = models.PositiveIntegerField()
    facility = models.FloatField(help_text="Mean share of the points, in per cent.")
    discrimination = models.FloatField(
        null=True, help_text="Correlation with the rest of the exam, in per cent; empty: cannot be said."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "sitting"], name="figures_once_per_sitting")
        ]

    def __str__(self) -> str:
        return f"{self.question} in {self.sitting}"
