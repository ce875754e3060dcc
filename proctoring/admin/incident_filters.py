"""Filters of the incident list: own sittings only, and the many kinds folded away."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from exams.admin import sitting_filter
from exams.models import Sitting


class KindFilter(admin.ChoicesFieldListFilter):
    """The kinds, closed until one is chosen: else the keyboard passes some forty links before the list."""

    template = "admin/proctoring/incident/kind_filter.html"


class SittingFilter(sitting_filter.SittingFilter):
    """The same for rows that proctors see as well: they choose among their own sittings."""

    def offered(self, request: HttpRequest, model_admin: Any) -> "QuerySet[Sitting]":
        rows = super().offered(request, model_admin)
        watched = model_admin.only_sittings(request)
        return rows if watched is None else rows.filter(pk__in=watched)


class ListedSittingFilter(SittingFilter):
    """The same for incidents. Those of practice wait for nobody: listed only when their sitting is chosen."""

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() is None:
            practice = list(Sitting.objects.filter(is_practice=True).values_list("pk", flat=True))
            return queryset.exclude(sitting__in=practice) if practice else queryset
        return super().queryset(request, queryset)
