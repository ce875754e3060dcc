"""The fields of a policy about live video and calls."""

from django.conf import settings
from django.db import models


class LiveTerms(models.Model):
    """What of live video and calls is recorded; part of `Policy`."""

    record_calls = models.BooleanField(
        "record private calls",
        default=False,
        help_text="When a proctor speaks with a candidate, the sound of both is recorded and kept with the "
        "evidence. Candidates read this before they agree, and again before they accept a call; calls with "
        "those who agreed to no camera are never recorded. Off: nothing of a call is stored but who spoke "
        "with whom, and when.",
    )

    record_live = models.BooleanField(
        "record what is watched live",
        default=False,
        help_text="Only with a media server of your own that records. The live picture is recorded while a "
        "proctor watches, and only then (with the sound, while the proctor hears it). A recording is kept as "
        "evidence where an incident falls into its time, and deleted otherwise. Candidates read this before "
        "they agree, and see it while it happens.",
    )

    class Meta:
        abstract = True

    @property
    def records_live(self) -> bool:
        """Whether what is watched may be recorded: where it may be watched, and this server can record."""
        is_shown: bool = self.shows_live  # type: ignore[attr-defined]
        return (
            self.record_live
            and is_shown
            and settings.LIVE_PROVIDER == "janus"
            and bool(settings.JANUS_RECORDINGS)
        )

    @property
    def records_calls(self) -> bool:
        """Whether calls may be recorded: only in exams with camera, and where this server carries calls."""
        has_camera: bool = self.camera_required  # type: ignore[attr-defined]
        return self.record_calls and has_camera and settings.LIVE_PROVIDER != "off"
