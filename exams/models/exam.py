"""An exam, its sections, and which questions stand in them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.languages import known_language
from accounts.tenancy import TenantModel


class Calculator(models.TextChoices):
    """How much of a calculator candidates have on the exam page, the least first."""

    NONE = "none", "No"
    BASIC = "basic", "Basic"
    SCIENTIFIC = "scientific", "Scientific"


class Exam(TenantModel):
    """What is asked, independent of when: sections of questions, with instructions and a pass mark."""

    title = models.CharField(max_length=200)
    instructions = models.TextField(blank=True, help_text="Shown to candidates before they start.")
    pass_percentage = models.PositiveSmallIntegerField(
        "pass mark in per cent", default=50, help_text="Share of all points that is needed to pass."
    )
    grade_steps = models.JSONField(
        "grade scale", default=list, blank=True, help_text="Best grade first; empty: no grades."
    )
    asks_certainty = models.BooleanField(
        "certainty-based marking",
        default=False,
        help_text="Candidates also say how sure they are. Right: 1, 2 or 3 times the points; wrong: 0, or 2 "
        "or 6 times the points taken away. Per cent are those of the most points: all right is 33.33 % "
        "not very sure, 66.67 % fairly sure, 100 % very sure. Not for questions that a person marks.",
    )
    language = models.CharField(
        max_length=35,
        blank=True,
        validators=[known_language],
        help_text="In which the questions are written (BCP 47 tag); empty: that of the institution.",
    )
    spell_check = models.BooleanField(
        default=False, help_text="Whether the browser may underline misspelt words in answers."
    )
    calculator = models.CharField(max_length=10, choices=Calculator.choices, default=Calculator.NONE)
    scratch_pad = models.BooleanField(default=False)
    highlighter = models.BooleanField(default=False)
    strike_out = models.BooleanField("strike-out of options", default=False)
    formula_sheet = models.TextField(blank=True, help_text="Sanitised rich text; empty: none.")
    is_template = models.BooleanField(
        "template", default=False, help_text="Exams are made from it; it is never scheduled itself."
    )
    is_outside = models.BooleanField(
        "delivered by another system",
        default=False,
        help_text="Candidates take it elsewhere, and only its supervision is here: it has no questions, no "
        "results and no page of its own. The other system starts and ends each session by the API. Fixed "
        "once the exam is saved.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pass_percentage__lte=100), name="exam_pass_percentage_at_most_100"
            ),
            models.CheckConstraint(
                condition=models.Q(calculator__in=Calculator.values), name="exam_calculator_known"
            ),
            models.CheckConstraint(
                condition=models.Q(is_outside=False) | models.Q(is_template=False),
                name="exam_outside_no_template",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def written_in(self) -> str:
        """The language of the questions: the exam's own, or that of the institution."""
        return self.language or self.institution.language


class Navigation(models.TextChoices):
    """How a candidate may move inside a section."""

    FREE = "free", "Back and forth"
    FORWARD = "forward", "Forward only"


LONGEST_SECTION = 24 * 60
"""Minutes."""


class Section(TenantModel):
    """A part of an exam with instructions of its own."""

    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="sections")
    title = models.CharField(max_length=200)
    instructions = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=1)
    shuffle_questions = models.BooleanField(default=False)
    shuffle_options = models.BooleanField(default=False)
    navigation = models.CharField(max_length=10, choices=Navigation.choices, default=Navigation.FREE)
    minutes = models.PositiveSmallIntegerField(
        "time limit in minutes",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_SECTION)],
        help_text="Empty: as long as the whole exam lasts.",
    )

    class Meta:
        ordering = ["exam_id", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__isnull=True) | models.Q(minutes__gte=1),
                name="section_lasts_a_minute",
            )
        ]

    def __str__(self) -> str:
        return self.title


class SectionQuestion(TenantModel):
    """A question's place in a section, with its points there."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="questions")
    question = models.ForeignKey("exams.Question", on_delete=models.PROTECT, related_name="placements")
    position = models.PositiveSmallIntegerField(default=1)
    points = models.DecimalField(max_digits=6, decimal_places=2, default=1, validators=[MinValueValidator(0)])

    class Meta:
        ordering = ["section_id", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["section", "question"], name="question_once_per_section"),
            models.CheckConstraint(condition=models.Q(points__gte=0), name="section_points_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.question}"
