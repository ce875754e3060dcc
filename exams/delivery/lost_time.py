"""Records intervals in which a candidate could not work, and credits them to the deadline."""

from datetime import datetime, timedelta
from typing import Any

from exams import timing
from exams.models import Attempt, LostTime
from exams.models.lost_time import Cause


def end_pause(attempt: Attempt, now: datetime) -> dict[str, Any]:
    """Ends the pause or break of an attempt, if it is in one: writes lost time, returns columns to set.

    The deadline moves by all of it, rounded up to seconds; a break ends at its limit at the latest. Writes in
    the caller's transaction.
    """
    if attempt.paused_at is None or attempt.deadline_at is None:
        return {}
    ended_at = max(now, attempt.paused_at)
    if attempt.break_until is not None:
        ended_at = min(ended_at, attempt.break_until)
    credited = timing.credit_seconds(attempt.paused_at, ended_at)
    LostTime.objects.create(
        institution=attempt.institution,
        attempt=attempt,
        cause=Cause.PAUSE if attempt.break_until is None else Cause.BREAK,
        started_at=attempt.paused_at,
        ended_at=ended_at,
        credited_seconds=credited,
    )
    return {
        "paused_at": None,
        "break_until": None,
        "deadline_at": attempt.deadline_at + timedelta(seconds=credited),
        "credited_seconds": attempt.credited_seconds + credited,
    }
