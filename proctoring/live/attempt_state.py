"""How an attempt's progress reads in events and greetings, for the candidate and for proctors."""

from typing import Any

from exams.delivery.queries import seconds_left
from exams.models import Attempt
from proctoring.live.messages import iso


def for_candidate(attempt: Attempt, *, reason: str = "") -> dict[str, Any]:
    """State, clock and the reason that was given, as the candidate may see them."""
    return {
        "state": attempt.state,
        "seconds_left": seconds_left(attempt),
        "deadline_at": iso(attempt.deadline_at),
        "paused_at": iso(attempt.paused_at),
        "ended_by": attempt.ended_by,
        "extra_seconds": attempt.extra_seconds,
        "credited_seconds": attempt.credited_seconds,
        "break_until": iso(attempt.break_until),
        "hand_in_until": iso(attempt.hand_in_until),
        "reason": reason,
    }


def for_proctors(attempt: Attempt, *, verb: str = "", before: str = "", reason: str = "") -> dict[str, Any]:
    """The same with who it is and what happened. Never the reason of an allowance."""
    candidate = attempt.enrolment.candidate
    return {
        **for_candidate(attempt, reason=reason),
        "attempt": attempt.pk,
        "candidate": {"id": candidate.pk, "name": str(candidate)},
        "verb": verb,
        "before": before,
        "started_at": iso(attempt.started_at),
        "ended_at": iso(attempt.ended_at),
    }
