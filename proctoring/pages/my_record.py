"""The candidate's own record: the list of own exams, and everything about one of them."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pages.guards import here_of, person_of
from accounts.pages.refusals import refused_page
from exams import states
from exams.models import Attempt
from exams.pages.steps import own_attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Refusal
from proctoring import coverage, sessions
from proctoring.identity import kept_face_data, notice
from proctoring.interviews import queries as interviews
from proctoring.models import Case, MonitoringSession, Reply
from proctoring.models.reply import ReplyPart
from proctoring.pages.evidence_file import private_picture
from proctoring.pages.watching import zone_of
from proctoring.rights import record, released, replies, stages, wording
from proctoring.states import CASE_REPLY_WINDOW
from proctoring.wording import language_of

_PER_PAGE = 20


@never_cache
@require_safe
def my_record(request: HttpRequest, slug: str) -> HttpResponse:
    """Own exams at this institution that were begun, the newest first."""
    rows = record.attempts_of(person_of(request), here_of(request).pk)
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    asked = interviews.waiting_in(page)
    lines = [{"attempt": each, "is_asked": each.pk in asked, **_line(each)} for each in page]
    context = {"page": page, "lines": lines, "zone": zone_of(request)}
    return render(request, "proctoring/record/list.html", context)


@never_cache
@require_safe
def my_record_attempt(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """One own attempt: where it stands, what was captured, who has looked."""
    attempt = recorded_attempt(request, attempt_id)
    return render(request, "proctoring/record/one.html", record_context(request, attempt))


@never_cache
@require_safe
def my_record_links(request: HttpRequest, slug: str, attempt_id: int) -> JsonResponse:
    """Fresh links to the own released evidence; the page asks when its own have expired."""
    case = case_of(recorded_attempt(request, attempt_id))
    return JsonResponse(released.fresh_links(case, person_of(request), slug))


@require_safe
def my_record_photo(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """The own reference photo, by the link that the page made; the look is logged."""
    session = sessions.session_of(recorded_attempt(request, attempt_id))
    if session is None:
        raise Http404("There is no photo of you here.")
    try:
        data = kept_face_data.open_photo(session, request.GET.get("link", ""), viewer=person_of(request))
    except Refusal as refusal:
        response = refused_page(request, refusal)
        response["Cache-Control"] = "private, no-store"
        return response
    return private_picture(data, name=f"my-photo-{attempt_id}", content_type="image/jpeg")


def recorded_attempt(request: HttpRequest, attempt_id: int) -> Attempt:
    """The own attempt. Raises Http404 for everybody else, and for practice that was thrown away."""
    attempt = own_attempt(request, attempt_id)
    if attempt.thrown_away_at is not None:
        raise Http404("The data of this practice attempt is deleted.")
    return attempt


def case_of(attempt: Attempt) -> Case | None:
    """The case of the attempt, if people look at it."""
    rows = Case.objects.filter(session__attempt=attempt)
    return rows.select_related("institution", "session__institution", "session__candidate").first()


def record_context(request: HttpRequest, attempt: Attempt) -> dict[str, Any]:
    """What the page about one attempt shows."""
    session, case = sessions.session_of(attempt), case_of(attempt)
    facts = replies.facts_of(case, attempt.ended_at)
    return {
        "attempt": attempt,
        "sitting": attempt.enrolment.sitting,
        "exam": attempt.enrolment.sitting.exam,
        "zone": zone_of(request),
        "steps": stages.steps_of(facts, clock.now()),
        "session": session,
        "interviews": interviews.own_of(case),
        **(_captured(request, attempt, session) if session else {}),
        **(_reviewed(request, attempt, case, facts) if case else {}),
    }


def _reviewed(request: HttpRequest, attempt: Attempt, case: Case, facts: stages.Facts) -> dict[str, Any]:
    """The case, as far as it is released."""
    person, slug, now = person_of(request), attempt.institution.slug, clock.now()
    found: dict[str, Any] = {"case": case, "verdict_words": wording.VERDICT_WORDS.get(case.verdict, "")}
    if not released.is_released(case):
        return found
    renew_url = reverse("my_record_links", args=[slug, attempt.pk])
    return found | {
        "is_released": True,
        "renew_url": renew_url,
        "incidents": released.incidents_of(case, person, slug, renew_url),
        "others": released.others_of(case, person, slug, renew_url),
        "reasons": released.reasons_of(case, language_of(attempt)),
        "replies": list(Reply.objects.filter(case=case).prefetch_related("files").order_by("number")),
        "may_reply": replies.is_offered(case, ReplyPart.REPLY) and case.state == CASE_REPLY_WINDOW,
        "is_in_time": stages.may_reply_in_time(facts, now),
        "may_appeal": replies.is_offered(case, ReplyPart.APPEAL),
        "appeals_in_time": stages.may_appeal_in_time(facts, now),
    }


def _captured(request: HttpRequest, attempt: Attempt, session: MonitoringSession) -> dict[str, Any]:
    consents = record.consents_of(session)
    found: dict[str, Any] = {
        "consents": [
            {
                "row": each,
                "parts": record.agreed_in_words(each),
                "ending": record.ending_of(each, later),
                "paragraphs": notice.paragraphs_of(each.notice.body),
            }
            for each, later in zip(consents, [None, *consents], strict=False)
        ],
        # Counts that grow while the exam runs would tell when something is noticed.
        "is_over": attempt.state in states.ENDED,
    }
    if not found["is_over"]:
        return found
    watched = coverage.coverage_of(session)
    share, kept = watched.watched_share, record.kept_of(session)
    counted = watched.totals.captured or watched.totals.clips_s or watched.totals.screens
    return found | {
        "coverage": {
            "minutes": len(watched.minutes),
            "share": None if share is None else round(100 * share),
        }
        if counted
        else None,
        "kept": kept,
        "is_held": any(each.keeping.is_held for each in kept),
        "photo_link": kept_face_data.photo_link(session, person_of(request)),
        "looks": record.looks_at(session),
        "live_looks": record.live_looks_at(attempt),
    }


def _line(attempt: Attempt) -> dict[str, str]:
    """What the list says of one attempt."""
    if attempt.state not in states.ENDED:
        return {"badge": "not over", "note": "What was captured is listed here after the end."}
    session: MonitoringSession | None = getattr(attempt, "monitoring", None)
    if session is None:
        return {"badge": "", "note": "Nothing was captured."}
    facts = replies.facts_of(getattr(session, "case", None), attempt.ended_at)
    return stages.line_of(facts, clock.now())
