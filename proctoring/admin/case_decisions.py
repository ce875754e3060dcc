"""A decision about an incident that was made on the desk: answered there, with a script or without."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from proctor_site.kernel.errors import InvalidInput, Refusal
from proctoring.admin import incident_page
from proctoring.admin.incident_page import Verb
from proctoring.models import Case, Incident
from proctoring.states import UNREVIEWED


def is_from_desk(request: HttpRequest) -> bool:
    """Whether the form of the desk was sent: it names the case."""
    return "case" in request.POST


def decide(request: HttpRequest, incident: Incident, verb: Verb | None, actor: User) -> HttpResponse:
    """Carries it out. A script gets JSON, 409 with the reason when nothing was changed; others the desk."""
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    what = f"{incident.get_kind_display().capitalize()} is"
    try:
        if verb is None:
            raise InvalidInput("Choose one of the buttons.")
        incident = verb.act(incident, actor=actor, note=request.POST.get("note", ""))
    except Refusal as refusal:
        detail = f"{refusal.message} Nothing was changed."
        if wants_json:
            return JsonResponse({"code": refusal.code, "detail": detail}, status=409)
        messages.error(request, detail)
        return _desk(request, incident)
    if wants_json:
        return JsonResponse(_state_of(incident))
    messages.success(request, f"{what} {verb.done}.")
    return _desk(request, incident)


def desk_url(incident: Incident, viewer: User) -> str:
    """The desk of the incident's case; "" where there is none, or the viewer reads no cases."""
    return _address(incident) if viewer.has_perm("proctoring.view_case", incident) else ""


def _state_of(incident: Incident) -> dict[str, object]:
    incidents = Incident.objects.filter(session=incident.session_id, review_state=UNREVIEWED)
    return {
        "incident": incident.pk,
        "state": incident.review_state,
        "state_words": incident.get_review_state_display(),
        "left": incidents.count(),
        "choices": [
            {"name": each.name, "help": each.blocked or each.help, "is_blocked": bool(each.blocked)}
            for each in incident_page.choices_of(incident)
        ],
    }


def _desk(request: HttpRequest, incident: Incident) -> HttpResponse:
    """Back to the desk of the session's own case, whatever the form named."""
    place = _address(incident)
    if not place:
        return redirect("admin:proctoring_incident_change", incident.pk)
    return redirect(f"{place}#incident-{incident.pk}")


def _address(incident: Incident) -> str:
    case: Case | None = getattr(incident.session, "case", None)
    return reverse("admin:proctoring_case_change", args=[case.pk]) if case is not None else ""
