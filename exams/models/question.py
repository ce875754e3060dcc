"""A question and its versions; a version is immutable once a paper uses it."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel


class TextFormat(models.TextChoices):
    """How the stem and the texts of the options of a version are read."""

    PLAIN = "plain", "Plain text"
    HTML = "html", "Rich text"


class Question(TenantModel):
    """A question of the bank. What is asked stands in its versions; the newest one goes on new papers."""

    title = models.CharField(max_length=200, help_text="For the bank only; candidates do not see it.")
    kind = models.CharField(max_length=30, help_text="Name of a question type (exams.kinds).")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title


class QuestionVersion(TenantModel):
    """One wording of a question with its key. `content` has the shape that the kind defines and validates."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    stem = models.TextField(help_text="What the candidate reads.")
    text_format = models.CharField(max_length=10, choices=TextFormat.choices, default=TextFormat.PLAIN)
    content = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    used_at = models.DateTimeField(
        null=True, blank=True, help_text="First drawn on a paper; from then on fixed."
    )

    class Meta:
        ordering = ["question_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="question_version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.question} v{self.number}"
