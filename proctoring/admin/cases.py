"""The review of attempts: the queue, the page of one case, tags and settings. Only `review` writes cases."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import audit, saved_filters
from accounts.admin.nameless import HidesNames
from accounts.admin.site import site
from accounts.tenancy import current_institution
from proctoring.admin import case_interviews, case_panel, case_queue, desk_page
from proctoring.admin.case_acts import CaseActs, page_of, person
from proctoring.admin.case_many import ManyCases
from proctoring.admin.read_only import ProctoringAdmin, ReadOnlyAdmin, zone_of
from proctoring.models import Case, CaseTag, ReviewSettings
from proctoring.review.blind import name_for
from proctoring.review.terms import is_summary_offered, terms_of

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[ReviewSettings]
else:
    _ModelForm = forms.ModelForm


@admin.register(Case, site=site)
class CaseAdmin(ManyCases, CaseActs, HidesNames, ReadOnlyAdmin):
    """Cases: the queue, one page for each, and the acts on them."""

    person_path = "session__candidate"

    ordering = ("-rank", "id")

    def get_urls(self) -> list[Any]:
        return [*self.act_urls(), *self.many_urls(), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The queue: our own page, which counts no rows but by state."""
        return never_cache(require_safe(self._queue_view))(request)

    def _queue_view(self, request: HttpRequest) -> HttpResponse:
        here = current_institution()
        if here is None or not self.has_view_permission(request):
            raise PermissionDenied
        asked = case_queue.asked_of(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "Cases",
            "opts": self.opts,
            "zone": zone_of(request),
            **case_queue.context_of(here, person(request), asked),
            **saved_filters.beside("cases", request, here),
        }
        return TemplateResponse(request, "admin/proctoring/case/change_list.html", context).render()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Shows one case; each act is a call of its own."""
        return never_cache(require_safe(self._page_view))(request, object_id)

    def _page_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.show(request, self.found(request, unquote(object_id)))

    def show(
        self, request: HttpRequest, case: Case, *, kept: QueryDict | None = None, status: int = 200
    ) -> HttpResponse:
        """The page of the case; `kept`: what was typed into a form that was refused."""
        context = {
            **self.admin_site.each_context(request),
            "is_nav_sidebar_enabled": False,  # the desk needs the width
            "title": f"Case {case.pk}: {name_for(case, request.user)}",
            "opts": self.opts,
            **desk_page.context_of(request, case, person(request)),
            **case_panel.context_for(case, person(request), kept),
            **case_interviews.context_for(case, person(request)),
        }
        page = TemplateResponse(request, "admin/proctoring/case/page.html", context, status=status)
        return page.render()

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The audit entries; not for who is to judge without knowing what others thought."""
        case = self.found(request, unquote(object_id))
        if case_panel.panel_for(case, person(request)).hides_readings:
            messages.info(request, "The history is shown to you once the reading that is wanted is given.")
            return redirect(page_of(case))
        return super().history_view(request, object_id, extra_context)

    def found(self, request: HttpRequest, case_id: object) -> Case:
        """The case, which nobody opens whose own attempt it is. Raises PermissionDenied, Http404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        text = str(case_id)
        is_number = text.isascii() and text.isdigit() and len(text) < 19
        rows = self.get_queryset(request).select_related(
            "institution",
            "sitting__exam",
            "session__candidate",
            "session__attempt",
            "assigned_to",
            "locked_by",
        )
        case: Case | None = rows.filter(pk=int(text)).first() if is_number else None
        if case is None or case.session.candidate_id == person(request).pk:
            raise Http404("There is no such case here.")
        return case


@admin.register(CaseTag, site=site)
class CaseTagAdmin(ProctoringAdmin):
    """Tags of cases; they are made beside a case, and renamed here."""

    list_display = ("name",)
    search_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class ReviewSettingsForm(_ModelForm):
    """Refuses what the operator does not offer."""

    def clean_machine_summary(self) -> bool:
        """On only where there is a model to ask."""
        wanted = bool(self.cleaned_data["machine_summary"])
        if wanted and "machine_summary" in self.changed_data and not _is_offered():
            raise forms.ValidationError(
                "The operator of this server has set up no language model for your institution; ask them."
            )
        return wanted


def _is_offered() -> bool:
    here = current_institution()
    return here is not None and is_summary_offered(here)


@admin.register(ReviewSettings, site=site)
class ReviewSettingsAdmin(ProctoringAdmin):
    """One page of settings for an institution."""

    form = ReviewSettingsForm
    fieldsets = (
        ("Which attempts are read", {"fields": ("least_severity", "sample_percent", "sample_least")}),
        ("How they are read", {"fields": ("is_blind", "double_percent")}),
        ("Candidates’ rights", {"fields": ("reply_days", "appeal_days")}),
        ("Reports", {"fields": ("machine_summary",)}),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """What leaves the server is noted with what was chosen, on the institution."""
        super().save_model(request, obj, form, change)
        if "machine_summary" in form.changed_data:
            verb = f"institution.machine_summary_{'on' if obj.machine_summary else 'off'}"
            detail = {"model": settings.SUMMARY_MODEL}
            audit.record(obj.institution, obj.institution, verb, actor=person(request), detail=detail)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one row: the list leads to it, and makes it on first use."""
        here = current_institution()
        if here is None or not self.has_view_permission(request):
            raise PermissionDenied
        terms = terms_of(here)
        if terms.pk is None:
            terms, _made = ReviewSettings.objects.get_or_create(institution=here)
        return redirect(reverse("admin:proctoring_reviewsettings_change", args=[terms.pk]))
