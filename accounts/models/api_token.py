"""Access of another system to the public API, and the answers that its repeated calls get again."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel


class ApiToken(TenantModel):
    """A secret by which another system calls the API in the name of one institution.

    Of the secret only the SHA-256 is stored: it holds 256 random bits, so that guessing it is hopeless and a
    slow, salted hash would only make each call slower. `account` is who the audit log and other rows name: a
    user row that cannot sign in and is a member of nothing. Written by `accounts.services.api_tokens` alone.
    """

    name = models.CharField(max_length=100, help_text="Which system uses it, such as: Student register.")
    prefix = models.CharField(max_length=12, help_text="The first signs of the secret, to tell tokens apart.")
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list, help_text="Codes of accounts.api_scopes.")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField("valid until")
    last_used_at = models.DateTimeField("last used", null=True, help_text="To the minute.")
    revoked_at = models.DateTimeField("revoked", null=True)
    rotated_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="rotated_to",
        help_text="Whose place it takes.",
    )

    class Meta:
        verbose_name = "API token"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class IdempotentCall(TenantModel):
    """A creating call that named an `Idempotency-Key`, with its answer, which a repeat of it gets again.

    Stored in the transaction of what was created, so that there is never the one without the other.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, address and body.")
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "key"], name="idempotent_call_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotent_call_by_age")]

    def __str__(self) -> str:
        return self.key
