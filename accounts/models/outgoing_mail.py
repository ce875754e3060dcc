"""What every e-mail of an outbox has: when it was written, taken to be sent, and what became of it."""

from django.db import models

from accounts.tenancy import TenantModel


class OutgoingMail(TenantModel):
    """One e-mail that a job sends (`accounts.outbox`).

    `claimed_at` is set before the mail server is asked, so no stop of the server can send it twice; with
    `claimed_at` but neither `sent_at` nor `failed_at` nobody knows whether it went out.
    """

    written_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True, help_text="When a worker took it to send it.")
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True
