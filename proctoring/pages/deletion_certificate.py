"""The page of a certificate of deletion, for whoever has its unguessable address; it names nobody."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.tenancy import across_all
from proctoring.models import DeletionCertificate
from proctoring.rights import certificates


@never_cache
@require_safe
def deletion_certificate(request: HttpRequest, certificate_id: Any) -> HttpResponse:
    """What was deleted, what remained and why, and whether the signature fits. Public: numbers only."""
    with across_all():
        row = (
            DeletionCertificate.objects.select_related("institution").filter(public_id=certificate_id).first()
        )
        if row is None:
            raise Http404("There is no such certificate.")
        context = {
            "row": row,
            "institution_name": row.institution.name,
            "lines": certificates.lines_of(row.content),
            "kept": list(row.content.get("kept_why", {}).values()),
            "problem": certificates.problem_of(row),
        }
        response = render(request, "proctoring/rights/certificate.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
