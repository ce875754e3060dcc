"""What is known of the recording of a private call, and its pieces until they are joined."""

from django.db import models

from accounts.tenancy import TenantModel
from proctoring.models.call import Call


class CallPiece(TenantModel):
    """One complete recording of some seconds. Deleted once the whole is kept as evidence.

    In the database and not in the spool: pieces of one call may reach different hosts.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="pieces")
    sequence = models.PositiveBigIntegerField(help_text="The page's number of the piece; each is taken once.")
    begins_at = models.DateTimeField()
    data = models.BinaryField(help_text="Encrypted; `size` and `sha256` are of the plain piece.")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["begins_at", "sequence"]
        constraints = [models.UniqueConstraint(fields=["call", "sequence"], name="call_piece_once")]

    def __str__(self) -> str:
        return f"piece {self.sequence} of call {self.call_id}"
