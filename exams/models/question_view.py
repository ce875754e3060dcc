"""Which question was on the candidate's screen from when to when, as the exam page says."""

from django.db import models

from accounts.tenancy import TenantModel
from exams.models.attempt import Attempt, PaperItem


class QuestionView(TenantModel):
    """One look at one question. Written by `delivery.question_views` only; it proves nothing by itself.

    `number` is the page's own, once in an attempt. `ended_at` empty: the page has not said that it ended.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="question_views")
    item = models.ForeignKey(PaperItem, on_delete=models.PROTECT, related_name="views")
    number = models.BigIntegerField()
    started_at = models.DateTimeField(help_text="The page's moment, as far as it is believed.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["attempt_id", "started_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number"], name="question_view_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} of {self.attempt_id}"
