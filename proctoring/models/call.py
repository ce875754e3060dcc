"""Private calls between a proctor and one candidate, and what became of their recording."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Attempt
from proctoring import states
from proctoring.models.session import MonitoringSession


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


class CallGap(models.TextChoices):
    """Why a call that should be recorded was not, or not all of it. The words are read by staff."""

    NO_RECORDER = "no_recorder", "the proctor’s browser cannot record sound"
    FAILED = "failed", "recording failed in the proctor’s browser"
    NOT_TAKEN = "not_taken", "pieces could not be brought to the server"
    REFUSED = "refused", "the server refused pieces"
    TOO_LONG = "too_long", "it was longer than calls are recorded"
    UNREADABLE = "unreadable", "pieces could not be read"
    MISSING = "missing", "parts of it are missing"
    NO_SOUND = "no_sound", "no sound came from the proctor’s page"


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
    recording_gap = models.CharField(max_length=12, choices=CallGap.choices, blank=True)
    recording_sent_at = models.DateTimeField(
        null=True, blank=True, help_text="The proctor's page said that nothing more comes."
    )
    recording_closed_at = models.DateTimeField(
        null=True, blank=True, help_text="The pieces were joined and kept, or there were none."
    )

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
        indexes = [
            models.Index(
                fields=["ended_at"],
                condition=models.Q(is_recorded=True, recording_closed_at=None, state=states.CALL_ENDED),
                name="call_recording_due",
            )
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
    def session(self) -> MonitoringSession:
        """The monitoring session whose evidence a recording is; a recorded call has one."""
        found: MonitoringSession = self.attempt.monitoring
        return found

    @property
    def recording_words(self) -> str:
        """What became of the recording, in words; "" for calls that were not answered."""
        if self.answered_at is None:
            return ""
        if not self.is_recorded:
            return "nothing of it was recorded"
        gap = self.get_recording_gap_display()
        if self.recording_closed_at is None:
            if self.state == states.CALL_OPEN:
                return f"not all of it is recorded: {gap}" if gap else "is recorded"
            return "the recording is being put together"
        if self.recordings.all():  # fetched along where calls are listed
            return f"recorded, but not all of it: {gap}" if gap else "recorded"
        return f"not recorded: {gap or CallGap.NO_SOUND.label}"

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
