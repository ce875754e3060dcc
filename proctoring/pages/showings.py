"""What one candidate was asked to show, for the panel of the proctor; and the photo of a face."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.pages.guards import person_of, require_right
from accounts.pages.refusals import refused_page
from exams.models import Attempt
from proctor_site.kernel.errors import Refusal
from proctoring import sessions
from proctoring.identity import showing_pictures, shown
from proctoring.models import Showing
from proctoring.pages.evidence_file import private_picture
from proctoring.pages.watching import watched_sitting


def showings_of(attempt: Attempt, viewer: User, slug: str) -> list[dict[str, Any]]:
    """Newest first, with fresh links to the pictures, also of the face."""
    session = sessions.session_of(attempt)
    found = shown.shown_of(session, viewer, slug) if session else []
    return [each | {"photo": showing_pictures.address_of(each["row"], viewer, slug)} for each in found]


@require_safe
@require_right("exams.watch_sitting")
def shown_photo(request: HttpRequest, slug: str, sitting_id: int, showing_id: int) -> HttpResponse:
    """One photo, after every check of `showing_pictures.open_photo`; each view is logged."""
    sitting = watched_sitting(request, sitting_id)
    rows = Showing.objects.filter(pk=showing_id, session__sitting=sitting)
    showing = rows.select_related("institution", "session__attempt__enrolment__sitting").first()
    if showing is None:
        raise Http404("There is no such photo in this sitting.")
    try:
        data = showing_pictures.open_photo(showing, request.GET.get("link", ""), person_of(request))
    except Refusal as refusal:
        response = refused_page(request, refusal)
        response["Cache-Control"] = "private, no-store"
        return response
    return private_picture(data, name=f"photo-{showing.pk}", content_type="image/jpeg")
