"""Copies of people's data: those that they took, and those that the officer makes for who asked by letter."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.site import site
from proctor_site.kernel.errors import InvalidInput
from proctoring.admin.rights_pages import RightsAdmin, here, person_of, require_right
from proctoring.models import DataExport
from proctoring.rights import exports


@admin.register(DataExport, site=site)
class DataExportAdmin(RightsAdmin):
    """Who asked, when, and the file for who asked for it; nobody else's copy can be opened here."""

    change_list_template = "admin/proctoring/rights/exports.html"
    nothing_yet = "Nobody has asked for a copy yet."
    list_display = ("__str__", "person", "asked_by", "asked_at", "made_at", "expires_at")
    list_select_related = ("person", "asked_by")
    fields = ("person", "asked_by", "asked_at", "note", "made_at", "expires_at", "size", "sha256", "copy")
    readonly_fields = fields

    def get_urls(self) -> list[Any]:
        return [self.own("make/", self.make, "dataexport_make"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[DataExport]":
        rows: QuerySet[DataExport] = super().get_queryset(request).select_related("job", "institution")
        return rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None and exports.is_there(row) and row.asked_by_id == request.user.pk:
            row.link = exports.link_of(row, person_of(request))  # for this viewer alone
        return row

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        more = {"may_decide": request.user.has_perm("proctoring.keep_or_erase")}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def make(self, request: HttpRequest) -> Any:
        """GET: the form. POST asks for a copy for the person of an address."""
        require_right(request)
        refusal = None
        if request.method == "POST":
            given = {name: request.POST.get(name, "") for name in ("email", "note")}
            try:
                row = exports.ask_for(here(), given["email"], actor=person_of(request), note=given["note"])
            except InvalidInput as error:
                refusal = error
            else:
                messages.success(request, "The copy is being made. Load this page again in a few minutes.")
                return redirect("admin:proctoring_dataexport_change", row.pk)
        status = refusal.status if refusal else 200
        title = "Make a copy of somebody's data"
        return self.page(request, "export_make", title, status, refusal=refusal, given=request.POST)

    @admin.display(description="file")
    def copy(self, row: Any) -> str:
        link = getattr(row, "link", "")
        if link:
            address = reverse("my_data_file", args=[row.institution.slug, row.public_id])
            return format_html(
                '<a href="{}?link={}">Download</a> <span class="quiet">the link is yours alone and works for '
                "ten minutes; each download is logged</span>",
                address,
                link,
            )
        if row.made_at is None:
            return "being made"
        return "for who asked for it" if exports.is_there(row) else "deleted after its days"
