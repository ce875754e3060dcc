"""Stored files tied to an incident: hashed, chained per monitoring session."""

from django.db import models

from accounts.tenancy import TenantModel
from proctoring.models.call import Call
from proctoring.models.incident import Incident
from proctoring.models.session import MonitoringSession
from proctoring.models.showing import Showing


class EvidenceKind(models.TextChoices):
    """What a stored file is."""

    CAMERA_FRAME = "camera_frame", "Camera picture"
    SOUND = "sound", "Recording of sound"
    SCREEN = "screen", "Picture of the screen"
    LIVE_VIDEO = "live_video", "Recording of live video"
    SCREEN_CLIP = "screen_clip", "Film of the screen"
    SHOWN = "shown", "Picture that a proctor asked for"
    CALL = "call", "Recording of a private call"


OF_SCREEN = (EvidenceKind.SCREEN, EvidenceKind.SCREEN_CLIP)
"""Their numbers are of a line of their own, beside those of the camera."""
HEARD = (EvidenceKind.SOUND, EvidenceKind.CALL)
"""Recordings of sound: played, with captions."""


class EvidenceItem(TenantModel):
    """One stored file. Never changed, and erased by `evidence.erasing` alone.

    `stored_at` is empty while the file waits in the spool for the store. `size` and `sha256` are of the plain
    file: what is handed over can be checked without any key.
    """

    session = models.ForeignKey(MonitoringSession, on_delete=models.PROTECT, related_name="evidence")
    incident = models.ForeignKey(
        Incident,
        on_delete=models.PROTECT,
        null=True,
        related_name="evidence",
        help_text="Empty: a picture that a proctor asked for, or the recording of a call.",
    )
    showing = models.ForeignKey(Showing, on_delete=models.PROTECT, null=True, related_name="pictures")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="recordings")
    kind = models.CharField(max_length=20, choices=EvidenceKind.choices)
    sequence = models.PositiveIntegerField(help_text="Place in the session's chain, from 1.")
    frame_sequence = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="The client's number of the frame; the same frame is kept once."
    )
    captured_at = models.DateTimeField()
    about = models.JSONField(
        default=dict,
        blank=True,
        help_text="Of a recording: its length, peaks, spans and text; of a film: its length.",
    )
    content_type = models.CharField(max_length=50)
    name = models.CharField(max_length=200, help_text="Name in the private store.")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    stored_at = models.DateTimeField(null=True, blank=True)
    chain_version = models.PositiveSmallIntegerField(
        default=1, help_text="Which form of payload the hash covers; 2: `about` by its salted hash."
    )
    about_salt = models.CharField(max_length=64, blank=True, default="")
    about_sha256 = models.CharField(max_length=64, blank=True, default="")
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on file and `about` are gone; the row holds up the chain."
    )

    class Meta:
        ordering = ["session_id", "sequence"]
        constraints = [models.UniqueConstraint(fields=["session", "sequence"], name="evidence_sequence_once")]
        indexes = [models.Index(fields=["incident", "captured_at"], name="evidence_by_incident")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.sequence}"
