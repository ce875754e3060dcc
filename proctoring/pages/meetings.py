"""The pages on which staff make meetings of their own: list, make, details, change, cancel, invitations."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Membership, User
from accounts.pages import refusals
from accounts.pages.guards import here_of, person_of, require_right
from proctor_site.kernel.errors import Refusal
from proctoring.meetings.own import invitations, making, queries, rules
from proctoring.meetings.own.letters import address_of
from proctoring.models import Meeting, MeetingInvitation, MeetingMail
from proctoring.models.own_meeting import InvitedAs
from proctoring.pages.meeting_forms import InviteCandidatesForm, MeetingForm, NewMeetingForm
from proctoring.pages.watching import zone_of

_RIGHT = "proctoring.make_meeting"
_PER_PAGE = 30
_MOST_FOUND = 20


@never_cache
@require_safe
@require_right(_RIGHT)
def meeting_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Coming and past meetings that the person works with; exam officers see all of the institution."""
    person = person_of(request)
    rows = queries.meetings_of(person, here_of(request))
    coming = queries.coming(rows)
    past = Paginator(queries.past(rows, coming), _PER_PAGE).get_page(request.GET.get("page"))
    hosted = MeetingInvitation.objects.filter(user=person, part=InvitedAs.HOST, revoked_at=None)
    context = {
        "coming": coming[: queries.MOST_SHOWN],
        "past": past,
        "hosted": set(hosted.values_list("meeting", flat=True)),
        "zone": zone_of(request),
        "is_live_off": rules.is_live_off(),
    }
    return render(request, "proctoring/meeting/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right(_RIGHT)
def meeting_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Makes a meeting."""
    here, person = here_of(request), person_of(request)
    with timezone.override(ZoneInfo(here.time_zone)):
        form = NewMeetingForm(request.POST or None, here=here, initial={"hosts": [str(person.pk)]})
        if request.method == "POST" and form.is_valid():
            try:
                made = making.make_meeting(here, actor=person, **form.cleaned_data)
            except Refusal as refusal:
                refusals.add_to_form(form, refusal)
            else:
                messages.success(request, "The meeting is made. Everybody who is invited gets an e-mail.")
                return redirect("meeting_details", slug, made.pk)
        context = {"form": form, "is_live_off": rules.is_live_off()}
        status = 400 if form.is_bound else 200
        return render(request, "proctoring/meeting/form.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right(_RIGHT)
def meeting_edit(request: HttpRequest, slug: str, meeting_id: int) -> HttpResponse:
    """Changes title, slot and hosts."""
    meeting, here = _managed(request, meeting_id), here_of(request)
    if rules.is_over(meeting):
        messages.info(request, "This meeting is over; it cannot be changed any more.")
        return redirect("meeting_details", slug, meeting.pk)
    initial = {
        "title": meeting.title,
        "opens_at": meeting.opens_at,
        "closes_at": meeting.closes_at,
        "hosts": [str(each.pk) for each in queries.hosts_of(meeting)],
    }
    with timezone.override(ZoneInfo(here.time_zone)):
        form = MeetingForm(request.POST or None, here=here, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                making.change_meeting(meeting, actor=person_of(request), **form.cleaned_data)
            except Refusal as refusal:
                refusals.add_to_form(form, refusal)
            else:
                messages.success(request, "The meeting is changed.")
                return redirect("meeting_details", slug, meeting.pk)
        context = {"form": form, "meeting": meeting}
        status = 400 if form.is_bound else 200
        return render(request, "proctoring/meeting/form.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right(_RIGHT)
def meeting_details(request: HttpRequest, slug: str, meeting_id: int) -> HttpResponse:
    """Who is invited, who was there; a POST invites further candidates. `?q=` finds members by name."""
    meeting = _managed(request, meeting_id)
    form = InviteCandidatesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = invitations.invite_candidates(
                meeting, form.cleaned_data["candidates"], actor=person_of(request)
            )
        except Refusal as refusal:
            refusals.add_to_form(form, refusal)
        else:
            said = f"{len(made)} invited." if made else "They are all invited already."
            messages.success(request, said)
            return redirect("meeting_details", slug, meeting.pk)
    context = _details(request, meeting) | {"form": form}
    return render(request, "proctoring/meeting/details.html", context, status=400 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right(_RIGHT)
def meeting_cancel(request: HttpRequest, slug: str, meeting_id: int) -> HttpResponse:
    """Asks once more, then cancels a meeting that has not begun, or ends one that has."""
    meeting = _managed(request, meeting_id)
    if request.method != "POST":
        context = {"meeting": meeting, "is_over": rules.is_over(meeting), "zone": zone_of(request)}
        return render(request, "proctoring/meeting/cancel.html", context)
    try:
        if meeting.opened_at is None:
            reason = request.POST.get("reason", "")
            making.cancel_meeting(meeting, actor=person_of(request), reason=reason)
            messages.success(request, "The meeting is cancelled. Everybody who was invited gets an e-mail.")
        else:
            making.end_meeting(meeting, actor=person_of(request))
            messages.success(request, "The meeting is ended.")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("meeting_details", slug, meeting.pk)


@require_POST
@require_right(_RIGHT)
def invitation_resend(request: HttpRequest, slug: str, meeting_id: int, invitation_id: int) -> HttpResponse:
    """Sends an invitation again."""
    found = _invitation(request, meeting_id, invitation_id)
    try:
        invitations.resend(found, actor=person_of(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"A new invitation to {found.email} is on its way.")
    return redirect("meeting_details", slug, meeting_id)


@require_POST
@require_right(_RIGHT)
def invitation_revoke(request: HttpRequest, slug: str, meeting_id: int, invitation_id: int) -> HttpResponse:
    """Takes the invitation of a candidate back."""
    found = _invitation(request, meeting_id, invitation_id)
    try:
        invitations.revoke(found, actor=person_of(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{found.email} is no longer invited.")
    return redirect("meeting_details", slug, meeting_id)


def _managed(request: HttpRequest, meeting_id: int) -> Meeting:
    rows = Meeting.objects.filter(pk=meeting_id, sitting=None, interview_slot=None)
    meeting = rows.select_related("institution", "made_by").first()
    if meeting is None or not rules.may_manage(person_of(request), meeting):
        raise Http404("There is no such meeting of yours.")
    return meeting


def _invitation(request: HttpRequest, meeting_id: int, invitation_id: int) -> MeetingInvitation:
    rows = MeetingInvitation.objects.filter(meeting=_managed(request, meeting_id), pk=invitation_id)
    found = rows.select_related("institution", "meeting__institution", "user").first()
    if found is None:
        raise Http404("There is no such invitation to this meeting.")
    return found


def _details(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    rows = MeetingInvitation.objects.filter(meeting=meeting).select_related("user")
    mails = MeetingMail.objects.filter(invitation__meeting=meeting).order_by("pk")
    newest = {each.invitation_id: each for each in mails}
    hosts = [each for each in rows if each.part == InvitedAs.HOST and each.revoked_at is None]
    candidates = [each for each in rows if each.part == InvitedAs.CANDIDATE]
    wanted = request.GET.get("q", "").strip()
    return {
        "meeting": meeting,
        "is_over": rules.is_over(meeting),
        "is_live_off": rules.is_live_off(),
        "is_host": any(each.user_id == person_of(request).pk for each in hosts),
        "hosts": hosts,
        "candidates": [{"invitation": each, "mail": newest.get(each.pk)} for each in candidates],
        "stays": queries.stays_of(meeting)[:200],
        "address": address_of(meeting),
        "zone": zone_of(request),
        "wanted": wanted,
        "found": _find(wanted, meeting) if wanted else [],
    }


def _find(wanted: str, meeting: Meeting) -> list[User]:
    """Members whose name, address or number holds the words, apart from those who are invited."""
    said = Q(user__name__icontains=wanted) | Q(user__email__icontains=wanted)
    members = Membership.objects.filter(said | Q(external_id__iexact=wanted), ended_at=None)
    people = User.objects.filter(pk__in=members.values("user"), is_active=True)
    invited = rules.standing(meeting).exclude(user=None).values("user")
    return list(people.exclude(pk__in=invited).order_by("name", "pk")[:_MOST_FOUND])
