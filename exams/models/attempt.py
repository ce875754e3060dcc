"""One candidate's one run in a sitting, and the paper drawn for it."""

from django.db import models

from accounts.tenancy import TenantModel
from exams import states
from exams.models.enrolment import Enrolment
from exams.models.exam import Section
from exams.models.question import QuestionVersion


class EndedBy(models.TextChoices):
    """Who or what ended an attempt."""

    CANDIDATE = "candidate", "Candidate"
    CLOCK = "clock", "Clock"
    PROCTOR = "proctor", "Proctor"
    OFFICER = "officer", "Exam officer"
    SYSTEM = "system", "System that delivers the exam"


class Attempt(TenantModel):
    """A run. `state` is progress only and changes through `delivery.attempts` alone."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attempts")
    state = models.CharField(
        max_length=20,
        choices=list(states.WORDS.items()),
        default=states.SCHEDULED,
    )
    ended_by = models.CharField(max_length=10, choices=EndedBy.choices, blank=True)
    seed = models.PositiveBigIntegerField(
        help_text="Draws and shuffles the paper; the same seed gives the same paper."
    )
    sections_in_order = models.BooleanField(
        default=False,
        help_text="Sections are taken one after the other; fixed with the paper, when one has a time limit.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    break_until = models.DateTimeField(
        null=True, blank=True, help_text="In a break of the candidate's own: when it ends by itself."
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    thrown_away_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Of a practice attempt: when its answers and all else were deleted for good.",
    )
    records_erased_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When paper, answers and marks were deleted because their period was over.",
    )
    hand_in_until = models.DateTimeField(
        null=True, blank=True, help_text="Once the time is up: until when it may still be handed in."
    )
    claimed_hand_in_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When it was handed in, as the candidate's device says, which came too late to count.",
    )
    extra_seconds = models.PositiveIntegerField(
        default=0, help_text="Extra time by allowances that the deadline holds."
    )
    credited_seconds = models.PositiveIntegerField(
        default=0, help_text="Lost time that the deadline holds: the sum of what was credited."
    )
    journal_hash = models.CharField(
        max_length=64, default="0" * 64, help_text="Hash of the newest journal entry."
    )
    journal_length = models.PositiveIntegerField(default=0)
    device = models.CharField(
        max_length=64,
        blank=True,
        help_text="The browser tab that holds the attempt; another has to take over.",
    )
    devices = models.JSONField(
        default=list, blank=True, help_text="All that have held it, in order; the last one holds it now."
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=states.STATES), name="attempt_state_known"),
            models.UniqueConstraint(
                fields=["enrolment"], condition=models.Q(state__in=states.LIVE), name="attempt_one_live"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=states.RUNNING)
                | (models.Q(started_at__isnull=False) & models.Q(deadline_at__isnull=False)),
                name="attempt_running_has_deadline",
            ),
            models.CheckConstraint(
                condition=models.Q(state=states.PAUSED, paused_at__isnull=False)
                | (~models.Q(state=states.PAUSED) & models.Q(paused_at__isnull=True)),
                name="attempt_paused_since",
            ),
            models.CheckConstraint(
                condition=models.Q(break_until__isnull=True) | models.Q(state=states.PAUSED),
                name="attempt_break_is_a_pause",
            ),
            models.CheckConstraint(
                condition=models.Q(state=states.OVERDUE, hand_in_until__isnull=False)
                | (~models.Q(state=states.OVERDUE) & models.Q(hand_in_until__isnull=True)),
                name="attempt_overdue_until",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "deadline_at"], name="attempt_due"),
            # The list of the office, and what it filters by (docs/decisions/0153).
            models.Index(fields=["institution", "-id", "state", "ended_by"], name="attempt_list"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} #{self.pk}"

    @property
    def is_emptied(self) -> bool:
        """Whether paper, answers and marks were deleted: thrown away as practice, or after their period."""
        return self.thrown_away_at is not None or self.records_erased_at is not None


class PaperItem(TenantModel):
    """One question on the paper of an attempt, in its place and with its order of options."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="paper")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="paper_items")
    position = models.PositiveSmallIntegerField()
    points = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        help_text="The most it gives: with certainty three times the author's.",
    )
    asks_certainty = models.BooleanField(
        default=False, help_text="Marked by certainty; fixed with the paper, whatever the exam says later."
    )
    option_order = models.JSONField(
        default=list, help_text="Positions of the options as shown; empty: as written."
    )
    left_at = models.DateTimeField(
        null=True, blank=True, help_text="When the candidate went on from it in a forward-only section."
    )
    left_turn = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Position in the attempt's devices of the one that went on."
    )

    class Meta:
        ordering = ["attempt_id", "position"]
        constraints = [models.UniqueConstraint(fields=["attempt", "position"], name="paper_position_once")]

    def __str__(self) -> str:
        return f"{self.position}. {self.version}"
