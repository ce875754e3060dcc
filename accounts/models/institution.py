"""The tenant: a school, board or company whose rows nobody else sees."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from accounts.countries import known_country
from accounts.languages import DEFAULT, known_language
from accounts.models.privacy_terms import PrivacyTerms

slug_format = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$", "Use small letters, digits and single hyphens, such as 'north-college'."
)


def known_time_zone(name: str) -> None:
    """Refuses names that are not in the time zone database. Raises ValidationError."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            "%(name)s is not a time zone; use a name like Europe/Vienna.", params={"name": name}
        )


class InstitutionKind(models.TextChoices):
    """What an institution is; with its country it decides which law applies."""

    EDUCATION = "education", "School, university or examination board"
    EMPLOYMENT = "employment", "Employer, recruiter or staff training"
    OTHER = "other", "Something else"


class Institution(PrivacyTerms, models.Model):
    """A tenant. It can be used once its owner has confirmed the e-mail address (`confirmed_at`)."""

    name = models.CharField(max_length=200)
    slug = models.CharField(
        max_length=50,
        unique=True,
        validators=[slug_format],
        help_text="Stands in every address, such as /i/north-college/.",
    )
    country = models.CharField(
        max_length=2, validators=[known_country], help_text="Decides which law applies (ISO 3166 code)."
    )
    time_zone = models.CharField(max_length=64, default="UTC", validators=[known_time_zone])
    language = models.CharField(
        max_length=35,
        default=DEFAULT,
        validators=[known_language],
        help_text="In which exams are written, unless an exam says otherwise (BCP 47 tag).",
    )
    owner_email = models.EmailField()
    kind = models.CharField(
        max_length=12,
        choices=InstitutionKind.choices,
        default=InstitutionKind.EDUCATION,
        help_text="With the country it decides which law applies.",
    )
    allows_emotions = models.BooleanField(
        "expressions may be named",
        default=False,
        help_text="Has no effect where the law forbids it, and never in an exam.",
    )
    requires_second_factor = models.BooleanField(
        "staff must use a second factor",
        default=False,
        help_text="Members with any role but candidate are asked for a second factor at sign-in.",
    )
    capture_origins = models.JSONField(
        "pages of other systems that may send captures",
        default=list,
        null=True,
        blank=True,
        help_text="Origins by https; empty: none, captures come from pages of this server alone.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
