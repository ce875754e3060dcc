"""The door through which people enrol themselves in a sitting: a link, and if wanted a code and a domain."""

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models

from accounts.tenancy import TenantModel
from exams.models.sitting import Sitting

_DOMAIN = RegexValidator(
    r"^[a-z0-9]+([.-][a-z0-9]+)*\.[a-z]{2,}$", "Write the domain alone, such as students.example.org."
)


def make_token() -> str:
    """128 random bits for the link."""
    return secrets.token_urlsafe(16)


class SelfEnrolment(TenantModel):
    """At most one for a sitting. Who comes in need not be a member yet: the link makes them a candidate."""

    sitting = models.OneToOneField(Sitting, on_delete=models.CASCADE, related_name="self_enrolment")
    is_open = models.BooleanField("open", default=True)
    token = models.CharField(max_length=40, unique=True, default=make_token, editable=False)
    code = models.CharField(
        max_length=40,
        blank=True,
        help_text="Asked for besides the link; capitals do not matter. Empty: none.",
    )
    email_domain = models.CharField(
        "domain of e-mail",
        max_length=200,
        blank=True,
        validators=[_DOMAIN],
        help_text="Only addresses that end so, such as students.example.org. Empty: any.",
    )
    closes_hours_before = models.PositiveSmallIntegerField(
        "closes hours before",
        default=0,
        validators=[MaxValueValidator(24 * 365)],
        help_text="Closes so many hours before the sitting opens. 0: when it opens.",
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name = "self-enrolment"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Self-enrolment in {self.sitting}"
