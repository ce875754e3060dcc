"""What was noted of the browser, for the candidate's own page and for the lists of those who look at it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from proctoring.browser import rules
from proctoring.browser.events import BrowserKind
from proctoring.browser.terms import Do
from proctoring.browser.words import WORDS
from proctoring.incidents.recording import moment
from proctoring.ingest.browser_events import terms_of, totals_of
from proctoring.models import MonitoringSession


@dataclass(frozen=True, slots=True)
class Noted:
    """One kind in words, and when it was last noted."""

    words: str
    last_at: datetime


def page_told(session: MonitoringSession | None) -> dict[str, Any] | None:
    """What the exam page must know to note events; None where it notes and prevents nothing."""
    terms = terms_of(session) if session is not None else None
    if session is None or not terms:
        return None
    totals = totals_of(session)
    return {
        "session": str(session.public_id),
        "url": reverse("api_session_browser_events", args=[session.public_id]),
        "full_screen": BrowserKind.FULL_SCREEN_LEFT in terms,
        "kinds": {
            kind.value: {
                "label": WORDS[kind].label,
                "notes": each.do is not Do.IGNORE,
                "blocks": each.blocks,
                # What is only logged is not counted up before the candidate.
                "times": totals[kind].times if kind in totals and each.do.tells else 0,
            }
            for kind, each in terms.items()
        },
    }


def noted_in(session: MonitoringSession | None) -> list[Noted]:
    """A line for each kind that was noted, the latest first. One query."""
    if session is None:
        return []
    found = sorted(totals_of(session).items(), key=lambda pair: -pair[1].last_at)
    return [Noted(rules.explain(kind, each), moment(each.last_at)) for kind, each in found]
