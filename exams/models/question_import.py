"""One file of questions on its way into the bank: what the dry run found, and what became of it."""

from django.conf import settings
from django.db import models

from accounts.models import Job
from accounts.tenancy import TenantModel
from exams.models.category import QuestionCategory


class QuestionImport(TenantModel):
    """A checked file. `rows` is the report of the dry run, after the import that of the import.

    The file itself waits in the store "imports" under `stored_name` until it is imported or dropped.
    """

    file_name = models.CharField(max_length=200)
    format = models.CharField(max_length=30)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    stored_name = models.CharField(max_length=200, blank=True)
    category = models.ForeignKey(
        QuestionCategory, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rows = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    checked_at = models.DateTimeField(
        null=True, blank=True, help_text="When the dry run was through; large files are read by a job."
    )
    job = models.ForeignKey(
        Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="The latest one."
    )
    imported_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "import of questions"
        verbose_name_plural = "imports of questions"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(imported_at=None) | models.Q(dropped_at=None),
                name="question_import_ended_once",
            )
        ]
        indexes = [models.Index(fields=["institution", "sha256"], name="question_import_same_file")]

    def __str__(self) -> str:
        return self.file_name
