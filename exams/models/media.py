"""Pictures, sounds and files that questions show."""

import uuid

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel


class QuestionMedia(TenantModel):
    """One stored file, never changed. Texts refer to it as `media:<public id>`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    question = models.ForeignKey(
        "exams.Question",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="For which it was brought in; every question of the institution may show it.",
    )
    name = models.CharField(max_length=100, help_text="As the file was called.")
    description = models.CharField(
        max_length=500, blank=True, help_text="What people who cannot see a picture are told."
    )
    content_type = models.CharField(max_length=50, help_text="By its bytes.")
    size = models.PositiveIntegerField(help_text="In bytes.")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True, help_text="Of a picture, in pixels.")
    height = models.PositiveIntegerField(null=True, blank=True)
    stored_name = models.CharField(max_length=200, help_text="Name in the private store.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "pictures, sounds and files"
        verbose_name = "picture, sound or file"
        ordering = ["-id"]
        indexes = [models.Index(fields=["institution", "sha256"], name="media_by_hash")]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        return f"media:{self.public_id}"

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def is_audio(self) -> bool:
        return self.content_type.startswith("audio/")
