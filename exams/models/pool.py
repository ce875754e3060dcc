"""A place in a section that draws questions from the bank for each paper anew."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.tenancy import TenantModel
from exams.models.category import QuestionCategory, QuestionTag
from exams.models.exam import Section
from exams.models.question import Difficulty

LARGEST_POOL = 200


class SectionPool(TenantModel):
    """Draws `count` questions that fit all that is given. Written by `bank.structure` only."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="pools")
    position = models.PositiveSmallIntegerField(default=1, help_text="Among the questions of the section.")
    count = models.PositiveSmallIntegerField(
        "how many questions", default=1, validators=[MinValueValidator(1), MaxValueValidator(LARGEST_POOL)]
    )
    points = models.DecimalField(
        "points each", max_digits=6, decimal_places=2, default=1, validators=[MinValueValidator(0)]
    )
    category = models.ForeignKey(
        QuestionCategory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pools",
        help_text="Empty: the whole bank.",
    )
    with_children = models.BooleanField(
        "with the categories below it", default=True, help_text="Also questions of the categories below it."
    )
    tags = models.ManyToManyField(
        QuestionTag, blank=True, related_name="pools", help_text="Only questions with all of these."
    )
    least_difficulty = models.PositiveSmallIntegerField(
        "difficulty from", choices=Difficulty.choices, null=True, blank=True
    )
    most_difficulty = models.PositiveSmallIntegerField(
        "difficulty to", choices=Difficulty.choices, null=True, blank=True
    )

    class Meta:
        ordering = ["section_id", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(count__gte=1), name="pool_draws_something"),
            models.CheckConstraint(condition=models.Q(points__gte=0), name="pool_points_not_negative"),
            models.CheckConstraint(
                condition=models.Q(least_difficulty__isnull=True)
                | models.Q(most_difficulty__isnull=True)
                | models.Q(least_difficulty__lte=models.F("most_difficulty")),
                name="pool_difficulty_in_order",
                violation_error_message="The lowest difficulty must not be above the highest.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} from {self.source}"

    @property
    def source(self) -> str:
        """What it draws from, in words; reads the tags."""
        parts = ["the whole bank"]
        if self.category is not None:
            parts = [f"“{self.category.path}”" + ("" if self.with_children else " alone")]
        low, high = self.least_difficulty, self.most_difficulty
        if low and high:
            parts.append(f"difficulty {low}" if low == high else f"difficulty {low} to {high}")
        elif low or high:
            parts.append(f"difficulty {low} or more" if low else f"difficulty {high} or less")
        if self.pk and (names := sorted(tag.name for tag in self.tags.all())):
            parts.append("tagged " + ", ".join(names))
        return ", ".join(parts)
