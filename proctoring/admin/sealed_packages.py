"""Packages of evidence in the admin: handed over from a case, downloaded by links of minutes."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from accounts import downloads
from accounts.admin.site import site
from accounts.models import User
from accounts.naming import names_for
from proctor_site.kernel.errors import Refusal
from proctoring.admin.read_only import ReadOnlyAdmin, zone_of
from proctoring.evidence import package
from proctoring.models import Case, SealedPackage


class PackageForm(forms.Form):
    """For whom, why, and what goes along."""

    recipient = forms.CharField(
        label="Handed over to",
        max_length=200,
        help_text="A person or an office, such as: Examination board, Dr Meyer.",
    )
    reason = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stays in the audit log for good.",
    )
    with_readings = forms.BooleanField(
        label="Readings, comments, interviews and the decision go along",
        required=False,
        help_text="Leave it out where the recipient is to judge without knowing what others judged.",
    )


@admin.register(SealedPackage, site=site)
class SealedPackageAdmin(ReadOnlyAdmin):
    """The list of all packages; `of/<case>/` makes them."""

    list_display = ("recipient", "case", "made_by", "asked_at", "made_at", "items", "expires_at")
    list_select_related = ("case__session__candidate", "made_by")
    list_filter = ("asked_at",)
    search_fields = ("recipient", "reason")
    fields = (
        "case",
        "recipient",
        "reason",
        "with_readings",
        "made_by",
        "asked_at",
        "made_at",
        "items",
        "erased_items",
        "size",
        "sha256",
        "expires_at",
    )
    readonly_fields = fields

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        make = require_http_methods(["GET", "HEAD", "POST"])(self.of_case)
        return [
            path("of/<int:case_id>/", wrap(make), name="proctoring_case_package"),
            path(
                "<int:package_id>/download/",
                wrap(require_safe(self.download)),
                name="proctoring_sealedpackage_download",
            ),
            *super().get_urls(),
        ]

    def of_case(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """The packages of a case, and the form for another one."""
        viewer: Any = request.user
        case = Case.objects.filter(pk=case_id).select_related("session__institution", "institution").first()
        if case is None:
            raise Http404("There is no such case here.")
        if not viewer.has_perm("proctoring.view_sealedpackage", case):
            raise PermissionDenied
        may_seal = viewer.has_perm("proctoring.seal_evidence", case)
        form = PackageForm(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            if not may_seal:
                raise PermissionDenied
            if form.is_valid() and self._sealed(request, case, form):
                return redirect("admin:proctoring_case_package", case.pk)
        rows = SealedPackage.objects.filter(case=case).select_related("made_by", "job")
        context = {
            **self.admin_site.each_context(request),
            "title": "Hand evidence over",
            "opts": self.opts,
            "case": case,
            "form": form,
            "may_seal": may_seal,
            "packages": [(row, self._link(row, viewer) if may_seal else "") for row in rows],
            "kept_days": package.KEPT_FOR.days,
            "zone": zone_of(request),
        }
        status = 400 if form.errors else 200
        template = "admin/proctoring/sealedpackage/of_case.html"
        return TemplateResponse(request, template, context, status=status).render()

    def download(self, request: HttpRequest, package_id: int) -> HttpResponseBase:
        """The zip, for the person whose link it is; each download is logged."""
        viewer: Any = request.user
        row = (
            SealedPackage.objects.filter(pk=package_id).select_related("case__session", "institution").first()
        )
        if row is None:
            raise Http404("There is no such package here.")
        try:
            _require_names(row.case, viewer)
            file = package.download(row, request.GET.get("link", ""), actor=viewer)
        except Refusal as refusal:
            return HttpResponse(refusal.message, status=refusal.status, content_type="text/plain")
        name = f"evidence-case-{row.case_id}-{row.pk}.zip"
        response = downloads.download(request, file, name=name, content_type="application/zip")
        response["Cache-Control"] = "private, no-store"
        return response

    def _sealed(self, request: HttpRequest, case: Case, form: PackageForm) -> bool:
        actor: Any = request.user
        try:
            _require_names(case, actor)
            row = package.seal(case, actor=actor, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            return False
        done = "It is ready below." if row.made_at else "It is being made; load this page again in a minute."
        messages.success(request, f"Package for {row.recipient}: {done}")
        return True

    @staticmethod
    def _link(row: SealedPackage, viewer: User) -> str:
        return package.link_to(row, viewer) if row.name else ""


def _require_names(case: Case, viewer: User) -> None:
    """A package says whose it is. Raises NotAllowed (code "reads_blind")."""
    candidate = case.session.candidate_id
    names_for(viewer, case.institution).require([candidate] if candidate else [], "A package")
