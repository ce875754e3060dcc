"""Signed marks of how far the audit log of an institution had come, so that no loss goes unnoticed."""

from django.db import models

from accounts.tenancy import TenantModel


class AuditCheckpoint(TenantModel):
    """One mark. Written only by `accounts.audit_checkpoints`; never changed, never deleted.

    `heads` holds, for each chain that grew since the mark before, place and hash of its last entry. As every
    entry holds the hash of the one before, that vouches for the whole chain up to there.
    """

    number = models.PositiveIntegerField(help_text="Counted from 1 in each institution.")
    at = models.DateTimeField()
    through = models.PositiveBigIntegerField(help_text="Key of the newest entry it covers.")
    heads = models.JSONField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    kid = models.CharField("signed with", max_length=16)
    signature = models.CharField(max_length=100)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="audit_checkpoint_number")
        ]

    def __str__(self) -> str:
        return f"checkpoint {self.number}"
