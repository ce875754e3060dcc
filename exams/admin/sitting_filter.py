"""The filter of lists by sitting: the newest ones of the institution at hand."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.tenant import FOLDED_FILTER
from exams.models import Sitting

OFFERED = 100
"""Newest sittings offered; older ones are reached through the sitting's own page."""


class SittingFilter(admin.SimpleListFilter):
    """Sittings of the institution at hand, newest first; `path` leads from a row to its sitting.

    Django's own filter would look through all rows for the sittings that occur in them.
    """

    title = "sitting"
    template = FOLDED_FILTER
    parameter_name = "sitting"
    path: ClassVar[str] = "sitting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = self.offered(request, model_admin).select_related("exam").order_by("-opens_at", "-pk")
        return [(str(each.pk), each.heading) for each in rows[:OFFERED]]

    def offered(self, request: HttpRequest, model_admin: Any) -> "QuerySet[Sitting]":
        """The sittings that this person may choose."""
        return Sitting.objects.all()

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        wanted = self.value()
        if wanted is None:
            return queryset
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
            return queryset.none()
        return queryset.filter(**{self.path: int(wanted)})
