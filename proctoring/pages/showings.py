"""What one candidate was asked to show, for the panel of the proctor; and the photo of a face."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.pages.guards import person_of, require_right
from accounts.pages.refusals import refused_page
from exams.models import Attempt
from proctor_site.kernel.errors import Refusal
from proctoring.evidence import custody
from proctoring.identity import showing_pictures
from proctoring.models import Showing
from proctoring.models.showing import What
from proctoring.pages.evidence_file import private_picture
from proctoring.pages.watching import watched_sitting
from proctoring.states import SHOWING_OPEN

STATE_WORDS = {
    "asked": "asked, not answered yet",
    "doing": "the candidate is taking pictures",
    "done": "shown",
    "declined": "declined; a person decides what follows",
    "cancelled": "taken back",
    "expired": "not answered in time",
}
STEP_WORDS = {
    "left": "to the left",
    "behind": "behind",
    "right": "to the right",
    "desk": "on the desk",
    "under": "under the desk",
}
ANSWER_WORDS = {
    "alike": "the program finds it like the photo of check-in",
    "unlike": "the program finds it unlike the photo of check-in",
    "cannot_say": "the program cannot say whether it is like the photo of check-in",
    "not_compared": "not compared: look at it yourself",
}


def showings_of(attempt: Attempt, viewer: User, slug: str) -> list[dict[str, Any]]:
    """Newest first, with fresh links to the pictures."""
    rows = Showing.objects.filter(session__attempt=attempt).select_related("asked_by", "session")
    return [_shown(each, viewer, slug) for each in rows.prefetch_related("pictures")]


def _shown(showing: Showing, viewer: User, slug: str) -> dict[str, Any]:
    return {
        "row": showing,
        "what": What(showing.what).label,
        "state": STATE_WORDS[showing.state],
        "is_open": showing.state in SHOWING_OPEN,
        "answer": ANSWER_WORDS.get(showing.answer, ""),
        "photo": showing_pictures.address_of(showing, viewer, slug),
        "pictures": [
            {
                "url": custody.address_of(each.pk, viewer, slug),
                "words": STEP_WORDS.get(str(each.about.get("step")), ""),
            }
            for each in sorted(showing.pictures.all(), key=lambda one: one.sequence)
        ],
    }


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
