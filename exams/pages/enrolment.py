"""The door to a sitting: explains it, and opens or continues the attempt."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.pages.guards import person_of
from exams import states
from exams.delivery import attempts, queries
from exams.models import Enrolment
from exams.pages.safe_browser import offer_of
from exams.pages.steps import next_step, url_of
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment(request: HttpRequest, slug: str, enrolment_id: int) -> HttpResponse:
    """GET explains the sitting and the next step; POST opens or continues the attempt and leads on."""
    rows = Enrolment.objects.select_related("sitting__exam", "institution")
    found: Enrolment = get_object_or_404(
        rows, pk=enrolment_id, candidate=person_of(request), withdrawn_at=None
    )
    if request.method == "POST":
        try:
            return redirect(url_of(attempts.open_attempt(found, actor=person_of(request))))
        except Refusal as refusal:
            messages.warning(request, refusal.message)
    runs = list(found.attempts.order_by("-id").select_related("institution"))
    row = queries.sitting_row(found, runs[0] if runs else None)
    zone = person_of(request).time_zone or found.institution.time_zone
    context = {
        "row": row,
        "sitting": found.sitting,
        "exam": found.sitting.exam,
        "step": next_step(row, clock.now()),
        "zone": zone,
        "practised": [each for each in runs if each.state in states.ENDED and each.thrown_away_at is None]
        if found.sitting.is_practice
        else [],
        "safe_browser": offer_of(request, found),
        "has_other_zone": zone != found.sitting.time_zone,
    }
    return render(request, "exams/enrolment.html", context)
