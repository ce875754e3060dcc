"""Enrolments in the admin: one candidate's right to a sitting, with agreed adjustments."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from accounts.admin.nameless import HidesNames
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin, TenantStackedInline
from accounts.models import Membership, User
from accounts.roles import Role
from exams.admin.reasons import HidesReasons
from exams.admin.refusals import RefusalsInWords
from exams.delivery.allowances import settle_running
from exams.models import Allowance, Enrolment, PendingEnrolment
from exams.models.exam import Calculator
from exams.scheduling import enrolments
from exams.scheduling.terms import check_window
from proctor_site.kernel.errors import InvalidInput, Refusal

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Allowance]
else:
    _ModelForm = forms.ModelForm

DETECTOR_CHOICES: list[tuple[str, str]] = []
"""Names and labels of detectors that can be muted; proctoring fills it, because exams knows no detectors."""


_TERMS = (
    "extra_minutes",
    "factor",
    "break_minutes",
    "opens_at",
    "closes_at",
    "camera_free",
    "calculator",
    "spell_check",
    "without_safe_browser",
)


def terms_offered() -> list[str]:
    """The fields of a form of an adjustment, in their order."""
    return [*_TERMS, *(["muted_detectors"] if DETECTOR_CHOICES else []), "reason"]


class AllowanceForm(_ModelForm):
    """Muted detectors as ticks instead of JSON."""

    muted_detectors = forms.MultipleChoiceField(
        choices=lambda: DETECTOR_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="These raise no incident for this candidate. Proctors do not see why.",
    )

    class Meta:
        model = Allowance
        fields = (*_TERMS, "muted_detectors", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not DETECTOR_CHOICES:
            self.fields.pop("muted_detectors", None)
        if "calculator" in self.fields:
            # None given takes nothing away.
            offered = [(Calculator.NONE, "As the exam"), *Calculator.choices[1:]]
            self.fields["calculator"].choices = offered  # type: ignore[attr-defined]
        if "extra_minutes" in self.fields:
            self.fields["extra_minutes"].help_text = (
                "Minutes add up; a group's count instead where they are more. "
                "Who is working has the new deadline at once."
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            check_window(cleaned.get("opens_at"), cleaned.get("closes_at"))
        except InvalidInput as refusal:
            self.add_error(refusal.field, refusal.message)
        return cleaned


class AllowanceInline(TenantStackedInline):
    """Agreed adjustments; only exam officers and admins see them."""

    model = Allowance
    form = AllowanceForm
    extra = 0

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return terms_offered()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """What the person was given; what comes by a group is changed there."""
        return super().get_queryset(request).filter(from_group=None)


@admin.register(Enrolment, site=site)
class EnrolmentAdmin(RefusalsInWords, HidesReasons, HidesNames, TenantAdmin):
    """Enrolments. Withdrawn ones stay, for the record."""

    list_display = ("candidate", "sitting", "created_at", "is_valid")
    list_select_related = ("candidate", "sitting")
    list_filter = ("sitting",)
    search_fields = ("candidate__name", "candidate__email", "sitting__title")
    autocomplete_fields = ("sitting",)
    inlines = [AllowanceInline]
    actions = ("withdraw", "give_back")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("sitting", "candidate", "withdrawn_at", "by_groups") if obj else ("withdrawn_at",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ["sitting", "candidate", "withdrawn_at"]
        return (
            [*fields, "by_groups"] if obj and request.user.has_perm("exams.view_allowance", obj) else fields
        )

    @admin.display(description="allowances by groups")
    def by_groups(self, enrolment: Enrolment) -> str:
        """What the groups of the candidate were given, each with a link to where it is changed."""
        copies = enrolment.allowances.filter(from_group__isnull=False).select_related("from_group__group")
        lines = [
            (reverse("admin:exams_candidategroup_change", args=[each.from_group.group_id]), each.from_group)
            for each in copies
            if each.from_group
        ]
        return (
            format_html_join(
                mark_safe("<br>"), '<a href="{}">{}</a>: {}', ((url, row.group, row) for url, row in lines)
            )
            or "none"
        )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "candidate":
            members = Membership.objects.filter(ended_at=None, role=Role.CANDIDATE)
            kwargs["queryset"] = User.objects.filter(pk__in=members.values("user"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="valid", boolean=True)
    def is_valid(self, enrolment: Enrolment) -> bool:
        return enrolment.withdrawn_at is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Enrolments are withdrawn, never deleted."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            return
        actor: Any = request.user
        made = enrolments.enrol(obj.sitting, obj.candidate, actor=actor)
        obj.pk, obj._state.adding = made.pk, False
        obj.refresh_from_db()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Allowances move the deadline of a running attempt in the same transaction."""
        super().save_formset(request, form, formset, change)
        actor: Any = request.user
        if formset.model is Allowance and formset.has_changed():
            settle_running(form.instance, actor=actor)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The service writes the audit entry of the enrolment; allowances are noted here."""
        return self.log_change(request, obj, message) if "allowance" in message else None

    @admin.action(description="Withdraw the chosen enrolments", permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        actor: Any = request.user
        for enrolment in queryset:
            self._act(request, enrolment, lambda row: enrolments.withdraw(row, actor=actor), "withdrawn")

    @admin.action(description="Give the chosen enrolments back", permissions=["change"])
    def give_back(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        actor: Any = request.user
        for enrolment in queryset.select_related("sitting", "candidate"):
            self._act(
                request,
                enrolment,
                lambda row: enrolments.enrol(row.sitting, row.candidate, actor=actor),
                "valid",
            )

    @staticmethod
    def _act(request: HttpRequest, enrolment: Enrolment, act: Any, outcome: str) -> None:
        try:
            act(enrolment)
            messages.success(request, f"{enrolment} is {outcome}.")
        except Refusal as refusal:
            messages.error(request, f"{enrolment}: {refusal.message}")


@admin.register(PendingEnrolment, site=site)
class PendingEnrolmentAdmin(TenantAdmin):
    """Addresses that were invited; deleting one here takes the promise back, not the invitation."""

    list_display = ("email", "external_id", "sitting", "created_at", "created_by")
    list_select_related = ("sitting", "created_by")
    list_filter = ("sitting",)
    search_fields = ("email", "external_id")
    search_help_text = "Searches addresses and candidate numbers."

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Made by enrolling an address in a sitting."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An address cannot be changed; delete it and enrol the right one."""
        return False
