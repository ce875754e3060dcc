"""Groups of candidates, and the e-mails to candidates, in the admin."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Count
from django.http import HttpRequest

from accounts.admin.read_only import NeverByHand
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin, TenantStackedInline, TenantTabularInline, refuse_foreign
from accounts.models import Membership, User
from accounts.roles import Role
from exams.admin.enrolments import AllowanceForm, terms_offered
from exams.admin.reasons import HidesReasons
from exams.admin.refusals import RefusalsInWords
from exams.models import CandidateGroup, CandidateGroupMember, GroupAllowance, SittingMail
from exams.scheduling import group_allowances, groups
from exams.scheduling.terms import FIELDS


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


class GroupAllowanceForm(AllowanceForm):
    """As for one enrolment; the page adds in which sitting."""

    class Meta(AllowanceForm.Meta):
        model = GroupAllowance  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "extra_minutes" in self.fields:
            self.fields["extra_minutes"].help_text = HELP_ON_MINUTES
        if "muted_detectors" in self.fields:
            self.fields["muted_detectors"].help_text = "These raise no incident. Proctors do not see why."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("sitting") and (cleaned.get("opens_at") or cleaned.get("closes_at")):
            self.add_error("sitting", "An own opening or closing holds in one sitting: choose which.")
        return cleaned


HELP_ON_MINUTES = (
    "Who has minutes of their own or by another group too gets whichever is more. Who is working has the new "
    "deadline at once."
)


class GroupAllowanceInline(TenantStackedInline):
    """What everybody in the group was given; only exam officers and admins see it."""

    model = GroupAllowance
    form = GroupAllowanceForm
    verbose_name = "allowance for everybody in the group"
    verbose_name_plural = "allowances for everybody in the group, also for those who join later"
    extra = 0

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["sitting", *terms_offered()]


@admin.register(CandidateGroup, site=site)
class CandidateGroupAdmin(RefusalsInWords, HidesReasons, TenantAdmin):
    """Groups such as a class. A sitting enrols a whole group on its page "Import candidates"."""

    list_display = ("name", "size", "created_at")
    search_fields = ("name",)
    fields = ("name", "is_compared")
    inlines = [GroupMemberInline, GroupAllowanceInline]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Members and allowances change by the services: who is working has the new deadline at once."""
        rows = formset.save(commit=False)
        for row in rows:
            refuse_foreign(row)
        save = _save_members if formset.model is CandidateGroupMember else _save_allowances
        save(form.instance, formset, request.user)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actor: Any = request.user
        groups.remove_group(obj, actor=actor)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The service has written it down."""
        return []

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).annotate(size=Count("members"))

    @admin.display(description="candidates", ordering="size")
    def size(self, group: Any) -> int:
        return int(group.size)


def _save_members(group: CandidateGroup, formset: Any, actor: Any) -> None:
    # A row whose candidate was changed: the one before leaves.
    before = [
        each.initial["candidate"]
        for each in formset.initial_forms
        if each.has_changed() or each in formset.deleted_forms
    ]
    if before:
        groups.remove_from_group(group, list(User.objects.filter(pk__in=before)), actor=actor)
    joining = [*formset.new_objects, *(row for row, _ in formset.changed_objects)]
    if joining:
        groups.add_to_group(group, [row.candidate for row in joining], actor=actor)


def _save_allowances(group: CandidateGroup, formset: Any, actor: Any) -> None:
    for row in formset.deleted_objects:
        group_allowances.withdraw(row, actor=actor)
    for row in formset.new_objects:
        group_allowances.give(group, actor=actor, **_terms(row))
    for row, _ in formset.changed_objects:
        group_allowances.change(row, actor=actor, **_terms(row))


def _terms(row: GroupAllowance) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("sitting", *FIELDS)}


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
