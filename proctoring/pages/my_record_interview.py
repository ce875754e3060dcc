"""Where candidates answer the offer of an interview: choose a time, ask for another one, or decline."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.pages.guards import person_of
from exams.models import Attempt
from proctor_site.kernel.errors import InvalidInput, NotFound, Refusal
from proctoring import states
from proctoring.interviews import access, answers, queries
from proctoring.models import Interview
from proctoring.pages.my_record import recorded_attempt
from proctoring.pages.watching import zone_of

_ACTS = ("agree", "ask", "decline")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_record_interview(request: HttpRequest, slug: str, attempt_id: int, number: int) -> HttpResponse:
    """One own interview. A POST says what is wanted (`do`), and is carried out once confirmed (`sure`)."""
    attempt = recorded_attempt(request, attempt_id)
    interview = _own(request, attempt, number)
    if request.method != "POST":
        return _page(request, attempt, interview)
    act = request.POST.get("do", "")
    try:
        if act not in _ACTS:
            raise InvalidInput("Choose one of the buttons.", field="do")
        if request.POST.get("sure") != "1":
            return _ask(request, attempt, interview, act)
        messages.success(request, _carry_out(request, interview, act))
    except Refusal as refusal:
        return _page(request, attempt, _own(request, attempt, number), refusal=refusal)
    return redirect("my_record_interview", slug, attempt.pk, number)


def _own(request: HttpRequest, attempt: Attempt, number: int) -> Interview:
    try:
        return access.own(attempt, number, person_of(request))
    except NotFound as refusal:
        raise Http404(refusal.message) from None


def _carry_out(request: HttpRequest, interview: Interview, act: str) -> str:
    """Does it; what the page says then."""
    person, text = person_of(request), request.POST.get("text", "")
    if act == "agree":
        answers.agree(interview, candidate=person, slot_id=_slot_of(request))
        return "Agreed. You get an e-mail with the way to the meeting and a file for your calendar."
    if act == "ask":
        answers.ask_again(interview, candidate=person, text=text)
        return "Your wish has arrived. You get an e-mail when other times are offered."
    answers.decline(interview, candidate=person, text=text)
    return "You have declined. That proves nothing and is not held against you."


def _ask(request: HttpRequest, attempt: Attempt, interview: Interview, act: str) -> HttpResponse:
    """The page that asks once more, with what was chosen or written. Raises InvalidInput."""
    chosen = None
    if act == "agree":
        wanted = _slot_of(request)
        chosen = next((each for each in answers.choosable(interview) if each.pk == wanted), None)
        if chosen is None:
            raise InvalidInput("Choose one of the times that are offered.", field="slot")
    text = request.POST.get("text", "")
    if act == "ask" and not text.strip():
        raise InvalidInput("Say when you can come.", field="text")
    context = {"act": act, "chosen": chosen, "text": text, **_about(request, attempt, interview)}
    return render(request, "proctoring/record/interview_sure.html", context)


def _page(
    request: HttpRequest, attempt: Attempt, interview: Interview, *, refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        **_about(request, attempt, interview),
        "line": queries.own_line(interview, interview.case),
        "slots": answers.choosable(interview),
        "is_open": interview.state in states.INTERVIEW_STANDING,
        "chosen_slot": request.POST.get("slot", ""),
        "text": request.POST.get("text", "") if refusal else "",
        "refused_act": request.POST.get("do", "") if refusal else "",
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "proctoring/record/interview.html", context, status=status)


def _about(request: HttpRequest, attempt: Attempt, interview: Interview) -> dict[str, Any]:
    return {
        "attempt": attempt,
        "exam": attempt.enrolment.sitting.exam,
        "sitting": attempt.enrolment.sitting,
        "interview": interview,
        "zone": zone_of(request),
    }


def _slot_of(request: HttpRequest) -> int:
    """The time that was chosen; 0: none."""
    text = request.POST.get("slot", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
