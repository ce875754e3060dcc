"""Own data at an institution: how long it is kept, a copy to take away, and the request to erase it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.downloads import download
from accounts.pages.guards import here_of, person_of
from accounts.pages.refusals import refused_page
from proctor_site.kernel.errors import Refusal
from proctoring import holds, keeping, states
from proctoring.models import DataExport
from proctoring.pages.watching import zone_of
from proctoring.rights import exports, requests


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: HttpRequest, slug: str) -> HttpResponse:
    """GET shows everything; POST asks for a copy, for erasure (after a second page), or takes that back."""
    refusal: Refusal | None = None
    if request.method == "POST":
        if request.POST.get("act") == "erase" and not request.POST.get("sure"):
            return render(request, "proctoring/rights/erase.html", _context(request))
        try:
            messages.success(request, _do(request, request.POST.get("act", "")))
            return redirect("my_data", slug)
        except Refusal as error:
            refusal = error
    context = _context(request) | {"refusal": refusal}
    return render(
        request, "proctoring/rights/my_data.html", context, status=refusal.status if refusal else 200
    )


@never_cache
@require_safe
def my_data_file(request: HttpRequest, slug: str, export_id: Any) -> HttpResponseBase:
    """The copy as a file, by a link of minutes; each download is logged."""
    person = person_of(request)
    export = DataExport.objects.filter(public_id=export_id).select_related("institution").first()
    if export is None or person.pk not in (export.person_id, export.asked_by_id):
        raise Http404("There is no such copy of yours.")
    try:
        file = exports.open_for(export, request.GET.get("link", ""), viewer=person)
    except Refusal as refusal:
        return refused_page(request, refusal)
    name = f"my-data-{export.asked_at:%Y-%m-%d}.zip"
    return download(request, file, name=name, content_type="application/zip")


def _do(request: HttpRequest, act: str) -> str:
    person, here = person_of(request), here_of(request)
    if act == "export":
        exports.ask(here, person, actor=person)
        return "Your copy is being made. Load this page again in a few minutes."
    if act == "erase":
        requests.ask(here, person, words=request.POST.get("words", ""), actor=person)
        return "Your request is on its way. The answer will stand on this page."
    if act == "take_back":
        newest = requests.newest_of(here, person)
        if newest is None:
            raise Http404("There is no request of yours.")
        requests.take_back(newest, actor=person)
        return "Your request is taken back. Nothing was erased."
    raise Http404("There is nothing of that name to do.")


def _context(request: HttpRequest) -> dict[str, Any]:
    person, here = person_of(request), here_of(request)
    periods = keeping.days_in(here)
    copies = DataExport.objects.filter(person=person, asked_by=person).select_related("job").order_by("-pk")
    asked = requests.newest_of(here, person)
    return {
        "lines": [(each, periods[each.kind.code]) for each in requests.preview(here, person)],
        "copies": [
            (each, exports.link_of(each, person) if exports.is_there(each) else "") for each in copies[:5]
        ],
        "asked": asked,
        "goes_on": asked is not None and asked.state in states.ERASURE_GOES_ON,
        "may_take_back": asked is not None and asked.state == states.ERASURE_ASKED,
        "is_held": bool(holds.why_person_held(here, person)),
        "longest": requests.LONGEST_WORDS,
        "zone": zone_of(request),
    }
