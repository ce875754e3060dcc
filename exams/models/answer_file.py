"""A file that a candidate has handed in as an answer."""

import uuid

from django.db import models

from accounts.tenancy import TenantModel
from exams.models.attempt import Attempt, PaperItem


class AnswerFile(TenantModel):
    """One file of one answer, never altered. Written by `delivery.answer_files` only.

    Rows stay when the candidate takes a file out of the answer again: the journal names them.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="files")
    item = models.ForeignKey(PaperItem, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=100, help_text="As the candidate named it, cleaned.")
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    stored_name = models.CharField(max_length=200, help_text="Its name in the private store.")
    device = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["attempt_id", "id"]

    def __str__(self) -> str:
        return self.name
