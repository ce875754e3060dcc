"""Filters of the incident list: own sittings only, the many kinds folded away, days that stay relative."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from accounts import saved_filters
from accounts.admin.tenant import FOLDED_FILTER
from accounts.saved_filters import FilteredList
from exams.admin import sitting_filter
from exams.models import Sitting
from proctoring.models import Incident


class KindFilter(admin.ChoicesFieldListFilter):
    """The kinds: some forty, closed until one is chosen."""

    template = FOLDED_FILTER


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


class BeganFilter(admin.SimpleListFilter):
    """When it began, counted from the day on which somebody asks: a saved "last 7 days" stays true."""

    title = "began"
    parameter_name = "began"
    DAYS = {"today": 0, "7": 6, "30": 29, "365": 364}
    """Days before today that still count, by value."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("today", "Today"),
            ("7", "Last 7 days"),
            ("30", "Last 30 days"),
            ("365", "Last 365 days"),
        ]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        days = self.DAYS.get(self.value() or "")
        if days is None:
            return queryset if self.value() is None else queryset.none()
        first = timezone.localdate() - timedelta(days=days)
        return queryset.filter(started_at__gte=timezone.make_aware(datetime.combine(first, time.min)))


_CHOICES = {
    "review_state__exact": ("state", Incident._meta.get_field("review_state").choices),
    "severity__exact": ("severity", Incident._meta.get_field("severity").choices),
    "kind__exact": ("kind", Incident._meta.get_field("kind").choices),
    "light__exact": ("light", Incident._meta.get_field("light").choices),
    "advisory__exact": ("choice for advisory", [("0", "no"), ("1", "yes")]),
    "began": ("span of days", [(value, value) for value in BeganFilter.DAYS]),
}


def problems_of(request: HttpRequest, query: QueryDict) -> list[tuple[str, str]]:
    """Parameters of a saved filter of incidents that no longer make sense, each with the reason in words."""
    found = []
    for name in query:
        value = str(query[name])
        if name == "sitting":
            if not _is_sitting(value):
                found.append((name, "Its sitting does not exist here any more."))
        elif name not in _CHOICES:
            found.append((name, f"“{name.removesuffix('__exact')}” is no filter of this list."))
        else:
            what, choices = _CHOICES[name]
            if value not in {str(each) for each, _words in choices or ()}:
                found.append((name, f"“{value}” is no {what} that there is."))
    return found


def _is_sitting(value: str) -> bool:
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        return False
    return Sitting.objects.filter(pk=int(value)).exists()


saved_filters.register(
    FilteredList(
        name="incidents",
        label="Incidents",
        url_name="admin:proctoring_incident_changelist",
        permission="proctoring.view_incident",
        check=problems_of,
        never_kept=frozenset({"session__id__exact"}),
    )
)
