"""The audit log in the admin: to read, by act and time, with the check of each chain."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts import audit
from accounts.admin.read_only import NeverByHand
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.models import AuditEntry

_LOOKED_AT = 5_000
"""So many of the latest entries name the acts to filter by: the whole log may be large."""


class VerbFilter(admin.SimpleListFilter):
    """Acts that occur lately."""

    title = "act"
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        latest = AuditEntry.objects.order_by("-at")[:_LOOKED_AT].values_list("verb", flat=True)
        return [(verb, verb) for verb in sorted(set(latest))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(NeverByHand, TenantAdmin):
    """What was done, by whom, to what."""

    list_display = ("at", "verb", "who", "stream", "in_words")
    list_display_links = ("at", "verb")
    list_select_related = ("actor",)
    list_filter = (("at", admin.DateFieldListFilter), VerbFilter)
    search_fields = ("=stream", "actor__name", "actor__email")
    search_help_text = "Searches people, and subjects such as attempt:12."
    fields = ("at", "verb", "who", "stream", "sequence", "in_words", "hash", "chain")
    readonly_fields = fields
    ordering = ("-at", "-id")

    @admin.display(description="who", ordering="actor__name")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.actor) if entry.actor else "the system"

    @admin.display(description="detail")
    def in_words(self, entry: AuditEntry) -> str:
        return "; ".join(f"{name}: {value}" for name, value in entry.detail.items() if value) or "-"

    @admin.display(description="chain")
    def chain(self, entry: AuditEntry) -> str:
        """Whether all entries about the subject are still as they were written."""
        broken = audit.first_broken_entry(entry.institution, entry.stream)
        if broken is None:
            return "whole: no entry about this subject was changed or removed"
        return f"broken at entry {broken.sequence}: it was changed, or one before it was removed"
