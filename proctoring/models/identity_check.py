"""Who waits at check-in for a person, and the photo of an identity document beside the candidate's face."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Sitting
from proctoring import states
from proctoring.models.session import MonitoringSession


class DocumentType(models.TextChoices):
    """Kinds of identity documents; the names are those of the replaced systems' calls."""

    AADHAAR = "aadhaar", "Aadhaar card"
    PAN = "pan", "PAN card"
    PASSPORT = "passport", "Passport"
    DRIVING_LICENSE = "driving_license", "Driving licence"
    VOTER_ID = "voter_id", "Voter ID"
    OTHER = "other", "Another document with a photo"


class DocumentAnswer(models.TextChoices):
    """What a program says about two faces. People decide."""

    ALIKE = "alike", "alike"
    UNLIKE = "unlike", "unlike"
    CANNOT_SAY = "cannot_say", "cannot say"
    NOT_SHOWN = "not_shown", "no document shown"


class DocumentCheck(TenantModel):
    """One document shown, or none where the candidate has said so.

    The photo lies encrypted in the identity store until `delete_at`, which is set with the decision about the
    candidate; afterwards `photo_name` is empty and this row says what was seen. No template of it is kept.
    `session` None: compared for an outside caller, who redeems the token for a session of their own.
    """

    session = models.OneToOneField(
        MonitoringSession, on_delete=models.PROTECT, null=True, blank=True, related_name="document_check"
    )
    document_type = models.CharField(max_length=20, choices=DocumentType.choices, blank=True)
    answer = models.CharField(max_length=12, choices=DocumentAnswer.choices)
    similarity = models.FloatField(null=True, help_text="On the engine's own scale; empty: not compared.")
    engine = models.CharField(max_length=100, blank=True)
    photo_name = models.CharField(max_length=200, blank=True, help_text="Name in the private identity store.")
    photo_key = models.BinaryField(
        blank=True, help_text="Encrypted key of a photo from before sessions had keys; else empty."
    )
    photo_sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    delete_at = models.DateTimeField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, blank=True)
    token_expires_at = models.DateTimeField(null=True, blank=True)
    token_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"], condition=~models.Q(token_hash=""), name="document_token_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["delete_at"], condition=~models.Q(photo_name=""), name="document_photo_to_delete"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_document_type_display() or 'no document'}: {self.get_answer_display()}"


class IdentityCheck(TenantModel):
    """A candidate waits at check-in for a person. `state` changes through `identity.person_checks` alone."""

    session = models.ForeignKey(MonitoringSession, on_delete=models.PROTECT, related_name="identity_checks")
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="identity_checks")
    state = models.CharField(
        max_length=12,
        choices=[(s, s.replace("_", " ")) for s in states.IDENTITY_CHECK.states],
        default=states.CHECK_WAITING,
    )
    reasons = models.JSONField(default=list, help_text="Why a person is asked: codes.")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    message = models.CharField(max_length=500, blank=True, help_text="What the candidate reads.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=states.IDENTITY_CHECK.states), name="identity_check_state_known"
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=models.Q(state=states.CHECK_WAITING),
                name="identity_check_one_waiting",
            ),
        ]
        indexes = [models.Index(fields=["sitting", "state", "asked_at"], name="identity_check_queue")]

    def __str__(self) -> str:
        return f"identity check of {self.session}"
