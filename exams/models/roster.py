"""An uploaded list of candidates: what its rows say, and what became of them."""

from django.conf import settings
from django.db import models

from accounts.models import Job
from accounts.tenancy import TenantModel
from exams.models.sitting import Sitting


class Roster(TenantModel):
    """One uploaded file. `rows` (scheduling.roster_rows.RosterRow) are emptied once they are imported."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="rosters")
    file_name = models.CharField(max_length=200)
    rows = models.JSONField(default=list)
    row_count = models.PositiveIntegerField(default=0)
    unused_columns = models.JSONField(default=list)
    outcomes = models.JSONField(
        default=list, help_text="[line, address, outcome, detail] of each row, once it was imported."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    read_job = models.ForeignKey(
        Job, on_delete=models.PROTECT, null=True, related_name="+", help_text="Reads a large workbook."
    )
    stored_name = models.CharField(
        max_length=200, blank=True, help_text="Of a file that is not read yet, in the store “imports”."
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name
