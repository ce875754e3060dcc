"""Files in private stores whose rows are gone: each waits here until its store has let go of it."""

from django.db import models

from accounts.tenancy import TenantModel


class FileToRemove(TenantModel):
    """One file. Written and emptied by `accounts.stored_files` only."""

    store = models.CharField(max_length=30, help_text="Alias of the store in the settings.")
    name = models.CharField(max_length=200, help_text="Its name in that store.")
    noted_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, help_text="When the store last refused; empty: not yet.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.store}: {self.name}"
