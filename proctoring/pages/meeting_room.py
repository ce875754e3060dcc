"""The pages of those who come to a meeting of its own: link, notice, waiting room and room."""

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.pages import refusals
from accounts.pages.forms import AcceptForm
from accounts.pages.guards import person_of
from accounts.services import people
from proctor_site.kernel import clock
from proctor_site.kernel.errors import NotFound, Refusal
from proctoring.interviews import access, sheet
from proctoring.meetings.own import invitations, queries, room, rules
from proctoring.models import Interview, Meeting, MeetingInvitation
from proctoring.models.own_meeting import InvitedAs
from proctoring.pages.watching import zone_of
from proctoring.states import INTERVIEW_STANDING


@never_cache
@require_safe
def meeting(request: HttpRequest, slug: str, meeting_id: int) -> HttpResponse:
    """Our own link: hosts and invited candidates come in here; who manages it is led to its details."""
    found = _meeting(meeting_id)
    try:
        invitation = rules.invitation_of(person_of(request), found)
    except NotFound:
        if not hasattr(found, "interview_slot") and rules.may_manage(person_of(request), found):
            return redirect("meeting_details", slug, found.pk)
        raise Http404("There is no such meeting to which you are invited.") from None
    hosts = queries.hosts_of(found)
    is_host = invitation.part == InvitedAs.HOST
    opens_from = rules.candidates_from(found)
    context: dict[str, Any] = {
        "meeting": found,
        "hosts": hosts,
        "is_host": is_host,
        "zone": zone_of(request),
        "opens_from": opens_from,
        "agree_url": reverse("meeting_agree", args=[slug, found.pk]),
    }
    if rules.is_live_off() or rules.is_over(found):
        return render(
            request, "proctoring/meeting/closed.html", context | {"is_live_off": rules.is_live_off()}
        )
    if not is_host and opens_from is not None and clock.now() < opens_from:
        return render(request, "proctoring/meeting/early.html", context)
    if rules.not_agreed_to(invitation, hosts):
        return render(request, "proctoring/meeting/notice.html", context | _notice(invitation, hosts))
    context |= {"socket_url": f"/ws/i/{slug}/meetings/{found.pk}/", "room_url": request.path}
    if is_host:
        context |= _sheet(request, found)
    return render(request, "proctoring/meeting/room.html", context)


@require_POST
def agree(request: HttpRequest, slug: str, meeting_id: int) -> HttpResponse:
    """The candidate agrees to the notice, which named these hosts."""
    found = _meeting(meeting_id)
    named = [int(each) for each in request.POST.getlist("host") if each.isascii() and each.isdigit()]
    try:
        room.agree(found, candidate=person_of(request), hosts=named)
    except NotFound:
        raise Http404("There is no such meeting to which you are invited.") from None
    except Refusal as refusal:
        messages.warning(request, refusal.message)
    return redirect("meeting", slug, found.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_link(request: HttpRequest, secret: str) -> HttpResponse:
    """The link of an invitation: new people set name and password; people with an account sign in."""
    try:
        invitation = invitations.find_by_link(secret)
    except Refusal as refusal:
        return refusals.refused_page(request, refusal)
    person = invitation.user or people.find_person(invitation.email)
    signed_in = request.user if isinstance(request.user, User) else None
    if person is not None and signed_in is None:
        messages.info(request, f"Sign in as {invitation.email} to go to the meeting.")
        return redirect_to_login(request.path)
    if signed_in is not None and signed_in != person:
        return _link_page(request, invitation, None, is_other_person=True)
    form = AcceptForm(request.POST or None) if person is None else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            return _accept(request, secret, signed_in, form.cleaned_data if form else {})
        except Refusal as refusal:
            if form is None:
                return refusals.refused_page(request, refusal)
            refusals.add_to_form(form, refusal)
    return _link_page(request, invitation, form)


def _accept(request: HttpRequest, secret: str, signed_in: User | None, given: dict[str, Any]) -> HttpResponse:
    invitation, person = invitations.accept(secret, user=signed_in, **given)
    address = reverse("meeting", args=[invitation.institution.slug, invitation.meeting_id])
    if signed_in is not None:
        return redirect(address)
    answer: Any = perform_login(request, person, redirect_url=address)
    return answer


def _link_page(
    request: HttpRequest,
    invitation: MeetingInvitation,
    form: AcceptForm | None,
    *,
    is_other_person: bool = False,
) -> HttpResponse:
    context = {
        "invitation": invitation,
        "meeting": invitation.meeting,
        "form": form,
        "is_other_person": is_other_person,
        "zone": invitation.institution.time_zone,
    }
    status = 400 if form is not None and form.errors else 200
    return render(request, "proctoring/meeting/link.html", context, status=status)


def _notice(invitation: MeetingInvitation, hosts: list[User]) -> dict[str, Any]:
    return {"lines": rules.notice_lines(hosts), "agreed_before": invitation.agreed_at is not None}


def _sheet(request: HttpRequest, found: Meeting) -> dict[str, Any]:
    """The questions beside the room, where it is the room of an interview about a case."""
    slot = getattr(found, "interview_slot", None)
    if slot is None:
        return {}
    try:
        interview = access.find(Interview.objects.all(), slot.interview_id, person_of(request))
    except NotFound:  # a host who may not know of the case any more talks without the sheet
        return {}
    return {
        "interview": interview,
        "questions": sheet.questions_of(interview),
        "notes_here": interview.host_id == person_of(request).pk and interview.state in INTERVIEW_STANDING,
    }


def _meeting(meeting_id: int) -> Meeting:
    rows = Meeting.objects.filter(pk=meeting_id, sitting=None)
    found = rows.select_related("institution", "interview_slot").first()
    if found is None:
        raise Http404("There is no such meeting to which you are invited.")
    return found
