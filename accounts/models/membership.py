"""Who belongs to an institution in which role, and who has been invited."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from accounts.candidate_numbers import LONGEST
from accounts.roles import Role
from accounts.tenancy import TenantModel


class Membership(TenantModel):
    """One role of one person in one institution. Ended memberships stay, for the record."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(
        "candidate number",
        max_length=LONGEST,
        blank=True,
        default="",
        help_text="By which the institution's own records know a candidate.",
    )

    class Meta:
        ordering = ["user__name", "role"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "user", "role"], name="membership_once_per_role"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
            models.UniqueConstraint(
                "institution",
                Lower("external_id"),
                condition=~models.Q(external_id=""),
                name="membership_number_once",
            ),
            models.CheckConstraint(
                condition=models.Q(external_id="") | models.Q(role=Role.CANDIDATE),
                name="membership_number_of_candidate",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "institution"], name="membership_by_user")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Invitation(TenantModel):
    """An offer of a role, sent by e-mail; the link carries a secret of which only the hash is stored."""

    email = models.EmailField("e-mail address")
    name = models.CharField("full name", max_length=200, blank=True)
    role = models.CharField(max_length=30, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(editable=False)
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    mail_failed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "email", "role"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.get_role_display()}"
