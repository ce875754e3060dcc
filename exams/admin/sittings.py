"""Sittings in the admin: window in the sitting's own zone, proctors, candidates by pasted addresses."""

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin, TenantTabularInline
from accounts.models import Membership, User
from accounts.naming import names_for
from accounts.zones import moment_in_words
from exams.admin.reasons import HidesReasons
from exams.admin.refusals import RefusalsInWords
from exams.admin.rosters import candidate_file, roster_list, roster_report, roster_state
from exams.admin.sitting_form import SittingForm
from exams.admin.sitting_practice import practice_page
from exams.admin.sitting_safe_browser import safe_browser_page
from exams.admin.sitting_time import time_page
from exams.bank.outline import notes_for
from exams.delivery.admission import in_words
from exams.delivery.queries import candidates_of
from exams.models import PendingEnrolment, Sitting, SittingProctor
from exams.scheduling.enrolments import MOST_ADDRESSES, Line, enrol_by_email
from exams.scheduling.practice import shows_secrets
from exams.scheduling.sittings import WATCHING_ROLES, as_stored, cancel_sitting, is_empty, tell_of_difference
from proctor_site.kernel.errors import Refusal


class SittingProctorInline(TenantTabularInline):
    """Who watches; only members with a role that may watch are offered."""

    model = SittingProctor
    fields = ("user",)
    verbose_name = "proctor"
    verbose_name_plural = "proctors (members with the role proctor, exam officer or institution admin)"
    extra = 1

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            watching = Membership.objects.filter(ended_at=None, role__in=WATCHING_ROLES)
            kwargs["queryset"] = User.objects.filter(pk__in=watching.values("user"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class AddressesForm(forms.Form):
    """Pasted e-mail addresses."""

    emails = forms.CharField(
        label="E-mail addresses",
        max_length=MOST_ADDRESSES * 100,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="One a line. Who is no candidate here yet is invited, and enrolled on accepting that.",
    )


@admin.register(Sitting, site=site)
class SittingAdmin(RefusalsInWords, HidesReasons, TenantAdmin):
    """Sittings. Times in lists are shown in each sitting's own zone, with the zone named."""

    form = SittingForm
    list_display = (
        "named",
        "exam",
        "begins_here",
        "candidate_count",
        "ratio",
        "is_on",
        "ends_here",
        "duration_minutes",
    )
    list_select_related = ("exam",)
    list_filter = ("is_practice", "exam")
    search_fields = ("title", "exam__title")
    date_hierarchy = "opens_at"
    inlines = [SittingProctorInline]
    actions = ("cancel",)
    readonly_fields = ("candidates_link", "safe_browser_link", "opens", "closes")
    change_form_template = "admin/exams/sitting/change_form.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        times = ["time_zone", "opens_local", "closes_local", "duration_minutes", "late_entry_minutes"]
        if not self._may_write(request, obj):
            times = ["time_zone", "opens", "closes", "duration_minutes", "late_entry_minutes"]
        times += ["time_up", "grace_minutes", "late_upload_minutes", "begins", "starts_per_minute"]
        times += ["credits_outages", "credits_connection", "credit_least_seconds", "credit_most_minutes"]
        people = ["capacity", "tells_candidates", "candidates_link"]
        return [
            (None, {"fields": ["exam", "title"]}),
            ("When", {"fields": times}),
            ("Candidates", {"fields": people}),
            ("Safe Exam Browser", {"fields": ["safe_browser_link"]}),
            ("Practice", {"fields": ["is_practice", "practice_days"]}),
        ]

    def _may_write(self, request: HttpRequest, obj: Sitting | None) -> bool:
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        enrolled = Count("enrolments", filter=Q(enrolments__withdrawn_at=None), distinct=True)
        watching = Count("proctors", distinct=True)
        return super().get_queryset(request).annotate(enrolled=enrolled, watching=watching)

    @admin.display(description="title", ordering="title")
    def named(self, sitting: Sitting) -> str:
        """Practice is called so."""
        return str(sitting)

    @admin.display(description="opens", ordering="opens_at")
    def begins_here(self, sitting: Sitting) -> str:
        """In the reader's zone, as all lists, and where that is another one as it was announced."""
        return _in_list(sitting.opens_at, sitting)

    @admin.display(description="closes", ordering="closes_at")
    def ends_here(self, sitting: Sitting) -> str:
        """As `begins_here`."""
        return _in_list(sitting.closes_at, sitting)

    @admin.display(description="opens", ordering="opens_at")
    def opens(self, sitting: Sitting) -> str:
        return in_words(sitting.opens_at, sitting)

    @admin.display(description="closes", ordering="closes_at")
    def closes(self, sitting: Sitting) -> str:
        return in_words(sitting.closes_at, sitting)

    @admin.display(description="candidates", ordering="enrolled")
    def candidate_count(self, sitting: Sitting) -> str:
        address = reverse("admin:exams_sitting_candidates", args=[sitting.pk])
        return format_html('<a href="{}">{}</a>', address, getattr(sitting, "enrolled", 0))

    @admin.display(description="proctors : candidates")
    def ratio(self, sitting: Any) -> str:
        """How many candidates one proctor has to watch, such as 1 : 24; nobody in practice."""
        if sitting.is_practice:
            return "practice: not watched"
        if not sitting.watching:
            return "no proctor"
        return f"1 : {-(-sitting.enrolled // sitting.watching)}"

    @admin.display(description="takes place", boolean=True)
    def is_on(self, sitting: Sitting) -> bool:
        return sitting.cancelled_at is None

    @admin.display(description="candidates")
    def candidates_link(self, sitting: Sitting) -> str:
        if not sitting.pk:
            return "Save first, then enrol candidates."
        address = reverse("admin:exams_sitting_candidates", args=[sitting.pk])
        count = getattr(sitting, "enrolled", 0)
        return format_html('<a href="{}">{} enrolled: enrol more, see attempts</a>', address, count)

    @admin.display(description="Safe Exam Browser")
    def safe_browser_link(self, sitting: Sitting) -> str:
        if not sitting.pk:
            return "Save first, then say whether the exam is taken in Safe Exam Browser."
        address = reverse("admin:exams_sitting_safe_browser", args=[sitting.pk])
        return format_html('{}. <a href="{}">Settings</a>', sitting.get_safe_browser_display(), address)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = as_stored(obj) if change else None
        super().save_model(request, obj, form, change)
        if before is not None:
            tell_of_difference(before, obj)
        if obj.is_practice and shows_secrets(obj.exam):
            messages.warning(
                request,
                f"{obj.exam} is still to be taken in earnest, and this practice sitting shows its real "
                "questions. Choose another exam if they have to stay secret.",
            )
        for note in notes_for(obj.exam, duration_minutes=obj.duration_minutes):
            messages.warning(request, f"{obj.exam}: {note}")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Sittings with enrolments are cancelled, not deleted."""
        return (obj is None or is_empty(obj)) and super().has_delete_permission(request, obj)

    @admin.action(description="Cancel the chosen sittings", permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        actor: Any = request.user
        for sitting in queryset:
            try:
                cancel_sitting(sitting, actor=actor, reason="in the admin")
                messages.success(request, f"{sitting} is cancelled.{_told(sitting)}")
            except Refusal as refusal:
                messages.error(request, f"{sitting}: {refusal.message}")

    # candidates

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.candidates)
        time = self.admin_site.admin_view(partial(time_page, self))
        practice = self.admin_site.admin_view(partial(practice_page, self))
        own = {
            "safe-browser/": ("safe_browser", partial(safe_browser_page, self)),
            "candidates/csv/": ("candidates_csv", partial(candidate_file, self, form="csv")),
            "candidates/xlsx/": ("candidates_xlsx", partial(candidate_file, self, form="xlsx")),
            "rosters/": ("rosters", partial(roster_list, self)),
            "rosters/<int:roster_id>/": ("roster", partial(roster_report, self)),
            "rosters/<int:roster_id>/state/": ("roster_state", partial(roster_state, self)),
        }
        pages = [
            path(f"<int:sitting_id>/{tail}", self.admin_site.admin_view(view), name=f"exams_sitting_{name}")
            for tail, (name, view) in own.items()
        ]
        return [
            *pages,
            path("<int:sitting_id>/candidates/", page, name="exams_sitting_candidates"),
            path("<int:sitting_id>/time/", time, name="exams_sitting_time"),
            path("<int:sitting_id>/practice/", practice, name="exams_sitting_practice"),
            *super().get_urls(),
        ]

    def candidates(self, request: HttpRequest, sitting_id: int) -> HttpResponse:
        """The candidates of a sitting with their attempts, and a box to enrol more."""
        sitting = self.get_object(request, str(sitting_id))
        if sitting is None:
            raise Http404("There is no such sitting.")
        if not self.has_view_permission(request, sitting):
            raise PermissionDenied
        may_enrol = request.user.has_perm("exams.add_enrolment", sitting)
        form, report = AddressesForm(request.POST or None), None
        if request.method == "POST":
            if not may_enrol:
                raise PermissionDenied
            report = self._enrol(request, sitting, form)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Candidates of {sitting}",
            "opts": self.opts,
            "sitting": sitting,
            "opens": in_words(sitting.opens_at, sitting),
            "form": AddressesForm() if report else form,
            "may_enrol": may_enrol and sitting.cancelled_at is None,
            "report": report,
            "rows": names_for(request.user, sitting.institution).veil_all(
                candidates_of(sitting), "enrolment__candidate"
            ),
            "pending": PendingEnrolment.objects.filter(sitting=sitting),
        }
        return TemplateResponse(request, "admin/exams/sitting/candidates.html", context)

    def _enrol(self, request: HttpRequest, sitting: Sitting, form: AddressesForm) -> list[Line] | None:
        if not form.is_valid():
            return None
        actor: Any = request.user
        try:
            return enrol_by_email(sitting, form.cleaned_data["emails"].splitlines(), actor=actor)
        except Refusal as refusal:
            form.add_error("emails", refusal.message)
            return None


def _told(sitting: Sitting) -> str:
    if sitting.tells_candidates:
        return " Its candidates are told by e-mail."
    return " Tell its candidates: e-mails are switched off for this sitting."


def _in_list(moment: datetime, sitting: Sitting) -> str:
    shown = moment_in_words(moment)
    if timezone.get_current_timezone_name() == sitting.time_zone:
        return shown
    return f"{shown}; announced as {moment.astimezone(sitting.zone):%-d %b, %H:%M} ({sitting.time_zone})"
