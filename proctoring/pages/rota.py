"""The page "Who watches whom": proctors, their candidates, whom nobody watches; share-out and hand-over."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.pages.guards import person_of, require_right
from exams.models import Sitting
from proctor_site.kernel.errors import InvalidInput, NotFound, Refusal
from proctoring.live import replay
from proctoring.models import HandOver
from proctoring.models.watch_assignment import MOST_NOTE
from proctoring.pages.watching import watched_sitting, zone_of
from proctoring.permissions import may_direct_watching
from proctoring.rota import queries, services
from proctoring.rota.rules import MOST_RATIO, USUAL_RATIO, Shares
from proctoring.states import HAND_OVER

_DONE = {
    "take": "You look first at them now.",
    "leave": "They have no proctor now.",
    "give": "They were given over.",
    "offer": "The hand-over is offered. Nothing moves before it is accepted.",
    "accept": "You look first at them now.",
    "decline": "You declined; they stay where they were.",
    "withdraw": "The hand-over is withdrawn.",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right("exams.watch_sitting")
def proctor_rota(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """Everything at one moment; `?part=list`: only what changes; `?ratio=12&anew=yes`: what that would do."""
    sitting = watched_sitting(request, sitting_id)
    if request.method == "POST":
        return _change(request, sitting)
    page = _context(request, sitting)
    if request.GET.get("part") == "list":
        return render(request, "proctoring/proctor/_rota_list.html", page)
    if "ratio" in request.GET:
        page |= _preview(request, sitting)
    return render(request, "proctoring/proctor/rota.html", page)


def _context(request: HttpRequest, sitting: Sitting) -> dict[str, Any]:
    person = person_of(request)
    found = queries.rota_of(sitting)
    offers = queries.open_offers(sitting)
    return {
        "sitting": sitting,
        "zone": zone_of(request),
        "person": person,
        "rota": found,
        "here": sum(desk.pages > 0 for desk in found.desks),
        "ended": sum(not each.is_active for each in found.candidates),
        "offers": [(each, queries.offer_shape(each)["candidates"]) for each in offers],
        "others": [desk.proctor for desk in found.desks if desk.proctor.pk != person.pk],
        "may_direct": may_direct_watching(person, sitting),
        "usual_ratio": USUAL_RATIO,
        "most_ratio": MOST_RATIO,
        "most_note": MOST_NOTE,
        "last_event_id": replay.last_id(sitting),
        "socket_url": f"/ws/i/{sitting.institution.slug}/sittings/{sitting.pk}/",
    }


def _preview(request: HttpRequest, sitting: Sitting) -> dict[str, Any]:
    ratio, anew = _number(request.GET.get("ratio", "")), request.GET.get("anew") == "yes"
    try:
        shares = services.plan(sitting, ratio=ratio, anew=anew)
    except Refusal as refusal:
        return {"problem": refusal.message, "ratio": request.GET.get("ratio", ""), "anew": anew}
    names = {each.enrolment: each.name for each in queries.candidates_of(sitting)}
    people = {each.pk: each for each in queries.proctors_of(sitting)}
    given = [(people[proctor], [names[each] for each in mine]) for proctor, mine in shares.given.items()]
    return {
        "ratio": ratio,
        "anew": anew,
        "shares": given,
        "left": [names[each] for each in shares.left],
        "missing": shares.missing,
        "is_preview": True,
    }


def _change(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    verb = request.POST.get("do", "")
    try:
        messages.success(request, _act(request, sitting, verb, person_of(request)))
    except Refusal as refusal:
        messages.warning(request, refusal.message)
    return redirect("proctor_rota", slug=sitting.institution.slug, sitting_id=sitting.pk)


def _act(request: HttpRequest, sitting: Sitting, verb: str, person: User) -> str:
    chosen: Any = [_number(each) for each in request.POST.getlist("enrolment")]
    to = _number(request.POST.get("to", ""))
    if verb == "share_out":
        anew = request.POST.get("anew") == "yes"
        ratio = _number(request.POST.get("ratio", ""))
        return _shared(services.carry_out(sitting, actor=person, ratio=ratio, anew=anew))
    if verb == "take":
        services.take(sitting, chosen, actor=person)
    elif verb == "leave":
        services.leave(sitting, actor=person, enrolments=chosen)
    elif verb == "leave_all":
        services.leave(sitting, actor=person)
        return "You look first at nobody now. Your candidates are listed as without a proctor."
    elif verb == "give":
        services.give(sitting, chosen, to=to, actor=person)
    elif verb == "offer":
        services.offer(sitting, chosen, to=to, note=request.POST.get("note", ""), actor=person)
    elif verb in HAND_OVER.verbs:
        services.answer(_hand_over(request, sitting), verb=verb, actor=person)
    else:
        raise InvalidInput("Choose what to do.", field="do")
    return _DONE[verb]


def _shared(shares: Shares) -> str:
    number = sum(len(mine) for mine in shares.given.values())
    text = f"{number} candidate{'' if number == 1 else 's'} shared out."
    return f"{text} {len(shares.left)} have no proctor: there are too few." if shares.left else text


def _hand_over(request: HttpRequest, sitting: Sitting) -> HandOver:
    number = _number(request.POST.get("hand_over", ""))
    rows = HandOver.objects.filter(sitting=sitting, pk=number or 0)
    found = rows.select_related("sitting__institution", "giver", "taker").first()
    if found is None:
        raise NotFound("There is no such hand-over.")
    return found


def _number(text: str) -> int | None:
    """A whole number out of a form, or None; the services say what is missing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
