"""A registration of an institution that waits for its owner to confirm the e-mail address."""

from django.db import models

from accounts.tenancy import TenantModel


class Registration(TenantModel):
    """What the owner entered, until the link in the e-mail is used. No person is created before that.

    `password_hash` is kept here, and asked for on the confirmation page: who only owns the mailbox did not
    choose it, so nobody can be talked into confirming an account with somebody else's password.
    """

    owner_name = models.CharField(max_length=200)
    password_hash = models.CharField(max_length=128)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    mail_failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], name="registration_one_each")]

    def __str__(self) -> str:
        return f"Registration of {self.institution}"
