"""Rubrics, by which people mark a question, and the phrases that a marker keeps for comments."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models.question import QuestionVersion


class Rubric(TenantModel):
    """Criteria with levels and points for one question version. One that was marked by is never changed.

    `criteria`: `[{"id", "title", "levels": [{"id", "text", "points": "2.50"}]}]`, checked by
    `marking.rubric_rules`. The newest rubric of a version is the one in use.
    """

    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="rubrics")
    criteria = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["version_id", "-id"]

    def __str__(self) -> str:
        return f"rubric of {self.version}"


class MarkingPhrase(TenantModel):
    """A comment that a marker uses again and again."""

    marker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["text", "id"]

    def __str__(self) -> str:
        return self.text[:80]
