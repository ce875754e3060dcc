"""The page "Precision": how often detectors are right here, which are advisory, and the terms of that."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.admin.site import site
from accounts.models import Institution, User
from accounts.tenancy import current_institution
from proctor_site.kernel.errors import Refusal
from proctoring.admin.read_only import ReadOnlyAdmin, zone_of
from proctoring.models import DetectorPrecision, DetectorStanding, PrecisionTerms
from proctoring.review import standings
from proctoring.review.precision_page import WIDTH, label_of, panels_of

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[PrecisionTerms]
else:
    _ModelForm = forms.ModelForm

_LIST = "admin:proctoring_detectorprecision_changelist"


class TermsForm(_ModelForm):
    """When a detector becomes advisory by itself."""

    class Meta:
        model = PrecisionTerms
        fields = ("by_itself", "floor_percent", "least_verdicts")


@admin.register(DetectorPrecision, site=site)
class DetectorPrecisionAdmin(ReadOnlyAdmin):
    """One page; what is counted is written by verdicts alone."""

    def get_urls(self) -> list[Any]:
        def named(address: str, view: Any, name: str) -> Any:
            return path(
                address, self.admin_site.admin_view(view), name=f"proctoring_detectorprecision_{name}"
            )

        return [
            named("", require_safe(self.page), "changelist"),
            named("terms/", require_POST(self.save_terms), "terms"),
            named("<int:standing_id>/bring-back/", require_POST(self.bring_back), "bring_back"),
        ]

    def page(self, request: HttpRequest, form: TermsForm | None = None) -> HttpResponse:
        """Every detector with a verdict; the form of the terms for those who may change them."""
        here = self._here(request)
        may_change = request.user.has_perm("proctoring.change_precisionterms", here)
        terms = standings.terms_of(here)
        context = {
            **self.admin_site.each_context(request),
            "title": "Precision of detectors",
            "opts": self.opts,
            "panels": panels_of(here),
            "terms": terms,
            "form": (form or TermsForm(instance=terms)) if may_change else None,
            "may_bring_back": request.user.has_perm("proctoring.bring_back_detector", here),
            "drawing_width": WIDTH,
            "floor_x": terms.floor_percent * WIDTH / 100,
            "zone": zone_of(request),
        }
        status = 400 if form is not None else 200
        page = TemplateResponse(
            request, "admin/proctoring/detectorprecision/page.html", context, status=status
        )
        return page.render()

    def save_terms(self, request: HttpRequest) -> HttpResponse:
        """Stores the terms; what is advisory stays so until a person brings it back."""
        here = self._here(request)
        if not request.user.has_perm("proctoring.change_precisionterms", here):
            raise PermissionDenied
        form = TermsForm(request.POST, instance=standings.terms_of(here))
        if not form.is_valid():
            return self.page(request, form)
        terms = form.save()
        audit.record(
            here, terms, "precisionterms.changed", actor=_person(request), detail=dict(form.cleaned_data)
        )
        messages.success(request, "Saved. The new terms hold from the next verdict on.")
        return redirect(_LIST)

    def bring_back(self, request: HttpRequest, standing_id: int) -> HttpResponse:
        """Lets a detector alarm again, with the reason that was given."""
        self._here(request)
        standing = DetectorStanding.objects.filter(pk=standing_id).select_related("institution").first()
        if standing is None:
            raise Http404("There is no such detector here.")
        if not request.user.has_perm("proctoring.bring_back_detector", standing):
            raise PermissionDenied
        try:
            standings.bring_back(standing, actor=_person(request), reason=request.POST.get("reason", ""))
        except Refusal as refusal:
            messages.error(request, f"{refusal.message} Nothing was changed.")
            return redirect(_LIST)
        messages.success(
            request,
            f"{label_of(standing.kind)} alarms again, within half a minute also in running exams. Verdicts "
            "so far are set aside.",
        )
        return redirect(_LIST)

    def _here(self, request: HttpRequest) -> Institution:
        here = current_institution()
        if here is None or not self.has_view_permission(request):
            raise PermissionDenied
        return here


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user
