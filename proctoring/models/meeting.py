"""The live video room of a sitting or of an interview, who is in it, and who watched whom."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Attempt, Sitting
from proctoring import states
from proctoring.models.own_meeting import OwnMeeting


class Meeting(OwnMeeting, TenantModel):
    """Live video of one sitting, made when somebody first watches, or an interview, made by a person.

    What is said and seen is not stored.
    """

    sitting = models.OneToOneField(
        Sitting, on_delete=models.PROTECT, null=True, blank=True, related_name="meeting"
    )
    made_for = models.ForeignKey(
        "proctoring.CompatMeeting",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rooms",
        help_text="The meeting of a replaced system, one of whose participants comes here.",
    )
    provider = models.CharField(max_length=200, help_text="As in PROCTOR_LIVE_PROVIDER when it was made.")
    external_id = models.CharField(max_length=200, blank=True, help_text="The provider's name for it.")
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in states.MEETING.states], default=states.MEETING_SCHEDULED
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=states.MEETING.states), name="meeting_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(sitting__isnull=False) ^ ~models.Q(title=""),
                name="meeting_of_a_sitting_or_titled",
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at=None, closes_at=None)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="meeting_slot_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"meeting of {self.sitting}"


class Part(models.TextChoices):
    """What somebody is in a meeting."""

    CANDIDATE = "candidate", "candidate"
    PROCTOR = "proctor", "proctor"
    HOST = "host", "host"


class Participant(TenantModel):
    """One person in a meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Part.choices)
    joined_at = models.DateTimeField(help_text="When they came last.")
    left_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When they left last, as the provider tells; before that: still there.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user", "part"], name="participant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.part}"

    @property
    def identity(self) -> str:
        """The name by which the provider knows a candidate; it says nothing about the person."""
        return f"{self.part}-{self.pk}"


class MeetingEvent(TenantModel):
    """What a provider reported, kept for some days: reports come twice, late and in any order."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    identity = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "event_id"], name="meeting_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.identity}"


class LiveWatch(TenantModel):
    """A proctor's page watched an attempt live, from when to when. For the record."""

    proctor = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="watches")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="live_watches")
    connection = models.CharField(max_length=32, help_text="The page that watches, while it does.")
    is_large = models.BooleanField(default=False, help_text="In full quality, at least for a part of it.")
    heard_at = models.DateTimeField(null=True, blank=True, help_text="When sound was first turned on.")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="The last sign of the page that watches.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "attempt"],
                condition=models.Q(ended_at=None),
                name="live_watch_once_a_page",
            )
        ]
        indexes = [
            models.Index(fields=["connection"], condition=models.Q(ended_at=None), name="live_watch_open")
        ]

    def __str__(self) -> str:
        return f"{self.proctor.user} watched attempt {self.attempt_id}"

    @property
    def identity(self) -> str:
        """The name by which the provider knows this page; two pages of a proctor are two there."""
        return f"proctor-{self.proctor_id}-{self.connection}"
