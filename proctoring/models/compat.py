"""Which institution a client of a replaced system works for, and the meetings that such clients made."""

import uuid

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from exams.models import Sitting
from proctoring.models.session import MonitoringSession


class Contract(models.TextChoices):
    """The systems whose clients are answered; the values are stored."""

    DYTE = "dyte", "Live proctoring with Dyte: meetings, faces, voices"
    VIDEO = "video", "VideoProctoring: sessions, frames, documents"
    EXAM = "exam", "AI Proctored Exam: login, frames, alerts"


class CompatKey(TenantModel):
    """Binds clients without a login of their own to one institution, and to the sitting that they feed.

    Unless `is_private` it stands in pages that candidates load, so it is no secret among them and gives no
    rights over others' data. Of it only the SHA-256 is stored. `account` is who rows and the audit log name.
    Written by `proctoring.compat_keys` alone.
    """

    label = models.CharField(max_length=100, help_text="Which pages use it, such as: Admission interviews.")
    prefix = models.CharField(max_length=12, help_text="Its first signs, to tell keys apart.")
    secret_hash = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    contracts = models.JSONField(default=list, help_text="Values of Contract.")
    origins = models.JSONField(
        default=list, help_text='Pages that may use it from a browser, such as https://exam.example; "null".'
    )
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="+")
    renews = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Its sitting was made for it: before that closes, another one of the same exam follows.",
    )
    notice = models.CharField(max_length=300, help_text="Address of what candidates are told and agree to.")
    sound = models.BooleanField(default=False, help_text="They agree to recordings of the microphone too.")
    faces = models.BooleanField(default=False, help_text="They agree that faces are compared too.")
    is_private = models.BooleanField(
        "kept on a server",
        default=False,
        help_text="No candidate can read it, so that it may list and delete sessions.",
    )
    attested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who said that the pages ask candidates for their consent.",
    )
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField("last used", null=True, help_text="To the minute.")
    revoked_at = models.DateTimeField("revoked", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"


class CompatMeeting(TenantModel):
    """A meeting that a client of the Dyte contract made. Who has its admin id reads its lists, nobody else.

    There is no video in it: frames and recordings come to us, and proctors watch on the wall.
    """

    key = models.ForeignKey(CompatKey, on_delete=models.PROTECT, related_name="meetings")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=200)
    admin_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class CompatLogin(TenantModel):
    """By what a candidate of the AI Proctored Exam contract signs in there; it opens no page of ours.

    It goes with the person, and with the newest session of theirs.
    """

    key = models.ForeignKey(CompatKey, on_delete=models.PROTECT, related_name="logins")
    username = models.CharField(max_length=150, help_text="In lower case.")
    password = models.CharField(max_length=200, help_text="Hashed as all passwords.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        MonitoringSession, on_delete=models.PROTECT, null=True, related_name="compat_logins"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["key", "username"], name="compat_login_once")]

    def __str__(self) -> str:
        return self.username
