"""One evidence file for one viewer, fresh links to the files of an incident, and the way to its review."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import SESSION_KEY
from accounts.pages.guards import here_of, person_of, require_right
from accounts.pages.refusals import refused_page
from proctor_site.kernel.errors import NotFound, Refusal
from proctoring.evidence import custody
from proctoring.evidence.call_exhibits import recordings_of
from proctoring.evidence.exhibits import ENDINGS
from proctoring.evidence.sound_drawing import captions_of
from proctoring.evidence.sound_exhibits import Sound, sounds_of
from proctoring.live.messages import iso
from proctoring.models import Call, EvidenceItem, Incident
from proctoring.models.evidence import HEARD, EvidenceKind
from proctoring.pages.wall_feed import Picture, pictures_of
from proctoring.pages.watching import zone_of
from proctoring.permissions import may_see_incidents

_SHOWN = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
_PLAYED = ENDINGS
"""Types that a browser may show in place, with their file ending; anything else is only saved."""
_SEEN = (EvidenceKind.CAMERA_FRAME, EvidenceKind.SCREEN, EvidenceKind.SCREEN_CLIP, EvidenceKind.LIVE_VIDEO)


@require_safe
def evidence_file(request: HttpRequest, slug: str, item_id: int) -> HttpResponse:
    """The file, or the part of a recording that is asked for, after every check of `custody.open_for`.

    HEAD tells type and length after the same checks; it shows nothing, so it is no look.
    """
    viewer, link = person_of(request), request.GET.get("link", "")
    try:
        if request.method == "HEAD":
            return _told(custody.find_for(item_id, link, viewer))
        if request.GET.get("size") == "small":
            opened = custody.open_small_for(item_id, link, viewer)
        else:
            opened = custody.open_for(item_id, link, viewer, _wanted(request))
    except Refusal as refusal:
        return _refused(request, refusal)
    name = f"evidence-{item_id}"
    if opened.content_type in _PLAYED:
        return _private_sound(opened, name=name)
    return private_picture(opened.data, name=name, content_type=opened.content_type)


def _wanted(request: HttpRequest) -> str:
    """The part that is asked for. With `If-Range` only where it names a tag; ours never change."""
    condition = request.headers.get("If-Range", "")
    item = request.resolver_match.kwargs["item_id"] if request.resolver_match else 0
    return request.headers.get("Range", "") if condition in ("", _tag_of(item)) else ""


def _tag_of(item_id: int) -> str:
    """Files are never changed, so their number is as good a tag as their bytes."""
    return f'"evidence-{item_id}"'


def _told(item: EvidenceItem) -> HttpResponse:
    if item.erased_at is not None:
        raise NotFound("This file was erased.", code="erased")
    response = private_picture(b"", name=f"evidence-{item.pk}", content_type=item.content_type)
    response["Content-Length"] = str(item.size)
    if item.content_type in _PLAYED:
        response["Accept-Ranges"], response["ETag"] = "bytes", _tag_of(item.pk)
    return response


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


def _private_sound(opened: custody.OpenedEvidence, *, name: str) -> HttpResponse:
    """The same for a sound or a film, or the part of it that is asked for."""
    size = opened.item.size
    if opened.status == 416:
        return _kept_private(HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"}))
    response = private_picture(opened.data, name=name, content_type=opened.content_type)
    response.status_code = opened.status
    response["Accept-Ranges"], response["ETag"] = "bytes", _tag_of(opened.item.pk)
    if opened.status == 206:
        response["Content-Range"] = f"bytes {opened.first}-{opened.last}/{size}"
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
    pictures, screens, films, live = (pictures_of(incident, viewer, slug, kind) for kind in _SEEN)
    return JsonResponse(
        {
            "evidence": [_link(each) for each in pictures],
            "sounds": [_link_of_sound(each) for each in heard],
            "screens": [_link(each) for each in screens],
            "screen_clips": [_link(each) for each in films],
            "live_clips": [_link(each) for each in live],
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


@require_safe
@require_right("proctoring.view_detectorprecision")
def open_precision(request: HttpRequest, slug: str) -> HttpResponse:
    """Opens the page on how often detectors are right, with this institution shown there."""
    request.session[SESSION_KEY] = here_of(request).pk
    return redirect("admin:proctoring_detectorprecision_changelist")


@require_safe
@require_right("proctoring.export_incidents")
def open_incident_export(request: HttpRequest, slug: str, incident_export_id: int) -> HttpResponse:
    """Opens the page of an own export, with this institution shown there."""
    request.session[SESSION_KEY] = here_of(request).pk
    return redirect("admin:proctoring_incident_export_page", incident_export_id)


def _own_incident(request: HttpRequest, incident_id: int) -> Incident:
    incident = Incident.objects.filter(pk=incident_id).select_related("sitting", "institution").first()
    if incident is None or not may_see_incidents(person_of(request), incident.sitting, incident.institution):
        raise Http404("There is no such incident that you may see.")
    return incident
