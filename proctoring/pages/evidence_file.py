"""One evidence file for one viewer, fresh links to the files of an incident, and the way to its review."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import SESSION_KEY
from accounts.pages.guards import here_of, person_of, require_right
from accounts.pages.refusals import refused_page
from proctor_site.kernel.errors import Refusal
from proctoring.evidence import custody
from proctoring.live.messages import iso
from proctoring.models import Incident
from proctoring.pages.wall_feed import pictures_of
from proctoring.permissions import may_see_incidents

_SHOWN = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
"""Types that a browser may show in place, with their file ending; anything else is only saved."""


@require_safe
def evidence_file(request: HttpRequest, slug: str, item_id: int) -> HttpResponse:
    """Streams the file after every check of `custody.open_for`; each view is logged."""
    try:
        opened = custody.open_for(item_id, request.GET.get("link", ""), person_of(request))
    except Refusal as refusal:
        response = refused_page(request, refusal)
        response["Cache-Control"] = "private, no-store"
        return response
    return private_picture(opened.data, name=f"evidence-{item_id}", content_type=opened.content_type)


def private_picture(data: bytes, *, name: str, content_type: str = "image/jpeg") -> HttpResponse:
    """A file that no cache keeps and no other site embeds; shown in place only when it is a picture."""
    ending = _SHOWN.get(content_type)
    kind = "inline" if ending else "attachment"
    response = HttpResponse(data, content_type=content_type if ending else "application/octet-stream")
    response["Content-Disposition"] = f'{kind}; filename="{name}.{ending or "bin"}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@never_cache
@require_safe
@require_right("proctoring.view_evidence")
def evidence_links(request: HttpRequest, slug: str, incident_id: int) -> JsonResponse:
    """Every picture of an incident with a fresh link; pages ask when theirs have expired."""
    pictures = pictures_of(_own_incident(request, incident_id), person_of(request), slug)
    found = [{"id": each.pk, "captured_at": iso(each.captured_at), "url": each.url} for each in pictures]
    return JsonResponse({"evidence": found})


@require_safe
@require_right("proctoring.view_incident")
def open_review(request: HttpRequest, slug: str, incident_id: int) -> HttpResponse:
    """Opens the incident in the admin site, with this institution shown there."""
    incident = _own_incident(request, incident_id)
    request.session[SESSION_KEY] = here_of(request).pk
    return redirect("admin:proctoring_incident_change", incident.pk)


def _own_incident(request: HttpRequest, incident_id: int) -> Incident:
    incident = Incident.objects.filter(pk=incident_id).select_related("sitting", "institution").first()
    if incident is None or not may_see_incidents(person_of(request), incident.sitting, incident.institution):
        raise Http404("There is no such incident that you may see.")
    return incident
