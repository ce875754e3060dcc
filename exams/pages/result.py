"""The candidate's own result: what was released, as far as the exam's policy allows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pages.guards import person_of
from exams.marking.shown import shown_to_candidate
from exams.pages.attempt_links import links_about
from exams.pages.steps import own_attempt


@never_cache
@require_safe
def result(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """Own attempts only; before the release the page says so and shows nothing."""
    attempt = own_attempt(request, attempt_id)
    context = {
        "attempt": attempt,
        "sitting": attempt.enrolment.sitting,
        "exam": attempt.enrolment.sitting.exam,
        "attempt_links": links_about(attempt, slug),
        "shown": shown_to_candidate(attempt),
        "zone": person_of(request).time_zone or attempt.institution.time_zone,
    }
    return render(request, "exams/results/own.html", context)
