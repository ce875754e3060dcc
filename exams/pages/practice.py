"""Deletes the data of a practice attempt at once, after the candidate has said so twice."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.pages.guards import person_of
from exams.delivery import throwing_away
from exams.pages.steps import own_attempt, url_of
from proctor_site.kernel.errors import Refusal


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def throw_away(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """GET asks whether it is meant; POST deletes. Own attempts of practice sittings only."""
    attempt = own_attempt(request, attempt_id)
    sitting = attempt.enrolment.sitting
    if not sitting.is_practice:
        raise Http404("This is no practice.")
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            throwing_away.throw_away(attempt, actor=person_of(request))
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, "Your practice data is deleted.")
            return redirect(url_of(attempt))
    context = {
        "attempt": attempt,
        "sitting": sitting,
        "exam": sitting.exam,
        "refusal": refusal,
        "back": url_of(attempt),
    }
    status = refusal.status if refusal else 200
    return render(request, "exams/throw_away.html", context, status=status)
