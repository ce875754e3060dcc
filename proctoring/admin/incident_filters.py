"""Filters of the incident list: own sittings only, and the many kinds folded away."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from exams.models import Sitting

OFFERED = 100
"""Newest sittings offered; older ones are reached through the sitting's own page."""


class KindFilter(admin.ChoicesFieldListFilter):
    """The kinds, closed until one is chosen: else the keyboard passes some forty links before the list."""

    template = "admin/proctoring/incident/kind_filter.html"


class SittingFilter(admin.SimpleListFilter):
    """Sittings of the institution at hand, newest first; for proctors only their own."""

    title = "sitting"
    parameter_name = "sitting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Sitting.objects.select_related("exam").order_by("-opens_at", "-pk")
        watched = model_admin.only_sittings(request)
        if watched is not None:
            rows = rows.filter(pk__in=watched)
        return [(str(each.pk), f"{each.exam.title}: {each.title}") for each in rows[:OFFERED]]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        wanted = self.value()
        if wanted is None:
            return queryset
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
            return queryset.none()
        return queryset.filter(sitting=int(wanted))


class ListedSittingFilter(SittingFilter):
    """The same for incidents. Those of practice wait for nobody: listed only when their sitting is chosen."""

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() is None:
            practice = list(Sitting.objects.filter(is_practice=True).values_list("pk", flat=True))
            return queryset.exclude(sitting__in=practice) if practice else queryset
        return super().queryset(request, queryset)
