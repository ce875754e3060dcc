"""Verification interviews: a talk about own answers, its times, its questions, what came of it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.tenancy import TenantModel
from proctoring import states
from proctoring.models.case import Case
from proctoring.models.meeting import Meeting


class InterviewOutcome(models.TextChoices):
    """What the person who held it makes of it. It is no verdict and changes none."""

    CONSISTENT = "consistent", "Fits the candidate’s own work"
    NOT_CONSISTENT = "not_consistent", "Does not fit the candidate’s own work"
    INCONCLUSIVE = "inconclusive", "The interview could not tell"


_WITH_A_TIME = (states.INTERVIEW_AGREED, states.INTERVIEW_HELD, states.INTERVIEW_MISSED)


def _person() -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


class Interview(TenantModel):
    """One verification interview of a case. `state` changes through `proctoring.interviews` alone.

    The database itself refuses an outcome of anything but an interview that was held: that somebody declined
    or missed one can never be written down as speaking for or against them.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="interviews")
    number = models.PositiveSmallIntegerField(help_text="Place among those of the case, from 1.")
    state = models.CharField(
        max_length=10,
        choices=[(s, s) for s in states.INTERVIEW.states],
        default=states.INTERVIEW_OFFERED,
    )
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text="Who holds it."
    )
    minutes = models.PositiveSmallIntegerField()
    reason = models.TextField(help_text="Why, as the candidate reads it.")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(help_text="When the present times were offered.")
    answer_until = models.DateTimeField(help_text="Until when one of the times can be chosen.")
    wish = models.TextField(blank=True, help_text="What the candidate wrote when they answered last.")
    wished_at = models.DateTimeField(
        null=True, blank=True, help_text="When they asked for another time; empty once others are offered."
    )
    times_wished = models.PositiveSmallIntegerField(default=0)
    begins_at = models.DateTimeField(null=True, blank=True, help_text="The time that was agreed.")
    answered_at = models.DateTimeField(null=True, blank=True)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Its live room."
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = _person()
    closing_text = models.TextField(
        blank=True, help_text="Why it did not take place; the candidate reads it."
    )
    outcome = models.CharField(max_length=14, choices=InterviewOutcome.choices, blank=True)
    outcome_text = models.TextField(blank=True, help_text="The reasons; the candidate reads them.")

    class Meta:
        ordering = ["case_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="interview_number_once"),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=states.INTERVIEW_STANDING),
                name="interview_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.INTERVIEW.states), name="interview_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=states.INTERVIEW_HELD, outcome__in=InterviewOutcome.values)
                | (~Q(state=states.INTERVIEW_HELD) & Q(outcome="")),
                name="interview_outcome_only_when_held",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_WITH_A_TIME) | Q(begins_at__isnull=False, meeting__isnull=False),
                name="interview_agreed_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "answer_until"], name="interview_due")]

    def __str__(self) -> str:
        return f"interview {self.number} of case {self.case_id}"


class InterviewSlot(TenantModel):
    """A time that was offered. It stays when others are offered instead, with the meeting made for it."""

    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="slots")
    begins_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="interview_slot"
    )

    class Meta:
        ordering = ["interview_id", "begins_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "begins_at"],
                condition=Q(withdrawn_at__isnull=True),
                name="interview_slot_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.begins_at:%Y-%m-%d %H:%M} UTC for {self.interview}"


class InterviewQuestion(TenantModel):
    """One question to ask, with notes of what was said. The candidate never sees it before the interview.

    `question_text`, `answer_text` and `why` are copies: the interview is understood also once the exam's
    records are deleted. All are empty for a question of the interviewer's own.
    """

    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField(help_text="In the order in which they are asked, from 1.")
    asks = models.TextField(help_text="What is asked.")
    paper_position = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Which question of the paper it is about."
    )
    question_text = models.TextField(blank=True)
    answer_text = models.TextField(blank=True)
    why = models.JSONField(default=list, blank=True, help_text="Why it was proposed, in sentences.")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    notes = models.TextField(blank=True)
    notes_version = models.PositiveIntegerField(default=0, help_text="Grows with each save of the notes.")
    notes_saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["interview_id", "position", "id"]

    def __str__(self) -> str:
        return f"question {self.position} of {self.interview}"
