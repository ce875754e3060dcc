"""The printable transcript of one attempt, for the office."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pages.guards import here_of, person_of, require_right
from accounts.pages.refusals import refused_page
from exams.models import Attempt
from exams.reports.transcripts import transcript_of
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Refusal


@never_cache
@require_safe
@require_right("exams.export_results")
def transcript(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """All answers of an attempt with right answers, points and result; each view is in the audit log."""
    rows = Attempt.objects.select_related("enrolment__sitting__exam", "enrolment__candidate", "institution")
    attempt = rows.filter(pk=attempt_id).first()
    if attempt is None:
        raise Http404("There is no such attempt.")
    try:
        made = transcript_of(attempt, reader=person_of(request))
    except Refusal as refusal:
        return refused_page(request, refusal)
    sitting = attempt.enrolment.sitting
    context = {
        "transcript": made,
        "attempt": attempt,
        "sitting": sitting,
        "exam": sitting.exam,
        "candidate": attempt.enrolment.candidate,
        "now": clock.now(),
        "zone": person_of(request).time_zone or here_of(request).time_zone,
    }
    return render(request, "exams/reports/transcript.html", context)
