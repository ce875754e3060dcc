"""Certificates of deletion in the admin: to read, to check, to take away, and the page to hand on."""

import json
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html

from accounts.admin.site import site
from proctoring.admin.rights_pages import RightsAdmin
from proctoring.models import DeletionCertificate
from proctoring.rights import answers, certificates


@admin.register(DeletionCertificate, site=site)
class DeletionCertificateAdmin(RightsAdmin):
    """Certificates: to read, to check and to take away."""

    nothing_yet = "Nothing has been deleted yet: each deletion leaves a signed certificate here."
    list_display = ("public_id", "cause", "made_at", "whole")
    change_form_template = "admin/proctoring/rights/certificate.html"
    fields = (
        "public_id",
        "cause",
        "made_at",
        "deleted",
        "public_page",
        "whole",
        "sha256",
        "key_id",
        "signature",
    )
    readonly_fields = fields

    def get_urls(self) -> list[Any]:
        return [
            self.own("<int:object_id>/file/", self.file, "deletioncertificate_file"),
            *super().get_urls(),
        ]

    def file(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The certificate as JSON: content, hash, name of the key, signature."""
        row = self.get_object(request, str(object_id))
        if row is None:
            raise Http404("There is no such certificate here.")
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        said = {"content": row.content, "sha256": row.sha256, "key": row.key_id, "signature": row.signature}
        response = HttpResponse(json.dumps(said, indent=1), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="certificate-{row.public_id}.json"'
        return response

    @admin.display(description="deleted")
    def deleted(self, row: DeletionCertificate) -> str:
        return ", ".join(f"{label}: {number}" for label, number in certificates.lines_of(row.content))

    @admin.display(description="page to hand on")
    def public_page(self, row: DeletionCertificate) -> str:
        """Its page without sign-in, which names nobody."""
        return format_html('<a href="{0}">{0}</a>', answers.page_of(row))

    @admin.display(description="check")
    def whole(self, row: DeletionCertificate) -> str:
        return certificates.problem_of(row) or "Whole: content, hash and signature fit together."
