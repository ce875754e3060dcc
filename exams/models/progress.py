"""How far an attempt has come in an exam whose sections are taken one after the other."""

from django.db import models

from accounts.tenancy import TenantModel
from exams.models.attempt import Attempt
from exams.models.exam import Section


class SectionRun(TenantModel):
    """One section of one attempt from its opening to its end. Written by `delivery.progress` only.

    A section whose time is over is closed, also while `closed_at` is still empty.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="section_runs")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(
        null=True, help_text="Time limit as it was at the opening, before extra time."
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_turn = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Position in the attempt's devices of the one that closed it; empty: the clock did.",
    )

    class Meta:
        ordering = ["attempt_id", "opened_at"]
        constraints = [models.UniqueConstraint(fields=["attempt", "section"], name="section_run_once")]

    def __str__(self) -> str:
        return f"{self.section} of {self.attempt_id}"
