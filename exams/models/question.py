"""A question and its versions; a version is immutable once a paper uses it."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models.category import QuestionCategory, QuestionTag
from exams.models.media import QuestionMedia


class Difficulty(models.IntegerChoices):
    """How hard the author expects a question to be."""

    VERY_EASY = 1, "1 very easy"
    EASY = 2, "2 easy"
    MEDIUM = 3, "3 medium"
    HARD = 4, "4 hard"
    VERY_HARD = 5, "5 very hard"


class TextFormat(models.TextChoices):
    """How the stem and the texts of the options of a version are read."""

    PLAIN = "plain", "Plain text"
    HTML = "html", "Rich text"


class Question(TenantModel):
    """A question of the bank. What is asked stands in its versions; the newest one goes on new papers."""

    title = models.CharField(max_length=200, help_text="For the bank only; candidates do not see it.")
    kind = models.CharField(max_length=30, help_text="Name of a question type (exams.kinds).")
    category = models.ForeignKey(
        QuestionCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="questions"
    )
    tags = models.ManyToManyField(QuestionTag, blank=True, related_name="questions")
    difficulty = models.PositiveSmallIntegerField(choices=Difficulty.choices, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title", "id"]
        indexes = [models.Index(fields=["institution", "title", "id"], name="question_by_title")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(difficulty__isnull=True) | models.Q(difficulty__range=(1, 5)),
                name="question_difficulty_1_to_5",
            )
        ]

    def __str__(self) -> str:
        return self.title


class QuestionVersion(TenantModel):
    """One wording of a question with its key. `content` has the shape that the kind defines and validates."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    stem = models.TextField(help_text="What the candidate reads.")
    text_format = models.CharField(max_length=10, choices=TextFormat.choices, default=TextFormat.PLAIN)
    content = models.JSONField(default=dict)
    media = models.ManyToManyField(
        QuestionMedia, blank=True, related_name="versions", help_text="What stem and content show."
    )
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
