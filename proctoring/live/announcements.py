"""How announcements read in events for the candidate."""

from collections.abc import Sequence
from typing import Any

from exams.delivery.announced import AnnouncementView
from proctoring.live.messages import iso

SHOWN = "announcement.shown"
"""Kind of the event, not stored, that brings a page that connects up to date."""


def for_candidate(views: Sequence[AnnouncementView] | None) -> dict[str, Any]:
    """The payload: announcements in plain JSON; `announcements` null when the page has to ask for them."""
    return {"announcements": None if views is None else [_shape(view) for view in views]}


def _shape(view: AnnouncementView) -> dict[str, Any]:
    return {
        **view,
        "announced_at": iso(view["announced_at"]),
        "withdrawn_at": iso(view["withdrawn_at"]),
    }
