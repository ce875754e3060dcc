"""Who of a sitting's proctors looks first at which candidate, and how that is handed over.

It never limits a right: every proctor of the sitting may see and help every candidate.
"""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Enrolment, Sitting
from proctoring import states

MOST_NOTE = 300


class HandOver(TenantModel):
    """One proctor offers candidates to another, who accepts or declines. Nothing moves before that."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="hand_overs")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=MOST_NOTE, blank=True)
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in states.HAND_OVER.states], default=states.HAND_OVER_OFFERED
    )
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=states.HAND_OVER.states), name="hand_over_state_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.giver} offers candidates to {self.taker}"


class WatchAssignment(TenantModel):
    """A proctor looks first at a candidate of the sitting, from when to when. One at a time."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="watch_assignments")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="watch_assignments")
    proctor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    hand_over = models.ForeignKey(
        HandOver,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        help_text="The newest hand-over in which it was offered.",
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=models.Q(until=None), name="watch_assignment_one_now"
            )
        ]
        indexes = [
            models.Index(fields=["sitting"], condition=models.Q(until=None), name="watch_assignment_now")
        ]

    def __str__(self) -> str:
        return f"{self.proctor} looks first at enrolment {self.enrolment_id}"
