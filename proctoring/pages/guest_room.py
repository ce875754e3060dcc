"""The live room of a participant whom another system names: notice and room, opened by a token."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.pages import refusals
from accounts.tenancy import within
from proctor_site.kernel.errors import NotFound, Refusal
from proctoring.meetings.own import rules
from proctoring.outside import live_rooms


@never_cache
@require_safe
def guest_room(request: HttpRequest, token: str) -> HttpResponse:
    """The notice first, the room once it was agreed to. Looking at it makes nothing."""
    try:
        place = live_rooms.find(token)
        with within(place.institution):
            invitation = place.invitation
            context = _context(place, token)
            if rules.is_live_off() or rules.is_over(place.meeting):
                return render(request, "proctoring/meeting/closed.html", context)
            if invitation is None or rules.not_agreed_to(invitation, place.hosts):
                agreed_before = invitation is not None and invitation.agreed_at is not None
                lines = rules.notice_lines(place.hosts)
                context |= {"lines": lines, "agreed_before": agreed_before}
                return render(request, "proctoring/meeting/notice.html", context)
            return render(request, "proctoring/meeting/room.html", context)
    except Refusal as refusal:
        return refusals.refused_page(request, refusal)


@require_POST
def guest_agree(request: HttpRequest, token: str) -> HttpResponse:
    """The participant agrees to the notice, which named these hosts."""
    named = [int(each) for each in request.POST.getlist("host") if each.isascii() and each.isdigit()]
    try:
        institution = live_rooms.find(token).institution
        with within(institution):
            live_rooms.agree(token, hosts=named)
    except NotFound as refusal:
        return refusals.refused_page(request, refusal)
    except Refusal as refusal:
        messages.warning(request, refusal.message)
    return redirect("guest_room", token)


def _context(place: live_rooms.Place, token: str) -> dict[str, Any]:
    return {
        "institution": place.institution,
        "meeting": place.meeting,
        "hosts": place.hosts,
        "is_host": False,
        "zone": place.institution.time_zone,
        "agree_url": reverse("guest_agree", args=[token]),
        "room_url": reverse("guest_room", args=[token]),
        "socket_url": f"/ws/meetings/guest/{token}/",
    }
