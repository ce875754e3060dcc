"""One evidence file for one viewer, fresh links to the files of an incident, and the way to its review."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import SESSION_KEY
from accounts.pages.guards import here_of, person_of, require_right
from accounts.pages.refusals import refused_page
from proctor_site.kernel.byte_ranges import wanted_bytes
from proctor_site.kernel.errors import NotFound, Refusal
from proctoring.evidence import custody
from proctoring.evidence.call_exhibits import recordings_of
from proctoring.evidence.sound_drawing import captions_of
from proctoring.evidence.sound_exhibits import Sound, sounds_of
from proctoring.evidence.store import ENDINGS
from proctoring.live.messages import iso
from proctoring.models import Call, Incident
from proctoring.models.evidence import HEARD, EvidenceKind
from proctoring.pages.wall_feed import Picture, pictures_of
from proctoring.pages.watching import zone_of
from proctoring.permissions import may_see_incidents

_SHOWN = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
_PLAYED = ENDINGS
"""Types that a browser may show in place, with their file ending; anything else is only saved."""
_SEEN = (EvidenceKind.CAMERA_FRAME, EvidenceKind.SCREEN, EvidenceKind.SCREEN_CLIP)


@require_safe
def evidence_file(request: HttpRequest, slug: str, item_id: int) -> HttpResponse:
    """The file, or the part of a recording that is asked for, after every check of `custody.open_for`."""
    header = request.headers.get("Range", "")
    try:
        opened = custody.open_for(item_id, request.GET.get("link", ""), person_of(request))
    except Refusal as refusal:
        return _refused(request, refusal)
    name = f"evidence-{item_id}"
    if opened.content_type in _PLAYED:
        return _private_sound(opened.data, header, name=name, content_type=opened.content_type)
    return private_picture(opened.data, name=name, content_type=opened.content_type)


@require_safe
def evidence_captions(request: HttpRequest, slug: str, item_id: int) -> HttpResponse:
    """Who speaks when in a recording, as WebVTT, for who has the link and the right to the recording.

    It is no look of its own: the pages that link to it show the same in words.
    """
    try:
        item = custody.find_for(item_id, request.GET.get("link", ""), person_of(request))
        if item.kind not in HEARD:
            raise NotFound("There are captions for recordings only.")
    except Refusal as refusal:
        return _refused(request, refusal)
    response = HttpResponse(captions_of(item.about), content_type="text/vtt; charset=utf-8")
    return _kept_private(response)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    response = refused_page(request, refusal)
    response["Cache-Control"] = "private, no-store"
    return response


def _private_sound(data: bytes, header: str, *, name: str, content_type: str) -> HttpResponse:
    """The same for a sound, or the part of it that is asked for."""
    first, last, status = wanted_bytes(header, len(data))
    if status == 416:
        return _kept_private(HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(data)}"}))
    response = private_picture(data[first : last + 1], name=name, content_type=content_type)
    response.status_code = status
    response["Accept-Ranges"] = "bytes"
    if status == 206:
        response["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return response


def private_picture(data: bytes, *, name: str, content_type: str = "image/jpeg") -> HttpResponse:
    """A file that no cache keeps and no other site embeds; only pictures and sounds are shown in place."""
    ending = (_SHOWN | _PLAYED).get(content_type)
    kind = "inline" if ending else "attachment"
    response = HttpResponse(data, content_type=content_type if ending else "application/octet-stream")
    response["Content-Disposition"] = f'{kind}; filename="{name}.{ending or "bin"}"'
    return _kept_private(response)


def _kept_private(response: HttpResponse) -> HttpResponse:
    """No cache keeps it, no other site embeds it, nothing in it runs."""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@never_cache
@require_safe
@require_right("proctoring.view_evidence")
def evidence_links(request: HttpRequest, slug: str, incident_id: int) -> JsonResponse:
    """Every picture, sound and film of an incident with a fresh link; pages ask when theirs have expired."""
    incident, viewer = _own_incident(request, incident_id), person_of(request)
    heard = sounds_of(incident, viewer, slug)
    pictures, screens, films = (pictures_of(incident, viewer, slug, kind) for kind in _SEEN)
    return JsonResponse(
        {
            "evidence": [_link(each) for each in pictures],
            "sounds": [_link_of_sound(each) for each in heard],
            "screens": [_link(each) for each in screens],
            "screen_clips": [_link(each) for each in films],
        }
    )


def _link(item: Picture | Sound) -> dict[str, Any]:
    return {"id": item.pk, "captured_at": iso(item.captured_at), "url": item.url}


def _link_of_sound(sound: Sound) -> dict[str, Any]:
    return {**_link(sound), "captions_url": sound.captions_url}


@never_cache
@require_safe
@require_right("proctoring.view_evidence")
def call_recording(request: HttpRequest, slug: str, call_id: int) -> JsonResponse:
    """The recording of a call with a fresh link; players ask when theirs have expired."""
    rows = Call.objects.filter(pk=call_id).select_related("institution", "attempt__enrolment__sitting")
    call, viewer = rows.first(), person_of(request)
    if call is None or not may_see_incidents(viewer, call.attempt.enrolment.sitting, call.institution):
        raise Http404("There is no such call that you may see.")
    return JsonResponse(
        {"sounds": [_link_of_sound(each) for each in recordings_of([call], viewer, slug).values()]}
    )


@never_cache
@require_safe
@require_right("proctoring.view_evidence")
def incident_sounds(request: HttpRequest, slug: str, incident_id: int) -> HttpResponse:
    """The players of an incident's recordings, without a page around them: the feed adds those it lacks."""
    heard = sounds_of(_own_incident(request, incident_id), person_of(request), slug)
    return render(request, "proctoring/_sounds.html", {"sounds": heard, "zone": zone_of(request)})


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
