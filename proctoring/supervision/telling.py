"""Events of what proctors do, to the candidate and to the pages of proctors."""

from typing import Any

from exams.models import Attempt
from proctoring.live.publish import record_event
from proctoring.models.live_event import Audience


def tell(attempt: Attempt, audience: Audience, kind: str, payload: dict[str, Any]) -> None:
    """Writes the event in the caller's transaction."""
    record_event(
        attempt.institution,
        kind=kind,
        payload=payload,
        audience=audience,
        sitting=attempt.enrolment.sitting,
        attempt=attempt,
    )


def tell_both(attempt: Attempt, kind: str, payload: dict[str, Any]) -> None:
    """The same to the candidate and to the proctors, who also read whom it is about."""
    candidate = attempt.enrolment.candidate
    tell(attempt, Audience.CANDIDATE, kind, payload)
    about = {"candidate": {"id": candidate.pk, "name": str(candidate)}}
    tell(attempt, Audience.PROCTORS, kind, {**payload, **about})
