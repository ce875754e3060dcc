"""Points given for one answer, by rule or by a person, and every value they ever had."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models.attempt import Attempt, PaperItem
from exams.models.question import QuestionVersion


class MarkRuling(models.TextChoices):
    """What a regrade decided about a question for everybody."""

    NONE = "", "By rule or person"
    FULL = "full", "Full points for everybody"
    LEFT_OUT = "left_out", "Left out"


class Mark(TenantModel):
    """Points for one question of one paper. Written by `marking.marks` alone, which keeps the history.

    `points` out of `possible` is what counts; it follows from the layers below it (`marking.standing`).
    `marker` is empty when no person gave points.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="marks")
    item = models.OneToOneField(PaperItem, on_delete=models.PROTECT, related_name="mark")
    points = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, help_text="Empty: not marked yet."
    )
    possible = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, help_text="Empty: as on the paper."
    )
    question_points = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="What the question counts for unless it is left out. Empty: as on the paper.",
    )
    rule_points = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    person_points = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    person_possible = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, help_text="What the person marked out of."
    )
    ruling = models.CharField(max_length=10, choices=MarkRuling.choices, blank=True, default="")
    key = models.ForeignKey(
        QuestionVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The version whose key the rule used; empty: the one on the paper.",
    )
    marker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    comment = models.TextField(blank=True)
    marked_at = models.DateTimeField()

    class Meta:
        ordering = ["attempt_id", "item__position"]

    def __str__(self) -> str:
        return "not marked yet" if self.points is None else f"{self.points} points"


class MarkChange(TenantModel):
    """One change of one mark: what it was before and after. Rows are added and never altered."""

    item = models.ForeignKey(PaperItem, on_delete=models.PROTECT, related_name="mark_changes")
    source = models.CharField(
        max_length=20, help_text="What changed it: rule, round, moderation, override, regrade."
    )
    points_before = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    points_after = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    possible_before = models.DecimalField(max_digits=6, decimal_places=2)
    possible_after = models.DecimalField(max_digits=6, decimal_places=2)
    comment_before = models.TextField(blank=True)
    comment_after = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["item_id", "id"]

    def __str__(self) -> str:
        return f"{self.points_before} to {self.points_after}"
