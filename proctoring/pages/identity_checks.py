"""The page on which proctors check who candidates are: the queue of a sitting, one candidate at a time."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.pages.guards import person_of, require_right
from accounts.pages.refusals import refused_page
from exams.models import Sitting
from proctor_site.kernel.errors import InvalidInput, Refusal
from proctoring.identity import liveness_words, person_checks, photos
from proctoring.identity.steps import Reason
from proctoring.live import replay
from proctoring.models import IdentityCheck
from proctoring.pages.evidence_file import private_picture
from proctoring.pages.watching import watched_sitting, zone_of
from proctoring.vision.picture_header import content_type_of

REASON_WORDS = {
    Reason.NO_CAMERA: "takes the exam without camera",
    Reason.NO_COMPARISON: "does not want the face compared by a program",
    Reason.NO_MICROPHONE: "takes the exam without microphone",
    Reason.NO_SCREEN: "takes the exam without sharing the screen",
    Reason.PHOTO_PROBLEMS: "cannot finish check-in alone, for example because no photo was good enough",
    Reason.OFFICER_PHOTO_UNLIKE: "the photo of check-in seems unlike the office's photo",
    Reason.OFFICER_PHOTO_UNSURE: "the photo of check-in is not clearly like the office's photo",
    Reason.DOCUMENT_UNLIKE: "the face on the document seems unlike the reference photo",
    Reason.DOCUMENT_UNSURE: "a program cannot say whether document and reference photo show the same person",
    Reason.DOCUMENT_NOT_SHOWN: "shows no identity document",
    Reason.LIVENESS_NOT_SEEN: "turning the head could not be seen",
    Reason.LIVENESS_NOT_ASKED: "checks in without turning the head",
    Reason.LIVENESS_MIRRORED: "turned the head to the other side both times: perhaps a camera that mirrors",
}


@never_cache
@require_safe
@require_right("exams.watch_sitting")
def identity_checks(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """Who waits, longest first, and the one `?check=` names or the first. `?part=list`: the list alone."""
    sitting = watched_sitting(request, sitting_id)
    if request.GET.get("part") == "list":
        page = {"sitting": sitting, "waiting": _rows(sitting), "open_id": _wanted(request)}
        return render(request, "proctoring/proctor/_identity_list.html", page)
    return render(request, "proctoring/proctor/identity_checks.html", _page(request, slug, sitting))


@require_POST
@require_right("exams.watch_sitting")
def decide(request: HttpRequest, slug: str, sitting_id: int, check_id: int) -> HttpResponse:
    """One decision; afterwards the next candidate. A missing reason leads back to its field."""
    sitting = watched_sitting(request, sitting_id)
    check = _check(sitting, check_id)
    name = str(check.session.candidate)
    try:
        said = _decide(check, request, name)
    except InvalidInput as refusal:
        page = _page(request, slug, sitting, open_id=check.pk)
        page |= {"typed": request.POST, "problem": {"field": refusal.field, "text": refusal.message}}
        return render(request, "proctoring/proctor/identity_checks.html", page, status=refusal.status)
    except Refusal as refusal:
        messages.warning(request, f"{name}: {refusal.message}")
    else:
        messages.success(request, said)
    return redirect("identity_checks", slug, sitting.pk)


@require_safe
@require_right("exams.watch_sitting")
def identity_photo(
    request: HttpRequest, slug: str, sitting_id: int, check_id: int, what: str
) -> HttpResponse:
    """One photo, after every check of `photos.open_for`; each view is logged."""
    check = _check(watched_sitting(request, sitting_id), check_id)
    try:
        data = photos.open_for(check, what, request.GET.get("link", ""), person_of(request))
    except Refusal as refusal:
        response = refused_page(request, refusal)
        response["Cache-Control"] = "private, no-store"
        return response
    return private_picture(data, name=f"{what}-{check.pk}", content_type=content_type_of(data))


def _decide(check: IdentityCheck, request: HttpRequest, name: str) -> str:
    """Carries the decision out; what is said about it."""
    proctor, decision = person_of(request), request.POST.get("decision", "")
    if decision == "approve":
        person_checks.approve(check, proctor=proctor)
        return f"{name} is let in."
    if decision == "ask_again":
        retake = request.POST.getlist("retake")
        message = request.POST.get("message", "")
        person_checks.ask_again(check, proctor=proctor, message=message, retake=retake)
        return f"{name} is asked to try again."
    if decision == "refuse":
        person_checks.refuse(check, proctor=proctor, reason=request.POST.get("reason", ""))
        return f"{name} is not let in."
    raise InvalidInput("Choose what to do.", field="decision")


def _page(request: HttpRequest, slug: str, sitting: Sitting, open_id: int | None = None) -> dict[str, Any]:
    last = replay.last_id(sitting)  # first the id, then the rows: what happens in between comes as an event
    waiting = _rows(sitting)
    wanted = open_id or _wanted(request)
    chosen = next((row for row in waiting if row["check"].pk == wanted), waiting[0] if waiting else None)
    page: dict[str, Any] = {
        "sitting": sitting,
        "zone": zone_of(request),
        "waiting": waiting,
        "chosen": chosen,
        "open_id": chosen["check"].pk if chosen else None,
        "is_gone": wanted is not None and (chosen is None or chosen["check"].pk != wanted),
        "last_event_id": last,
        "socket_url": f"/ws/i/{slug}/sittings/{sitting.pk}/",
        "list_url": reverse("identity_checks", args=[slug, sitting.pk]) + "?part=list",
        "most_characters": person_checks.MOST_CHARACTERS,
    }
    if chosen is not None:
        page["photos"] = photos.photos_of(chosen["check"], person_of(request), slug)
        page["turning"] = liveness_words.of(chosen["check"].session)
        page["document"] = getattr(chosen["check"].session, "document_check", None)
    return page


def _rows(sitting: Sitting) -> list[dict[str, Any]]:
    return [
        {
            "check": check,
            "candidate": check.session.candidate,
            "reasons": [REASON_WORDS[Reason(code)] for code in check.reasons],
        }
        for check in person_checks.waiting_in(sitting)
    ]


def _check(sitting: Sitting, check_id: int) -> IdentityCheck:
    rows = IdentityCheck.objects.filter(sitting=sitting, pk=check_id)
    check = rows.select_related(
        "institution", "session__attempt__enrolment__sitting", "session__candidate"
    ).first()
    if check is None:
        raise Http404("There is no such check in this sitting.")
    return check


def _wanted(request: HttpRequest) -> int | None:
    value = request.GET.get("check", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None
