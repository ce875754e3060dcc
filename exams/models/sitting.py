"""One scheduled occasion of an exam, and who watches it."""

import zoneinfo
from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models.institution import known_time_zone
from accounts.tenancy import TenantModel
from exams.models.exam import Exam
from exams.timing import Window


class Beginning(models.TextChoices):
    """What lets candidates start."""

    CLOCK = "clock", "The clock: when the sitting opens"
    PERSON = "person", "A proctor or exam officer, by a button"


class TimeUp(models.TextChoices):
    """What becomes of attempts that are not handed in when their time is up."""

    AUTO_SUBMIT = "auto_submit", "What is there is handed in by itself"
    GRACE = "grace", "A grace period: answers are closed, handing in is still possible"
    ABANDON = "abandon", "It must be handed in before; otherwise it is recorded as not handed in"


class SafeBrowserUse(models.TextChoices):
    """Whether the exam is taken in Safe Exam Browser."""

    OFF = "off", "No part of this sitting"
    ALLOWED = "allowed", "Allowed: candidates may open the exam in it"
    REQUIRED = "required", "Required: the exam opens only in it"


class Sitting(TenantModel):
    """A window in which enrolled candidates may take the exam. Moments are stored in UTC."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="sittings")
    title = models.CharField(max_length=200)
    opens_at = models.DateTimeField("opens")
    closes_at = models.DateTimeField(
        "closes", help_text="Nobody works longer than this, except with extra time."
    )
    time_zone = models.CharField(
        max_length=64,
        validators=[known_time_zone],
        help_text="The zone in which the times are announced, such as Europe/Vienna.",
    )
    duration_minutes = models.PositiveIntegerField(
        "working time in minutes", validators=[MinValueValidator(1)]
    )
    late_entry_minutes = models.PositiveIntegerField(
        "late entry in minutes",
        null=True,
        blank=True,
        help_text="How long after opening one may still start; empty: until the window closes.",
    )
    time_up = models.CharField(
        "when the time is up", max_length=12, choices=TimeUp.choices, default=TimeUp.AUTO_SUBMIT
    )
    grace_minutes = models.PositiveSmallIntegerField(
        "grace period in minutes",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text="Only with a grace period. What is not handed in by its end is recorded as not handed in.",
    )
    late_upload_minutes = models.PositiveSmallIntegerField(
        "late upload in minutes",
        default=10,
        validators=[MaxValueValidator(24 * 60)],
        help_text="Answers given in time still count when they arrive this long after the end (no connection "
        "at the end). They are marked as late. 0: they are kept, and a person decides.",
    )
    begins = models.CharField("begun by", max_length=10, choices=Beginning.choices, default=Beginning.CLOCK)
    begun_at = models.DateTimeField(null=True, editable=False)
    starts_per_minute = models.PositiveIntegerField(
        "starts in a minute",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text="Candidates wait in a queue, which is not working time. Empty: all at once.",
    )
    credits_outages = models.BooleanField(
        "give back outages of the server", default=True, help_text="By itself, as soon as the server is back."
    )
    credits_connection = models.BooleanField(
        "give back lost connections",
        default=False,
        help_text="The exam goes on without a connection, so this time is measured and not given by itself.",
    )
    credit_least_seconds = models.PositiveSmallIntegerField(
        "shortest interval to give back, in seconds", default=10
    )
    credit_most_minutes = models.PositiveSmallIntegerField(
        "most minutes to give back by itself", default=30, help_text="People can give more."
    )
    capacity = models.PositiveIntegerField(
        "most candidates",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Nobody is enrolled beyond it; invited people count too. Empty: no limit.",
    )
    tells_candidates = models.BooleanField(
        "tell candidates by e-mail",
        default=True,
        help_text="Enrolment, reminders a day and an hour before, changes and cancellation.",
    )
    is_practice = models.BooleanField(
        "practice",
        default=False,
        help_text="Everything goes as in the exam, as often as a candidate likes while the sitting is open. "
        "The result is shown at once, counts nowhere, and nobody is needed to watch. Fixed once somebody has "
        "begun.",
    )
    practice_days = models.PositiveSmallIntegerField(
        "days until practice data is thrown away",
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text="Counted from the end of each attempt: then its answers, marks, pictures and incidents are "
        "deleted for good. Candidates are told. Only for practice.",
    )
    safe_browser = models.CharField(
        "Safe Exam Browser", max_length=10, choices=SafeBrowserUse.choices, default=SafeBrowserUse.OFF
    )
    calendar_sequence = models.PositiveIntegerField(
        default=0, editable=False, help_text="Grows with each change that calendars have to hear of."
    )
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-opens_at", "id"]
        indexes = [models.Index(fields=["institution", "-opens_at"], name="sitting_by_opening")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="sitting_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=models.Q(duration_minutes__gte=1), name="sitting_lasts_a_minute"
            ),
            models.CheckConstraint(
                condition=models.Q(practice_days__gte=1) & models.Q(practice_days__lte=90),
                name="sitting_practice_days_1_to_90",
            ),
            models.CheckConstraint(
                condition=models.Q(safe_browser__in=SafeBrowserUse.values), name="sitting_safe_browser_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Practice: {self.title}" if self.is_practice else self.title

    @property
    def heading(self) -> str:
        """Exam and sitting, as pages and lists of staff name it; once where both are called the same."""
        return self.title if self.exam.title == self.title else f"{self.exam.title}: {self.title}"

    @property
    def window(self) -> Window:
        late = None if self.late_entry_minutes is None else timedelta(minutes=self.late_entry_minutes)
        if late is not None and self.begins == Beginning.PERSON:
            # Late is who comes after the beginning, whenever that is.
            late = late + (self.begun_at - self.opens_at) if self.begun_at else None
        return Window(self.opens_at, self.closes_at, timedelta(minutes=self.duration_minutes), late)

    @property
    def hands_in_by_itself(self) -> bool:
        return self.time_up == TimeUp.AUTO_SUBMIT

    @property
    def grace(self) -> timedelta:
        """How long after the deadline one may still hand in."""
        return timedelta(minutes=self.grace_minutes if self.time_up == TimeUp.GRACE else 0)

    @property
    def waits_for_a_person(self) -> bool:
        return self.begins == Beginning.PERSON and self.begun_at is None

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class SittingProctor(TenantModel):
    """A member who watches a sitting."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="proctors")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="watched_sittings"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "user"], name="sitting_proctor_once")]

    def __str__(self) -> str:
        return str(self.user)
