"""Private calls between a proctor and one candidate, and the pieces of their recording until it is kept."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Attempt
from proctoring import states


class CallKind(models.TextChoices):
    """What both sides can send."""

    VOICE = "voice", "by voice"
    VIDEO = "video", "with picture"


class CallEnd(models.TextChoices):
    """Why a call is over."""

    PROCTOR = "proctor", "the proctor hung up"
    CANDIDATE = "candidate", "the candidate hung up"
    NO_ANSWER = "no_answer", "nobody answered"
    PAGE_GONE = "page_gone", "the proctor’s page was closed"
    LOST = "lost", "the proctor’s page gave no sign any more"
    ATTEMPT_ENDED = "attempt_ended", "the exam ended"
    WITHDRAWN = "withdrawn", "the candidate withdrew the agreement"
    CHOSEN_ANEW = "chosen_anew", "the candidate chose anew what is captured"


class Call(TenantModel):
    """A proctor asked to speak with one candidate. `is_recorded` is fixed when it rings."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="calls")
    proctor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5, choices=CallKind.choices)
    state = models.CharField(
        max_length=8, choices=[(s, s) for s in states.CALL.states], default=states.CALL_RINGING
    )
    connection = models.CharField(max_length=32, help_text="The proctor's page, while the call lasts.")
    is_recorded = models.BooleanField(default=False, help_text="Both were told so before it was accepted.")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=20, choices=CallEnd.choices, blank=True)
    seen_at = models.DateTimeField(help_text="The last sign of the proctor's page.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=states.CALL.states), name="call_state_known"),
            models.UniqueConstraint(
                fields=["attempt"],
                condition=models.Q(state__in=states.CALL_GOES_ON),
                name="call_one_of_an_attempt",
            ),
            models.UniqueConstraint(
                fields=["proctor"],
                condition=models.Q(state__in=states.CALL_GOES_ON),
                name="call_one_of_a_proctor",
            ),
        ]

    def __str__(self) -> str:
        return f"call of {self.proctor} to attempt {self.attempt_id}"

    @property
    def seconds(self) -> float | None:
        """How long both spoke; None for a call that was not answered, or goes on."""
        if self.answered_at is None or self.ended_at is None:
            return None
        return max(0.0, (self.ended_at - self.answered_at).total_seconds())

    @property
    def outcome(self) -> str:
        """What became of it, in words."""
        if self.state == states.CALL_ENDED and self.seconds is not None:
            minutes, seconds = divmod(round(self.seconds), 60)
            return f"{minutes} min {seconds} s, {self.get_ended_by_display()}"
        return {
            states.CALL_RINGING: "rings now",
            states.CALL_OPEN: "goes on",
            states.CALL_DECLINED: "declined",
        }.get(self.state, self.get_ended_by_display() or self.state)
