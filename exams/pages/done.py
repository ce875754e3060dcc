"""The page after the end: what happened, the receipt, what happens next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pages.guards import person_of
from exams.delivery import queries, throwing_away
from exams.marking.shown import shown_to_candidate
from exams.pages.attempt_links import links_about
from exams.pages.reasons import reason_of
from exams.pages.safe_browser import offer_of
from exams.pages.steps import PAGE_OF_STATE, Page, api_url_of, may_practise_again, own_attempt, url_of
from proctor_site.kernel import clock


@never_cache
@require_safe
def done(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """The end of an attempt as its candidate sees it; other states lead to their own page."""
    attempt = own_attempt(request, attempt_id)
    if PAGE_OF_STATE[attempt.state] is not Page.DONE:
        return redirect(url_of(attempt))
    now = clock.now()
    row = queries.sitting_row(attempt.enrolment, attempt)
    paper = list(attempt.paper.select_related("answer"))
    context = {
        "attempt": attempt,
        "sitting": attempt.enrolment.sitting,
        "exam": attempt.enrolment.sitting.exam,
        "question_count": len(paper),
        "answered_count": sum(not _is_blank(getattr(item, "answer", None)) for item in paper),
        "reason": reason_of(attempt),
        "thrown_away_on": throwing_away.due_at(attempt),
        "may_repeat": attempt.enrolment.withdrawn_at is None and may_practise_again(row, now),
        "has_result": shown_to_candidate(attempt) is not None,
        "safe_browser": offer_of(request, attempt.enrolment),
        "api_url": api_url_of(attempt),
        "attempt_links": links_about(attempt, slug),
        "snapshot": queries.attempt_view(attempt),
        "zone": person_of(request).time_zone or attempt.institution.time_zone,
    }
    return render(request, "exams/done.html", context)


def _is_blank(answer: object) -> bool:
    return answer is None or getattr(answer, "value", None) in (None, "", [])
