"""The door of Safe Exam Browser: keeps exam pages to it, gives out the configuration, says how to open it."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Institution
from accounts.pages.guards import person_of
from accounts.tenancy import within
from exams import states
from exams.delivery import safe_browser
from exams.models import Attempt, Enrolment, Sitting
from exams.models.safe_browser import Sighting
from exams.models.sitting import SafeBrowserUse
from exams.pages.steps import api_url_of
from exams.scheduling.safe_browser import file_of, launch_link, ticket_holder
from proctor_site.kernel.errors import NotFound

_MADE_BY_SEB = "SEB/"
"""In the name by which the program introduces itself. Good for wording; it proves nothing."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Safe Exam Browser as a page offers it. `is_inside`: the page seems to be open in it already."""

    is_required: bool
    is_inside: bool
    launch_link: str
    file_url: str
    end_url: str


def offer_of(request: HttpRequest, enrolment: Enrolment) -> Offer | None:
    """What to offer in this sitting; None where it is no part of it."""
    sitting = enrolment.sitting
    if sitting.safe_browser == SafeBrowserUse.OFF:
        return None
    is_freed = any(each.without_safe_browser for each in enrolment.allowances.all())
    where = [enrolment.institution.slug, sitting.pk]
    return Offer(
        is_required=sitting.safe_browser == SafeBrowserUse.REQUIRED and not is_freed,
        is_inside=_MADE_BY_SEB in request.headers.get("User-Agent", ""),
        launch_link=launch_link(sitting),
        file_url=reverse("safe_browser_file", args=where),
        end_url=reverse("safe_browser_end", args=where),
    )


def kept_out(request: HttpRequest, attempt: Attempt) -> HttpResponse | None:
    """A page that says how to go on, where this request may not see the exam; None where it may.

    A running attempt loses nothing by it: what was typed is saved, and what is typed elsewhere still is.
    """
    sighting = safe_browser.look(attempt, request)
    if sighting is Sighting.RIGHT:
        return None
    safe_browser.note(attempt, request)
    context = {
        "attempt": attempt,
        "exam": attempt.enrolment.sitting.exam,
        "sitting": attempt.enrolment.sitting,
        "is_wrong": sighting is Sighting.WRONG,
        "is_running": attempt.state in states.RUNNING,
        "safe_browser": offer_of(request, attempt.enrolment),
        "api_url": api_url_of(attempt),
    }
    return render(request, "exams/safe_browser.html", context, status=403)


@never_cache
@require_safe
def safe_browser_start(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """Where a configuration starts: leads the signed-in candidate to the own enrolment."""
    found = get_object_or_404(
        Enrolment, sitting_id=sitting_id, candidate=person_of(request), withdrawn_at=None
    )
    return redirect("enrolment", slug, found.pk)


@require_safe
def safe_browser_end(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """Safe Exam Browser closes when a link leads here, and asks for nothing; other browsers go on."""
    return redirect("home")


@never_cache
@require_safe
def safe_browser_file(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """The configuration as a download: for enrolled candidates, and for staff who see the sitting."""
    sitting: Sitting = get_object_or_404(Sitting.objects.select_related("institution"), pk=sitting_id)
    person = person_of(request)
    enrolled = Enrolment.objects.filter(sitting=sitting, candidate=person, withdrawn_at=None)
    if not enrolled.exists() and not person.has_perm("exams.view_sitting", sitting):
        raise Http404("There is no such sitting of yours.")
    return _as_file(sitting)


@never_cache
@require_safe
def safe_browser_launch(request: HttpRequest, ticket: str) -> HttpResponse:
    """The configuration for Safe Exam Browser itself, which is not signed in when it asks."""
    institution_id, sitting_id = ticket_holder(ticket)
    institution = get_object_or_404(Institution, pk=institution_id)
    with within(institution):
        sitting: Sitting = get_object_or_404(Sitting.objects.select_related("institution"), pk=sitting_id)
        return _as_file(sitting)


def _as_file(sitting: Sitting) -> HttpResponse:
    try:
        data = file_of(sitting)
    except NotFound as refusal:
        raise Http404(refusal.message) from refusal
    response = HttpResponse(data, content_type="application/seb")
    response["Content-Disposition"] = f'attachment; filename="exam-{sitting.pk}.seb"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
