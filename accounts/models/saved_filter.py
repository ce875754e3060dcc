"""A filter of a long list that somebody gave a name, to open it again by one click."""

from django.conf import settings
from django.db import models

from accounts.tenancy import TenantModel


class SavedFilter(TenantModel):
    """What a list is narrowed by, as the query of its address. Written by `accounts.saved_filters` and its
    admin page; it holds no words that were searched for, which may be names."""

    page = models.CharField(max_length=20, editable=False, help_text="Which list: a name in LISTS.")
    name = models.CharField(max_length=80, help_text="Such as: Severe, nobody has looked, last 7 days.")
    query = models.CharField(max_length=1000, blank=True, editable=False)
    is_shared = models.BooleanField(
        "shared", default=False, help_text="Everybody here who sees the list can open it. Else only you."
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    saved_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["page", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "owner", "page", "name"],
                name="saved_filter_name_once",
                violation_error_message="You have a filter of that name for this list already.",
            )
        ]

    def __str__(self) -> str:
        return self.name
