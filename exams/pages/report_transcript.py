"""The printable transcript of one attempt: all of it for the office, what was released for its candidate."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.naming import names_for
from accounts.pages.guards import person_of, require_right
from accounts.pages.refusals import refused_page
from exams.marking.shown import shown_to_candidate
from exams.models import Attempt
from exams.pages.steps import own_attempt
from exams.reports.transcripts import transcript_of
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Refusal


@never_cache
@require_safe
@require_right("exams.export_results")
def transcript(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """All answers of an attempt with right answers, points and result; each view is in the audit log."""
    rows = Attempt.objects.select_related("enrolment__sitting__exam", "enrolment__candidate", "institution")
    attempt = rows.filter(pk=attempt_id, enrolment__sitting__is_practice=False).first()
    if attempt is None:
        raise Http404("There is no such attempt.")
    try:
        names = names_for(request.user, attempt.institution)
        names.require([attempt.enrolment.candidate_id], "A transcript")
        made = transcript_of(attempt, reader=person_of(request))
    except Refusal as refusal:
        return refused_page(request, refusal)
    context = _context(request, attempt) | {"transcript": made}
    return render(request, "exams/reports/transcript.html", context)


@never_cache
@require_safe
def own_transcript(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """The candidate's own, as far as results are released; before that, the result page says so.

    None of practice: printed, it could be taken for one of the exam.
    """
    attempt = own_attempt(request, attempt_id)
    shown = shown_to_candidate(attempt)
    if shown is None or attempt.enrolment.sitting.is_practice:
        return redirect("attempt_result", slug=slug, attempt_id=attempt_id)
    return render(request, "exams/reports/own_transcript.html", _context(request, attempt) | {"shown": shown})


def _context(request: HttpRequest, attempt: Attempt) -> dict[str, Any]:
    sitting = attempt.enrolment.sitting
    return {
        "attempt": attempt,
        "sitting": sitting,
        "exam": sitting.exam,
        "candidate": attempt.enrolment.candidate,
        "now": clock.now(),
        "zone": person_of(request).time_zone or attempt.institution.time_zone,
    }
