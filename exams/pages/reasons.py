"""Why a person paused or ended an attempt, in the words they wrote for the candidate."""

from accounts.audit import stream_of
from accounts.models import AuditEntry
from exams import states
from exams.models import Attempt

_VERBS = {states.PAUSED: "pause", states.TERMINATED: "terminate", states.REFUSED: "refuse"}


def reason_of(attempt: Attempt) -> str:
    """The reason given with the move into the present state; empty where nobody gives one."""
    verb = _VERBS.get(attempt.state)
    if verb is None or attempt.break_until is not None:
        return ""
    entries = AuditEntry.objects.filter(stream=stream_of(attempt), verb=f"attempt.{verb}")
    newest = entries.order_by("-sequence").first()
    return str(newest.detail.get("reason", "")) if newest else ""
