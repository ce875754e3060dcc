"""The review of one attempt after its end: the case, the readings of it, comments, tags, time spent."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.tenancy import TenantModel
from exams.models import Sitting
from proctoring import states
from proctoring.models.session import MonitoringSession


class OpenedFor(models.TextChoices):
    """Why people look at an attempt."""

    INCIDENTS = "incidents", "Incidents"
    SAMPLE = "sample", "Random sample"
    ASKED = "asked", "Asked for by a person"


class Verdict(models.TextChoices):
    """What a person judges."""

    NO_CONCERN = "no_concern", "No concern"
    BREACH = "breach", "Breach"
    INCONCLUSIVE = "inconclusive", "Inconclusive"


ADVERSE = (Verdict.BREACH.value, Verdict.INCONCLUSIVE.value)
"""What stays with a candidate: needs two readers and a closed reply window."""


class ReadingPart(models.TextChoices):
    """Which of the readings of a case it is."""

    FIRST = "first", "First reading"
    SECOND = "second", "Second reading"
    THIRD = "third", "Third reading"
    APPEAL = "appeal", "Reading of the appeal"


def _person() -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


class CaseTag(TenantModel):
    """A word by which an institution finds cases again."""

    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["institution", "name"], name="case_tag_once")]

    def __str__(self) -> str:
        return self.name


class Case(TenantModel):
    """The review of one attempt. `state` and `verdict` change through `proctoring.review` alone.

    `verdict` is empty until a decision, which is a person's. The database itself refuses an adverse verdict
    without two different readers and without a closed reply window.
    """

    session = models.OneToOneField(MonitoringSession, on_delete=models.PROTECT, related_name="case")
    sitting = models.ForeignKey(
        Sitting, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    state = models.CharField(
        max_length=12,
        choices=[(s, s.replace("_", " ")) for s in states.CASE.states],
        default=states.CASE_OPEN,
    )
    opened_for = models.CharField(max_length=10, choices=OpenedFor.choices)
    opened_by = _person()
    pseudonym = models.CharField(
        max_length=12, editable=False, help_text="Stands for the name until the first reading is given."
    )
    reads_twice = models.BooleanField(
        default=False,
        help_text="Drawn by chance to be read by two people whatever the first one thinks: only such pairs "
        "tell how far readers agree.",
    )
    asked_because = models.CharField(
        max_length=1_000, blank=True, help_text="Why a person asked for a look, in their words."
    )
    created_at = models.DateTimeField()

    value = models.FloatField(default=0, help_text="Expected value of a look: confirmed findings, weighted.")
    look_seconds = models.PositiveIntegerField(default=60, help_text="Estimated time of a look.")
    rank = models.FloatField(default=0, help_text="Value of a look per second: the order of the queue.")
    estimated_at = models.DateTimeField(
        null=True, blank=True, help_text="When value, time and rank were last estimated."
    )

    assigned_to = _person()
    assigned_at = models.DateTimeField(null=True, blank=True)
    locked_by = _person()
    locked_until = models.DateTimeField(null=True, blank=True)

    first_reader = _person()
    second_reader = _person()

    concern_text = models.TextField(blank=True, help_text="What the candidate was asked to reply to.")
    released_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on the candidate sees incidents and evidence."
    )
    reply_until = models.DateTimeField(null=True, blank=True)
    said_all_at = models.DateTimeField(
        null=True, blank=True, help_text="The candidate closed the reply window: nothing more to say."
    )

    verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    outcome_text = models.TextField(blank=True, help_text="What the candidate is told of the decision.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = _person()

    appeal_until = models.DateTimeField(null=True, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal_text = models.TextField(blank=True)
    verdict_before_appeal = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    appeal_reader = _person()
    appeal_decided_at = models.DateTimeField(null=True, blank=True)
    appeal_outcome_text = models.TextField(blank=True, help_text="What the candidate is told of the appeal.")

    tags = models.ManyToManyField(CaseTag, blank=True, related_name="cases")

    class Meta:
        ordering = ["-rank", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=states.CASE.states), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(verdict__in=Verdict.values), name="case_verdict_known"
            ),
            models.CheckConstraint(
                condition=(~Q(verdict="") & Q(state__in=states.CASE_JUDGED, decided_at__isnull=False))
                | (Q(verdict="") & ~Q(state__in=states.CASE_JUDGED)),
                name="case_verdict_by_decision_only",
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=ADVERSE)
                | (
                    Q(first_reader__isnull=False, second_reader__isnull=False)
                    & ~Q(first_reader=F("second_reader"))
                ),
                name="case_adverse_needs_two_readers",
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=ADVERSE)
                # The nulls are named: what SQL cannot tell would pass a check.
                | Q(
                    released_at__isnull=False,
                    reply_until__isnull=False,
                    decided_at__isnull=False,
                    decided_at__gte=F("reply_until"),
                )
                | Q(
                    released_at__isnull=False,
                    said_all_at__isnull=False,
                    decided_at__isnull=False,
                    decided_at__gte=F("said_all_at"),
                ),
                name="case_adverse_after_reply_window",
            ),
            models.CheckConstraint(
                condition=~Q(state=states.CASE_REPLY_WINDOW)
                | Q(
                    released_at__isnull=False,
                    reply_until__isnull=False,
                    reply_until__gt=F("released_at"),
                ),
                name="case_reply_window_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(appeal_reader__isnull=True)
                | (
                    ~Q(appeal_reader=F("first_reader"))
                    & ~Q(appeal_reader=F("second_reader"))
                    & ~Q(appeal_reader=F("decided_by"))
                ),
                name="case_appeal_by_somebody_else",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "state", "-rank", "id"], name="case_queue"),
            models.Index(fields=["assigned_to", "state", "-rank", "id"], name="case_of_a_reviewer"),
            models.Index(fields=["institution", "opened_for", "state"], name="case_by_reason"),
            models.Index(fields=["sitting", "state"], name="case_by_sitting"),
            models.Index(fields=["institution", "-id"], name="case_newest"),
            models.Index(fields=["institution", "state", "reply_until"], name="case_reply_due"),
            models.Index(fields=["state", "estimated_at"], name="case_to_estimate"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class Reading(TenantModel):
    """One person's judgement, given once. A reading taken back stays, marked so.

    Of the readings that count, each part stands once and each reader once: the database sees to it.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="readings")
    number = models.PositiveSmallIntegerField(help_text="In the order given, from 1.")
    part = models.CharField(max_length=6, choices=ReadingPart.choices)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    reasons = models.JSONField(default=list, help_text="Codes and words, as they were when it was given.")
    note = models.TextField(blank=True)
    is_blind = models.BooleanField(default=False, help_text="The reader was not shown who the candidate is.")
    opened_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0, help_text="Spent with the case open.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["case_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="case_reading_number_once"),
            models.UniqueConstraint(
                fields=["case", "part"], condition=Q(withdrawn_at__isnull=True), name="case_reading_part_once"
            ),
            models.UniqueConstraint(
                fields=["case", "reader"], condition=Q(withdrawn_at__isnull=True), name="case_reader_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values), name="case_reading_verdict_known"
            ),
        ]
        indexes = [models.Index(fields=["institution", "finished_at"], name="case_reading_by_time")]

    def __str__(self) -> str:
        return f"{self.get_part_display()} of case {self.case_id}"


class CaseComment(TenantModel):
    """What reviewers tell one another about a case. Candidates get it with their data."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"comment on case {self.case_id}"


class CaseLook(TenantModel):
    """One span in which a person had a case open, from taking its lock to the last renewal."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="looks")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    last_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0, help_text="Renewals that came in time, added up.")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["institution", "begun_at"], name="case_look_by_time")]

    def __str__(self) -> str:
        return f"look at case {self.case_id}"
