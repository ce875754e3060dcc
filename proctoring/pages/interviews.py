"""Pages on which staff offer an interview of a case, see one, name other times, and close it."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.pages.guards import here_of, person_of, require_right
from proctor_site.kernel.errors import NotFound, Refusal
from proctoring import states
from proctoring.interviews import access, offers, outcome, own_answers, sheet, wording
from proctoring.meetings.own import queries as meeting_queries
from proctoring.meetings.own import rules as meeting_rules
from proctoring.models import Case, Interview
from proctoring.models.interview import InterviewOutcome
from proctoring.pages.interview_forms import OfferForm, TimesForm
from proctoring.pages.watching import zone_of

SEES, ACTS = "proctoring.view_case", "proctoring.read_case"


def found_interview(request: HttpRequest, interview_id: int) -> Interview:
    """The interview, if the person may know of it. Raises Http404."""
    try:
        return access.find(Interview.objects.all(), interview_id, person_of(request))
    except NotFound as refusal:
        raise Http404(refusal.message) from None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right(ACTS)
def interview_new(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    """Offers an interview of the case."""
    case, person = _found_case(request, case_id), person_of(request)
    why_not = access.why_none_offered(case)
    if why_not:
        messages.warning(request, why_not)
        return redirect("admin:proctoring_case_change", case.pk)

    def carry_out(form: TimesForm) -> Interview:
        return offers.offer(
            case,
            actor=person,
            host=form.cleaned_data["host"],
            minutes=form.cleaned_data["minutes"],
            slots=form.slots,
            reason=form.cleaned_data["reason"],
        )

    said = "The interview is offered. The candidate gets an e-mail, and answers on their record."
    return _times_page(request, case, None, OfferForm, carry_out, said)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right(ACTS)
def interview_times(request: HttpRequest, slug: str, interview_id: int) -> HttpResponse:
    """Offers other times, perhaps with another host."""
    interview = found_interview(request, interview_id)
    if interview.state not in states.INTERVIEW_STANDING:
        messages.info(request, "This interview is closed; no other times can be offered.")
        return redirect("interview", slug, interview.pk)

    def carry_out(form: TimesForm) -> Interview:
        return offers.offer_again(
            interview,
            actor=person_of(request),
            host=form.cleaned_data["host"],
            minutes=form.cleaned_data["minutes"],
            slots=form.slots,
        )

    said = "The other times are offered. The candidate gets an e-mail."
    return _times_page(request, interview.case, interview, TimesForm, carry_out, said)


@never_cache
@require_safe
@require_right(SEES)
def interview(request: HttpRequest, slug: str, interview_id: int) -> HttpResponse:
    """One interview: when and with whom, its questions and notes, what can be done."""
    return interview_page(request, found_interview(request, interview_id))


def interview_page(request: HttpRequest, found: Interview, *, refusal: Refusal | None = None) -> HttpResponse:
    """The page of one interview; `refusal`: why an act on it changed nothing."""
    person = person_of(request)
    is_open = found.state in states.INTERVIEW_STANDING
    acts = is_open and access.may_act(found.case, person)
    context = {
        **facts_of(request, found),
        "acts": acts,
        "is_open": is_open,
        "notes_here": acts and found.host_id == person.pk,
        "questions": sheet.questions_of(found),
        "proposals": own_answers.proposals_for(found) if acts else [],
        "slots": found.slots.filter(withdrawn_at=None) if is_open else [],
        "stays": meeting_queries.stays_of(found.meeting) if found.meeting else [],
        "kept_asks": request.POST.get("asks", "") if refusal else "",
        "refusal": refusal,
        "most_asked": sheet.MOST_ASKED,
    }
    status = refusal.status if refusal else 200
    return render(request, "proctoring/interview/page.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right(ACTS)
def interview_close(request: HttpRequest, slug: str, interview_id: int, how: str) -> HttpResponse:
    """Asks once more, then calls it off (`how` "cancel") or notes that nobody came ("missed")."""
    found = interview_or_back(request, interview_id)
    if isinstance(found, HttpResponse):
        return found
    refusal: Refusal | None = None
    if request.method == "POST":
        why, person = request.POST.get("why", ""), person_of(request)
        try:
            if how == "cancel":
                offers.cancel(found, actor=person, why=why)
            else:
                outcome.miss(found, actor=person, why=why)
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, "The interview is closed. The candidate is told.")
            return redirect("interview", slug, found.pk)
        found = found_interview(request, interview_id)
    context = {**facts_of(request, found), "how": how, "refusal": refusal, "kept": request.POST}
    status = refusal.status if refusal else 200
    return render(request, "proctoring/interview/close.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right(ACTS)
def interview_outcome(request: HttpRequest, slug: str, interview_id: int) -> HttpResponse:
    """Where who held it writes down what came of it, beside questions and notes as they stand."""
    found = interview_or_back(request, interview_id)
    if isinstance(found, HttpResponse):
        return found
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            outcome.record(
                found,
                actor=person_of(request),
                outcome=request.POST.get("outcome", ""),
                text=request.POST.get("text", ""),
            )
        except Refusal as error:
            refusal = error
        else:
            said = "The outcome is written down. By itself it changes nothing of the case."
            messages.success(request, said)
            return redirect("interview", slug, found.pk)
        found = found_interview(request, interview_id)
    context = {
        **facts_of(request, found),
        "questions": sheet.questions_of(found),
        "outcomes": InterviewOutcome.choices,
        "is_host": found.host_id == person_of(request).pk,
        "refusal": refusal,
        "kept": request.POST if refusal else QueryDict(),
    }
    status = refusal.status if refusal else 200
    return render(request, "proctoring/interview/outcome.html", context, status=status)


def facts_of(request: HttpRequest, found: Interview) -> dict[str, Any]:
    """What every page about one interview shows."""
    asks_again = found.state == states.INTERVIEW_OFFERED and found.wished_at is not None
    return {
        "interview": found,
        "case": found.case,
        "case_url": reverse("admin:proctoring_case_change", args=[found.case_id]),
        "candidate": found.case.session.candidate,
        "state_words": wording.state_for_staff(found.state, asks_again=asks_again),
        "no_ground": wording.NO_GROUND,
        "no_verdict": wording.NO_VERDICT,
        "zone": zone_of(request),
        "is_live_off": meeting_rules.is_live_off(),
    }


def interview_or_back(request: HttpRequest, interview_id: int) -> Interview | HttpResponse:
    """The interview while a time of it is agreed or offered, else the way back to its page."""
    found = found_interview(request, interview_id)
    if found.state in states.INTERVIEW_STANDING:
        return found
    messages.info(request, "This interview is closed already.")
    return redirect("interview", here_of(request).slug, found.pk)


def _found_case(request: HttpRequest, case_id: int) -> Case:
    related = ("institution", "session__candidate", "session__attempt", "sitting__exam")
    case = Case.objects.filter(pk=case_id).select_related(*related).first()
    if case is None or not access.is_shown_to(case, person_of(request)):
        raise Http404("There is no such case of which you may offer an interview.")
    return case


def _times_page(
    request: HttpRequest,
    case: Case,
    found: Interview | None,
    form_class: type[TimesForm],
    carry_out: Callable[[TimesForm], Interview],
    said: str,
) -> HttpResponse:
    here, people = here_of(request), access.hosts_for(case)
    with timezone.override(ZoneInfo(here.time_zone)):
        initial = _initial(person_of(request), people, found)
        given = request.POST if request.method == "POST" else None
        form = form_class(given, here=here, people=people, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                made = carry_out(form)
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, said)
                return redirect("interview", here.slug, made.pk)
        context = {
            "form": form,
            "case": case,
            "interview": found,
            "candidate": case.session.candidate,
            "case_url": reverse("admin:proctoring_case_change", args=[case.pk]),
            "no_ground": wording.NO_GROUND,
        }
        status = 400 if form.is_bound else 200
        return render(request, "proctoring/interview/offer.html", context, status=status)


def _initial(person: User, people: list[User], found: Interview | None) -> dict[str, Any]:
    if found is not None:
        return {"host": str(found.host_id), "minutes": found.minutes}
    return {"host": str(person.pk)} if person in people else {}
