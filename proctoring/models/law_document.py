"""Versions of the documents that are made from an institution's settings."""

from django.db import models

from accounts.tenancy import TenantModel


class LawDocument(TenantModel):
    """One version. Written by `proctoring.law.versions` when the text that follows from settings changed."""

    kind = models.CharField(max_length=20, help_text="notice, records, dpia, model_card or fria")
    number = models.PositiveIntegerField(help_text="Counted from 1 for each kind.")
    content = models.JSONField(help_text="Title and sections, as `proctoring.law.shape.Document`.")
    text = models.TextField(help_text="As Markdown; versions are compared by it.")
    sha256 = models.CharField(max_length=64)
    changed_lines = models.PositiveIntegerField(default=0, help_text="Against the version before.")
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="When e-mails about it were sent.")

    class Meta:
        ordering = ["kind", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "kind", "number"], name="law_document_version")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
