"""The page on which a proctor or an exam officer begins a sitting that waits for a person."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.pages.guards import person_of, require_right
from exams import states
from exams.delivery.beginning import begin_sitting
from exams.models import Attempt, Enrolment, Sitting
from exams.permissions import may_run_sitting
from proctor_site.kernel.errors import Refusal


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right("exams.watch_sitting")
def begin(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """GET: who is ready, and the button. POST: begins; that cannot be taken back."""
    person = person_of(request)
    sitting = Sitting.objects.select_related("exam", "institution").filter(pk=sitting_id).first()
    if sitting is None or not may_run_sitting(person, sitting):
        raise Http404("There is no such sitting that you watch.")
    if request.method == "POST":
        try:
            begin_sitting(sitting, actor=person)
            messages.success(request, "The sitting has begun. Everybody who is ready can start now.")
        except Refusal as refusal:
            messages.warning(request, refusal.message)
        return redirect(request.path)
    attempts = Attempt.objects.filter(enrolment__sitting=sitting)
    context = {
        "sitting": sitting,
        "zone": person.time_zone or sitting.institution.time_zone,
        "ready": attempts.filter(state=states.READY).count(),
        "checking_in": attempts.filter(state__in=(states.SCHEDULED, states.CHECKING_IN)).count(),
        "enrolled": Enrolment.objects.filter(sitting=sitting, withdrawn_at=None).count(),
        "waits_for_a_person": sitting.waits_for_a_person,
    }
    return render(request, "exams/begin.html", context)
