"""What an attempt holds of the exam itself: deleted when practice is thrown away, or its period is over.

The attempt stays as a shell; head and length of its journal prove that receipts were genuine and say nothing
else.
"""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit, stored_files
from accounts.models import AuditEntry, User
from accounts.transitions import lock
from exams import states
from exams.models import AnnouncementAcknowledgement, AnswerFile, Attempt, MarkChange, PaperItem, RoundAnswer
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict

ERASED = "attempt.records_erased"
"""Verb of the audit entry with which an exam record ends."""


def erase(attempt: Attempt, *, actor: User | None, reason: str) -> dict[str, int]:
    """Deletes the exam record of an ended attempt; how many rows of each sort. A second time changes nothing.

    `reason` stays in the audit log. Raises Conflict: not_ended.
    """
    with transaction.atomic():
        lock(attempt)
        if attempt.records_erased_at is not None or attempt.thrown_away_at is not None:
            return {}
        if attempt.state not in states.ENDED:
            raise Conflict("The attempt has not ended.", code="not_ended")
        counts = delete(attempt, at="records_erased_at")
        detail = {"deleted": counts, "reason": reason, "journal_hash": attempt.journal_hash}
        audit.record(attempt.institution, attempt, ERASED, actor=actor, detail=detail)
    return counts


def delete(attempt: Attempt, *, at: str) -> dict[str, int]:
    """Deletes the rows, and notes the moment in the column `at`; in the caller's transaction and lock."""
    counts = _delete_rows(attempt)
    emptied = {"seed": 0, "device": "", "devices": [], at: clock.now()}
    for name, value in emptied.items():
        setattr(attempt, name, value)
    attempt.save(update_fields=list(emptied))
    return counts


def was_erased(attempt: Attempt) -> bool:
    """Whether the record was erased and the attempt's audit log, unbroken, says so."""
    return attempt.records_erased_at is not None and is_noted(attempt, ERASED)


def is_noted(attempt: Attempt, verb: str) -> bool:
    """Whether an unbroken audit log of the attempt has an entry of that verb."""
    stream = audit.stream_of(attempt)
    noted = AuditEntry.objects.filter(institution=attempt.institution, stream=stream, verb=verb).exists()
    return noted and audit.first_broken_entry(attempt.institution, stream) is None


def _delete_rows(attempt: Attempt) -> dict[str, int]:
    """In an order that the foreign keys allow: what points at others goes before them."""
    files = AnswerFile.objects.filter(attempt=attempt)
    count = stored_files.remove(
        attempt.institution, "answer_files", files.values_list("stored_name", flat=True)
    )
    parts: dict[str, QuerySet[Any]] = {
        "answers_to_mark": RoundAnswer.objects.filter(item__attempt=attempt),  # with their readings
        "released_results": attempt.released.all(),
        "mark_changes": MarkChange.objects.filter(item__attempt=attempt),
        "marks": attempt.marks.all(),
        "answers": attempt.answers.all(),
        "files": files,
        "journal_entries": attempt.journal.all(),
        "kept_answers": attempt.kept.all(),
        "section_runs": attempt.section_runs.all(),
        "question_views": attempt.question_views.all(),
        "lost_time": attempt.lost_time.all(),
        "outside_safe_browser": attempt.outside_safe_browser.all(),
        "read_announcements": AnnouncementAcknowledgement.objects.filter(attempt=attempt),
        "questions": PaperItem.objects.filter(attempt=attempt),
    }
    counts = {}
    for name, rows in parts.items():
        _, deleted = rows.delete()
        counts[name] = deleted.get(rows.model._meta.label, 0)
    assert counts["files"] == count  # under the attempt's lock nothing comes in between
    return {name: number for name, number in counts.items() if number}
