"""Groups of candidates, and the e-mails to candidates, in the admin."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Count
from django.http import HttpRequest

from accounts.admin.read_only import NeverByHand
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin, TenantTabularInline
from accounts.models import Membership, User
from accounts.roles import Role
from exams.models import CandidateGroup, CandidateGroupMember, SittingMail


class GroupMemberInline(TenantTabularInline):
    """Who is in the group; only candidates of the institution are offered."""

    model = CandidateGroupMember
    fields = ("candidate",)
    verbose_name = "candidate"
    verbose_name_plural = "candidates"
    autocomplete_fields = ()
    extra = 1

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "candidate":
            members = Membership.objects.filter(ended_at=None, role=Role.CANDIDATE)
            kwargs["queryset"] = User.objects.filter(pk__in=members.values("user"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(CandidateGroup, site=site)
class CandidateGroupAdmin(TenantAdmin):
    """Groups such as a class. A sitting enrols a whole group on its page "Import candidates"."""

    list_display = ("name", "size", "created_at")
    search_fields = ("name",)
    fields = ("name",)
    inlines = [GroupMemberInline]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).annotate(size=Count("members"))

    @admin.display(description="candidates", ordering="size")
    def size(self, group: Any) -> int:
        return int(group.size)


@admin.register(SittingMail, site=site)
class SittingMailAdmin(NeverByHand, TenantAdmin):
    """E-mails to candidates: what was sent when, what waits, and what the mail server refused."""

    list_display = ("address", "kind", "sitting", "written_at", "sent_at", "outcome")
    list_select_related = ("sitting",)
    list_filter = ("sitting", "kind")
    search_fields = ("address",)
    fields = ("address", "kind", "sitting", "written_at", "sent_at", "outcome")
    readonly_fields = fields

    @admin.display(description="outcome")
    def outcome(self, mail: SittingMail) -> str:
        if mail.sent_at is not None:
            return "sent"
        if mail.failed_at is not None:
            return mail.reason
        if mail.claimed_at is not None:
            return "the server was stopped while it was being sent; it may or may not have gone out"
        return "waits"
