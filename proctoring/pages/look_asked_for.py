"""A person who watched or reads a report asks that somebody look at the attempt: a case is opened."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.pages.guards import here_of, person_of, require_right
from proctor_site.kernel.errors import Refusal
from proctoring.models import Case
from proctoring.pages.reports import found_session, report_url
from proctoring.reports.sources import shown_to
from proctoring.review import cases


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_right("proctoring.ask_for_case")
def ask_for_look(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET: the form with what follows; POST: asks, once for an attempt."""
    viewer, session = person_of(request), found_session(request, public_id=public_id)
    back, refusal = report_url(here_of(request).slug, session), None
    if request.method == "POST":
        try:
            cases.ask_for(session, actor=viewer, reason=request.POST.get("reason", ""))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "You have asked for a look: readers have it in their queue now.")
            return redirect(back)
    case = Case.objects.filter(session=session).select_related("institution").first()
    if case is not None:
        case.session = session
    context = {
        "session": session,
        "candidate": shown_to(session, case, viewer).name,
        "case": case,
        "reads_cases": viewer.has_perm("proctoring.read_case"),
        "is_over": session.ended_at is not None,
        "refusal": refusal,
        "reason": request.POST.get("reason", ""),
        "most": cases.MOST_IN_REASON,
        "back": back,
    }
    status = refusal.status if refusal else 200
    return render(request, "proctoring/reports/look.html", context, status=status)
