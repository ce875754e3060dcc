"""The waiting page: from check-in until the window opens, with a countdown by the server's time."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pages.guards import person_of
from exams import timing
from exams.delivery import announced, queries
from exams.delivery.admission import extra_of, window_of
from exams.delivery.beginning import turn_of
from exams.delivery.navigation import parts_of
from exams.delivery.tools import tools_of
from exams.pages.safe_browser import kept_out
from exams.pages.steps import PAGE_OF_STATE, Page, api_url_of, own_attempt, url_of
from proctor_site.kernel import clock


@never_cache
@require_safe
def waiting(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """Instructions, countdown and the button that starts the clock; other states lead to their own page."""
    attempt = own_attempt(request, attempt_id)
    if PAGE_OF_STATE[attempt.state] is not Page.WAITING:
        return redirect(url_of(attempt))
    if (elsewhere := kept_out(request, attempt)) is not None:
        return elsewhere
    sitting = attempt.enrolment.sitting
    extra = extra_of(attempt.enrolment)
    window = window_of(attempt.enrolment)
    turn = turn_of(attempt)
    context = {
        "attempt": attempt,
        "sitting": sitting,
        "exam": sitting.exam,
        "turn": turn,
        "is_open": turn.at is not None and turn.at <= clock.now() <= timing.latest_start(window),
        "minutes": sitting.duration_minutes + round(extra.total_seconds() / 60),
        "extra_minutes": round(extra.total_seconds() / 60),
        **attempt.paper.aggregate(
            question_count=Count("pk"), certainty_count=Count("pk", filter=Q(asks_certainty=True))
        ),
        "parts": parts_of(attempt),
        "tools": tools_of(attempt),
        "latest_start": timing.latest_start(window),
        "api_url": api_url_of(attempt),
        "exam_url": url_of(attempt, Page.EXAM),
        "home_url": "/",
        "zone": person_of(request).time_zone or attempt.institution.time_zone,
        "announcements": announced.views_of(attempt),
        "timing": {
            "snapshot": queries.attempt_view(attempt),
            "opens_at": turn.at,
            "latest_start": timing.latest_start(window),
        },
    }
    return render(request, "exams/waiting.html", context)
