"""How long things are kept, what holds them back, and what was deleted, asked for and handed out."""

import uuid

from django.conf import settings
from django.db import models

from accounts.models import Job
from accounts.tenancy import TenantModel
from exams.models import Attempt, Sitting
from proctoring import states


class RetentionPeriod(TenantModel):
    """An institution's own number of days for one kind of data; without a row the default holds."""

    kind = models.CharField(max_length=40, help_text="Code in the register of `rights.kinds`.")
    days = models.PositiveIntegerField()
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was changed.")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["kind"]
        verbose_name = "retention period"
        constraints = [models.UniqueConstraint(fields=["institution", "kind"], name="retention_period_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.days} days"


class HoldScope(models.TextChoices):
    """What a legal hold covers."""

    ATTEMPT = "attempt", "One attempt"
    PERSON = "person", "Everything of one person"
    SITTING = "sitting", "Everything of one sitting"
    INSTITUTION = "institution", "Everything of the institution"


class LegalHold(TenantModel):
    """Nothing that it covers is deleted until it ends or is lifted."""

    scope = models.CharField(max_length=11, choices=HoldScope.choices)
    attempt = models.ForeignKey(
        Attempt, on_delete=models.PROTECT, null=True, blank=True, related_name="legal_holds"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True, help_text="Empty: until somebody lifts it.")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lift_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "legal hold"
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(scope="attempt", attempt__isnull=False, person=None, sitting=None)
                    | models.Q(scope="person", attempt=None, person__isnull=False, sitting=None)
                    | models.Q(scope="sitting", attempt=None, person=None, sitting__isnull=False)
                    | models.Q(scope="institution", attempt=None, person=None, sitting=None)
                ),
                name="legal_hold_covers_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"legal hold {self.pk} on {self.covers}"

    @property
    def covers(self) -> str:
        """What it covers, by its number; names are left to the pages."""
        if self.scope == HoldScope.ATTEMPT:
            return f"attempt {self.attempt_id}"
        if self.scope == HoldScope.PERSON:
            return f"person {self.person_id}"
        return f"sitting {self.sitting_id}" if self.scope == HoldScope.SITTING else "the whole institution"


class DeletionCause(models.TextChoices):
    """Why data was deleted."""

    RETENTION = "retention", "Its period was over"
    PERSON = "person", "A person asked for it"
    PRACTICE = "practice", "Practice was thrown away"
    SESSION = "session", "The system that had started a session asked for it"


class RetentionRun(TenantModel):
    """One night's deletion in one institution: what was deleted, what failed, and whether it is over."""

    night = models.DateField(help_text="The institution's own date.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, help_text="Rows and files, by kind.")
    spans = models.JSONField(default=dict, help_text="Attempts and sessions that were gone through, by kind.")
    failures = models.JSONField(default=list, help_text="What could not be deleted, with the reason.")
    heads = models.JSONField(default=dict, help_text="Heads of the chains from which something was erased.")
    keys = models.JSONField(default=list, help_text="Names of the keys that were destroyed.")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name = "retention run"
        constraints = [
            models.UniqueConstraint(fields=["institution", "night"], name="retention_run_once_a_night")
        ]

    def __str__(self) -> str:
        return f"night of {self.night}"


class ErasureRequest(TenantModel):
    """A person asks an institution to erase their data; somebody who answers for data protection decides."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="erasure_requests"
    )
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in states.ERASURE.states], default=states.ERASURE_ASKED
    )
    words = models.TextField(blank=True, help_text="What the person wrote; emptied with the erasure.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, help_text="What the person is told of the decision.")
    with_records = models.BooleanField(default=False, help_text="Exam records were to go too.")
    counts = models.JSONField(default=dict, help_text="What was erased, by kind.")
    heads = models.JSONField(default=dict, help_text="Heads of the chains from which something was erased.")
    keys = models.JSONField(default=list, help_text="Names of the keys that were destroyed.")
    kept = models.JSONField(default=list, help_text="What was kept, with the reason.")
    texts = models.JSONField(
        default=list,
        help_text="Texts of others that named the person, and what became of each.",
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(
        null=True, blank=True, verbose_name="answer sent", help_text="When the answer went out by e-mail."
    )
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name = "erasure request"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=states.ERASURE.states), name="erasure_state_known"
            ),
            models.UniqueConstraint(
                fields=["institution", "person"],
                condition=models.Q(state__in=states.ERASURE_GOES_ON),
                name="erasure_one_open_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure request {self.pk}"


class DeletionCertificate(TenantModel):
    """Signed proof of what one run, erasure or thrown away practice deleted. Numbers only, no names."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cause = models.CharField(max_length=10, choices=DeletionCause.choices)
    run = models.OneToOneField(RetentionRun, on_delete=models.PROTECT, null=True, related_name="certificate")
    request = models.OneToOneField(
        ErasureRequest, on_delete=models.PROTECT, null=True, related_name="certificate"
    )
    made_at = models.DateTimeField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64, help_text="Of the content as it was signed.")
    key_id = models.CharField(max_length=64)
    signature = models.CharField(max_length=200, help_text="Ed25519, base64.")

    class Meta:
        ordering = ["-id"]
        verbose_name = "deletion certificate"

    def __str__(self) -> str:
        return f"certificate {self.public_id}"


class DataExport(TenantModel):
    """A copy of one person's data as a ZIP file, made as a job, kept for some days."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="data_exports"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    note = models.CharField(
        max_length=500, blank=True, help_text="How somebody who asked by letter proved who they are."
    )
    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    stored_name = models.CharField(max_length=200, blank=True, help_text="Name in the private store.")
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    missing = models.JSONField(default=list, help_text="Files that could not be read.")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name = "data export"

    def __str__(self) -> str:
        return f"data export {self.pk}"
