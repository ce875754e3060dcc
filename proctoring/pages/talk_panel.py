"""What the details of one candidate show of messages, and who looks first."""

from typing import Any

from django.http import HttpRequest

from accounts.models import User
from accounts.pages.guards import person_of
from exams.models import Attempt, Enrolment, Sitting
from proctoring.models import WatchAssignment
from proctoring.rota import queries as rota
from proctoring.talk import queries


def of_attempt(attempt: Attempt) -> dict[str, Any]:
    """All messages, oldest first, the raised hand, and why nothing can be written, if so."""
    return {
        "messages": list(queries.messages_of(attempt)),
        "hand_since": queries.hand_since(attempt),
        "closed": queries.why_closed(attempt)[1],
    }


def looks_first(enrolment: Enrolment) -> User | None:
    """The proctor who looks first at a candidate, if there is one."""
    found = WatchAssignment.objects.filter(enrolment=enrolment, until=None).select_related("proctor").first()
    return found.proctor if found else None


def of_wall(request: HttpRequest, sitting: Sitting) -> dict[str, Any]:
    """What the proctor's page needs of hand-overs: who reads it, and what waits for an answer."""
    offers = [rota.offer_shape(each) for each in rota.open_offers(sitting)]
    return {"me": person_of(request).pk, "hand_overs": offers}
