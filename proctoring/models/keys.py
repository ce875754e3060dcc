"""Keys of evidence and photos, themselves encrypted: where the key is gone, so is the file."""

import uuid

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel
from proctoring.models.session import MonitoringSession


class DataClass(models.TextChoices):
    """Kinds of what is stored that can be erased apart from each other."""

    CAMERA = "camera", "Camera pictures"
    SCREEN = "screen", "Pictures and films of the screen"
    SOUND = "sound", "Recordings of sound"
    CALL = "call", "Recordings of private calls"
    SHOWN = "shown", "Pictures that a proctor asked for"
    LIVE_VIDEO = "live_video", "Recordings of live video"
    IDENTITY = "identity", "Photos of the face"
    DOCUMENT = "document", "Photos of identity documents"
    PACKAGE = "package", "Packages to be handed over"
    OFFICER_PHOTO = "officer_photo", "The office's photos"
    REPLY = "reply", "Files of replies and appeals"
    OBSERVED = "observed", "What detectors said"
    EXPORT = "export", "Copies of a person's data"


class PersonKey(TenantModel):
    """The key of one candidate in one institution, encrypted with the operator's master key.

    Of a session whose candidate nobody knows (an outside caller's) it is the session's. Destroyed: `wrapped`
    is empty, and everything under it is noise for good. The row stays and says when.
    """

    label = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    session = models.ForeignKey(
        MonitoringSession, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    wrapped = models.BinaryField(blank=True)
    master = models.CharField(max_length=16, help_text="Which master key it is encrypted with.")
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person=None, session__isnull=False)
                | models.Q(person__isnull=False, session=None),
                name="person_key_of_one",
            ),
            models.UniqueConstraint(
                fields=["institution", "person"],
                condition=models.Q(destroyed_at=None, person__isnull=False),
                name="person_key_once",
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=models.Q(destroyed_at=None, session__isnull=False),
                name="person_key_of_session_once",
            ),
        ]

    def __str__(self) -> str:
        return f"key of {self.person or self.session}"


class DataKey(TenantModel):
    """The key of one kind of file of one session (or of the person, where `session` is empty).

    Encrypted with the person's key. `label` stands in the head of each file. Destroyed as `PersonKey`.
    """

    label = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person_key = models.ForeignKey(PersonKey, on_delete=models.PROTECT, related_name="data_keys")
    session = models.ForeignKey(
        MonitoringSession, on_delete=models.PROTECT, null=True, blank=True, related_name="data_keys"
    )
    data_class = models.CharField(max_length=20, choices=DataClass.choices)
    wrapped = models.BinaryField(blank=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "data_class"],
                condition=models.Q(destroyed_at=None, session__isnull=False),
                name="data_key_of_session_once",
            ),
            models.UniqueConstraint(
                fields=["person_key", "data_class"],
                condition=models.Q(destroyed_at=None, session=None),
                name="data_key_of_person_once",
            ),
        ]

    def __str__(self) -> str:
        return f"key of {self.get_data_class_display()}"
