"""What one candidate was asked to show, in words and with links: for the panel and the review."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from proctoring.evidence import custody
from proctoring.models import MonitoringSession, Showing
from proctoring.models.showing import What
from proctoring.states import SHOWING_OPEN

_STATES = {
    "asked": "asked, not answered yet",
    "doing": "the candidate is taking pictures",
    "done": "shown",
    "declined": "declined; a person decides what follows",
    "cancelled": "taken back",
    "expired": "not answered in time",
}
_STEPS = {
    "left": "The room to the left",
    "behind": "The room behind the seat",
    "right": "The room to the right",
    "desk": "On the desk",
    "under": "Under the desk",
}
_ANSWERS = {
    "alike": "the program finds it like the photo of check-in",
    "unlike": "the program finds it unlike the photo of check-in",
    "cannot_say": "the program cannot say whether it is like the photo of check-in",
    "not_compared": "not compared: look at it yourself",
}


def shown_of(
    session: MonitoringSession, viewer: User, slug: str, words: Callable[[str], str] = str
) -> list[dict[str, Any]]:
    """Newest first, with fresh links to the pictures of room and desk; each look at them is logged.

    The reasons that people wrote go through `words`.

    A photo of the face is only said to be there (`has_photo`): its links are made where it is shown.
    """
    rows = Showing.objects.filter(session=session.pk).select_related("asked_by", "session")
    found = [_shown(each, viewer, slug) for each in rows.prefetch_related("pictures")]
    return [each | {"reason": words(each["row"].reason)} for each in found]


def _shown(showing: Showing, viewer: User, slug: str) -> dict[str, Any]:
    return {
        "row": showing,
        "what": What(showing.what).label,
        "state": _STATES[showing.state],
        "is_open": showing.state in SHOWING_OPEN,
        "answer": _ANSWERS.get(showing.answer, ""),
        "has_photo": bool(showing.photo_name),
        "pictures": [
            {
                "id": each.pk,
                "at": each.captured_at,
                "url": custody.address_of(each.pk, viewer, slug),
                "words": _STEPS.get(str(each.about.get("step")), "Picture"),
            }
            for each in sorted(showing.pictures.all(), key=lambda one: one.sequence)
            if each.erased_at is None
        ],
    }
