"""The notice a candidate reads, the consent given to it, and the reference face that rests on the consent."""

from django.conf import settings
from django.db import models

from accounts.models import Job
from accounts.tenancy import TenantModel
from exams.models import Sitting
from proctoring.models.consent_outside import ConsentOutside
from proctoring.models.policy_screen import ConsentScreen
from proctoring.models.policy_showing import ConsentShowing
from proctoring.models.session import MonitoringSession


class Notice(TenantModel):
    """One wording of the notice shown before capture; a changed wording is a new version."""

    version = models.PositiveIntegerField()
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "version"], name="notice_version_once"),
            models.UniqueConstraint(fields=["institution", "sha256"], name="notice_wording_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"


class Consent(ConsentScreen, ConsentShowing, ConsentOutside, TenantModel):
    """A candidate's agreement to one notice, for one monitoring session."""

    session = models.ForeignKey(MonitoringSession, on_delete=models.PROTECT, related_name="consents")
    candidate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="consents")
    camera = models.BooleanField(default=True)
    face_comparison = models.BooleanField(default=False)
    microphone = models.BooleanField(default=False)
    voice_comparison = models.BooleanField(default=False)
    recordings_leave = models.BooleanField(
        default=False, help_text="The notice said that recordings are sent to another company."
    )
    live_video = models.BooleanField(
        default=False, help_text="The notice said that proctors may watch the camera live."
    )
    call_recording = models.BooleanField(
        default=False, help_text="The notice said that private calls with a proctor are recorded."
    )
    battery = models.BooleanField(
        default=False, help_text="The notice said that proctors see how full the device's battery is."
    )
    live_recording = models.BooleanField(
        default=False, help_text="The notice said that what proctors watch live is recorded."
    )
    heard_kept = models.BooleanField(
        default=False,
        help_text="The notice said that what a program hears is kept in numbers, without sound.",
    )
    looked_for = models.JSONField(
        null=True,
        blank=True,
        help_text="The detectors that the notice named; no other looks at this session. None: not recorded.",
    )
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=models.Q(withdrawn_at=None), name="consent_one_valid"
            )
        ]

    def __str__(self) -> str:
        return f"{self.candidate} to notice {self.notice}"


class OfficerPhoto(TenantModel):
    """A photo of a candidate that an exam officer brought along. No template is made of it before the
    candidate agrees to being compared; see `identity.officer_photos`."""

    candidate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    photo_name = models.CharField(max_length=200, help_text="Name in the private identity store.")
    photo_sha256 = models.CharField(max_length=64)
    kept_at = models.DateTimeField("stored")
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="uploaded by"
    )
    used_at = models.DateTimeField(
        "last used", null=True, blank=True, help_text="When it was last compared with a check-in photo."
    )

    class Meta:
        ordering = ["candidate__name", "id"]
        verbose_name = "officer's photo"
        verbose_name_plural = "officers' photos"
        constraints = [
            models.UniqueConstraint(fields=["institution", "candidate"], name="officer_photo_one_each")
        ]

    def __str__(self) -> str:
        return f"photo of {self.candidate}"


class PhotoUpload(TenantModel):
    """Photos of many candidates in one zip. `rows` is the report of the dry run, then of the import.

    The zip waits in the store "imports" under `stored_name` until it is imported or dropped.
    """

    sitting = models.ForeignKey(
        Sitting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Only its candidates; empty: all of the institution.",
    )
    file_name = models.CharField("file", max_length=200)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    stored_name = models.CharField(max_length=200, blank=True)
    table = models.JSONField(default=list, help_text="Rows of a table that was uploaded beside the zip.")
    rows = models.JSONField(default=list)
    rows_done = models.PositiveIntegerField(default=0, help_text="So many rows are imported.")
    unnamed_files = models.JSONField(default=list, help_text="Files of the zip that no row names.")
    created_at = models.DateTimeField("uploaded", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="by"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    imported_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    job = models.ForeignKey(
        Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="The latest one."
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = "upload of photos"
        verbose_name_plural = "uploads of photos"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(imported_at=None) | models.Q(dropped_at=None), name="photos_ended_once"
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class View(models.TextChoices):
    """Which photo a template was made from."""

    CHECK_IN = "check_in", "photo of check-in"
    OFFICER = "officer", "officer's photo"
    LEFT = "left", "check-in, turned to the own left"
    RIGHT = "right", "check-in, turned to the own right"


class ReferenceFace(TenantModel):
    """Face data of one view, enrolled at check-in. The template is encrypted; it goes with the consent."""

    session = models.ForeignKey(MonitoringSession, on_delete=models.PROTECT, related_name="reference_faces")
    view = models.CharField(max_length=10, choices=View.choices, default=View.CHECK_IN)
    officer_photo = models.ForeignKey(
        OfficerPhoto, on_delete=models.CASCADE, null=True, blank=True, related_name="reference_faces"
    )
    likeness = models.CharField(
        max_length=10,
        blank=True,
        help_text="Of any other view: how it compares with the photo of check-in (vision.exchange).",
    )
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    engine = models.CharField(max_length=100, help_text="A template fits only the engine that made it.")
    template = models.BinaryField(help_text="Encrypted vector; never exported.")
    photo_name = models.CharField(
        max_length=200,
        blank=True,
        help_text="In the private identity store; empty: the officer's, or a side: that picture is not kept.",
    )
    photo_sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "view"], name="reference_face_one_a_view"),
            models.CheckConstraint(condition=models.Q(view__in=View.values), name="reference_view_known"),
            models.CheckConstraint(
                condition=models.Q(view=View.OFFICER, officer_photo__isnull=False)
                | (~models.Q(view=View.OFFICER) & models.Q(officer_photo=None)),
                name="reference_face_of_its_photo",
            ),
        ]

    def __str__(self) -> str:
        return f"reference of {self.session}"


class HeadBaseline(TenantModel):
    """How a candidate usually holds the head in front of the own screen: numbers, no picture.

    It rests on the consent and goes with it.
    """

    session = models.OneToOneField(MonitoringSession, on_delete=models.CASCADE, related_name="head_baseline")
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="+")
    numbers = models.JSONField(help_text="Form: `proctoring.vision.baseline.Baseline`.")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"baseline of {self.session}"
