"""Checks a journal: every link of the chain, its length, and that the answers are what the journal says."""

from dataclasses import dataclass

from django.db import transaction

from accounts.transitions import lock
from exams.delivery import records, throwing_away
from exams.delivery.journal import entry_payload
from exams.delivery.late import kept_payload
from exams.models import Attempt
from proctor_site.kernel import chains


@dataclass(frozen=True, slots=True)
class JournalFault:
    """The first thing in a journal that does not fit: which entry (from 1), and what is wrong."""

    sequence: int
    detail: str


def verify_journal(attempt: Attempt) -> JournalFault | None:
    """The first fault of an attempt's journal, or None when it is whole and the answers agree with it.

    The journal of an attempt that was thrown away as announced, or erased after its period, is whole when
    nothing of it is left. Looks under the lock that saving takes: else an answer that comes meanwhile would
    look like a forged one.
    """
    with transaction.atomic():
        lock(attempt)
        return _first_fault(attempt)


def _first_fault(attempt: Attempt) -> JournalFault | None:
    entries = list(attempt.journal.order_by("sequence"))
    if attempt.thrown_away_at is not None or attempt.records_erased_at is not None:
        if entries:
            return JournalFault(1, "Entries are left, although the attempt was thrown away or erased.")
        if not (throwing_away.was_announced(attempt) or records.was_erased(attempt)):
            return JournalFault(1, "The journal was emptied, and no true audit entry says so.")
        return None
    broken = chains.first_break((entry.previous_hash, entry.hash, entry_payload(entry)) for entry in entries)
    if broken is not None:
        sequence = entries[broken].sequence
        return JournalFault(sequence, f"Entry {sequence} was altered, or an entry before it is missing.")
    last = entries[-1].hash if entries else chains.GENESIS
    if (len(entries), last) != (attempt.journal_length, attempt.journal_hash):
        return JournalFault(
            len(entries) + 1,
            f"The journal has {len(entries)} entries; the attempt says {attempt.journal_length}.",
        )
    values = {entry.sequence: (entry.item_id, entry.value, entry.certainty) for entry in entries}
    for answer in attempt.answers.order_by("journal_sequence"):
        if values.get(answer.journal_sequence) != (
            answer.item_id,
            answer.value,
            answer.certainty,
        ):
            return JournalFault(
                answer.journal_sequence, f"The answer to item {answer.item_id} differs from the journal."
            )
    rows = attempt.kept.order_by("sequence")
    kept = chains.first_break((row.previous_hash, row.hash, kept_payload(row)) for row in rows)
    if kept is not None:
        return JournalFault(
            kept + 1, "A kept answer that was not counted was altered, or one before it is missing."
        )
    return None
