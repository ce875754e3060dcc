"""Points given for one answer, by rule or by a person."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models.attempt import Attempt, PaperItem


class Mark(TenantModel):
    """Points for one question of one paper; `marker` is empty when a rule gave them."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="marks")
    item = models.OneToOneField(PaperItem, on_delete=models.PROTECT, related_name="mark")
    points = models.DecimalField(max_digits=6, decimal_places=2)
    marker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    comment = models.TextField(blank=True)
    marked_at = models.DateTimeField()

    class Meta:
        ordering = ["attempt_id", "item__position"]

    def __str__(self) -> str:
        return f"{self.points} points"
