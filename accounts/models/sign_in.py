"""One sign-in of a person: when, by which means, in which browser, and until when its session lives."""

from django.conf import settings
from django.db import models


class SignIn(models.Model):
    """Belongs to the person and to no institution. Written by `accounts.sign_ins` alone."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    means = models.CharField(max_length=60, blank=True, help_text="Such as: password, mfa.")
    device = models.CharField(max_length=60, blank=True, help_text="Such as: Firefox on Windows.")
    session_key = models.CharField(
        max_length=40,
        blank=True,
        db_index=True,
        help_text="Of the session that it began; emptied at its end.",
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["person", "-at"], name="sign_ins_of_person")]

    def __str__(self) -> str:
        return f"{self.device or 'unknown device'}, {self.at:%Y-%m-%d %H:%M}"
