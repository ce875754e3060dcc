"""What was done to one attempt, in words, from the audit log; and what of it can still be taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts import audit
from accounts.models import AuditEntry
from exams.models import Attempt
from exams.states import RUNNING
from proctoring.models import CandidateWarning, TimeGift

_WORDS = {
    "attempt.admit": "let in",
    "attempt.pause": "paused",
    "attempt.resume": "resumed",
    "attempt.terminate": "terminated",
    "attempt.reinstate": "reinstated",
    "attempt.warned": "warned",
    "attempt.warning_withdrawn": "message withdrawn",
    "attempt.time_given": "time given",
    "attempt.time_taken_back": "time taken back",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `code`: the reason as staff read it; `reason`: what the candidate read. `undo`: where a page
    takes it back, with its `label`; "" when it cannot be, or is taken back."""

    at: datetime
    who: str
    words: str
    code: str
    reason: str
    undo: str = ""
    label: str = ""


def entries_of(attempt: Attempt) -> list[Entry]:
    """The acts of staff, newest first; entries from before there were codes have words only. Four queries."""
    rows = AuditEntry.objects.filter(institution=attempt.institution, stream=audit.stream_of(attempt))
    found = rows.filter(verb__in=_WORDS, actor__isnull=False).exclude(actor=attempt.enrolment.candidate_id)
    entries = list(found.select_related("actor").order_by("-sequence"))
    warnings = {each.pk: each for each in CandidateWarning.objects.filter(session__attempt=attempt)}
    open_gifts = TimeGift.objects.filter(attempt=attempt, taken_back_at=None)
    gifts = set(open_gifts.values_list("pk", flat=True)) if attempt.state in RUNNING else set()
    return [_entry(each, warnings, gifts) for each in entries]


def _entry(row: AuditEntry, warnings: dict[int, CandidateWarning], gifts: set[int]) -> Entry:
    detail: dict[str, Any] = row.detail
    words, reason, undo, label = _WORDS[row.verb], str(detail.get("reason", "")), "", ""
    if row.verb.startswith("attempt.time_"):
        words = f"{words}: {detail.get('minutes')} min"
    if row.verb == "attempt.time_given" and detail.get("gift") in gifts:
        undo, label = f"time-gifts/{detail['gift']}/take-back/", "Take back"
    if row.verb.startswith("attempt.warn"):
        warning = warnings.get(detail.get("warning", 0))
        reason = warning.text if warning else ""
        if warning is not None and warning.withdrawn_at is None and row.verb == "attempt.warned":
            undo = f"warnings/{warning.pk}/withdraw/"
            label = "Correct" if warning.acknowledged_at else "Withdraw"
    code = str(detail.get("reason_wording", ""))
    return Entry(row.at, str(row.actor), words, code, reason, undo, label)
