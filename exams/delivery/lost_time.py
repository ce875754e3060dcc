"""Records intervals in which a candidate could not work, and credits them to the deadline."""

from datetime import datetime, timedelta
from typing import Any

from exams import timing
from exams.models import Attempt, LostTime
from exams.models.lost_time import Cause


def end_pause(attempt: Attempt, now: datetime) -> dict[str, Any]:
    """Ends the pause of an attempt, if it is in one: writes the lost time, returns the columns to set.

    The deadline moves by the whole pause, rounded up to seconds. Writes in the caller's transaction.
    """
    if attempt.paused_at is None or attempt.deadline_at is None:
        return {}
    ended_at = max(now, attempt.paused_at)
    credited = timing.credit_seconds(attempt.paused_at, ended_at)
    LostTime.objects.create(
        institution=attempt.institution,
        attempt=attempt,
        cause=Cause.PAUSE,
        started_at=attempt.paused_at,
        ended_at=ended_at,
        credited_seconds=credited,
    )
    return {"paused_at": None, "deadline_at": attempt.deadline_at + timedelta(seconds=credited)}
