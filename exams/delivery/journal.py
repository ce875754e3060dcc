"""Saves answers: every change becomes a chained journal entry, the newest per question the answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.transitions import lock
from exams import states, timing
from exams.delivery import answer_files, heartbeat, receipts
from exams.delivery.changes import Change, RefusedChange, read_change, sequence_of
from exams.delivery.devices import clean_device, turn_of
from exams.delivery.navigation import Gate
from exams.kinds.registry import kind_named
from exams.models import Answer, Attempt, JournalEntry, KeptChange, PaperItem
from proctor_site.kernel import chains, clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Refusal, TooLarge, TooLate, Unavailable
from proctor_site.kernel.figures import SAVE_SECONDS, SAVES, timed

MOST_CHANGES = 200


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch. `attempt` is as it stands afterwards; `device` is the one that holds it."""

    accepted: list[int]
    refused: list[RefusedChange]
    attempt: Attempt
    receipt: str
    at: datetime


def save_batch(attempt: Attempt, *, device: str, changes: Sequence[object]) -> BatchResult:
    """Saves what is good in `changes` (raw JSON objects) and says why the rest is not.

    Idempotent by (attempt, device, client_sequence): a repeat is accepted again and saved once; a repeat with
    other content is refused (repeated_with_other_value). The answer to a question is the change of the latest
    turn (order of take-overs) and in it of the highest client sequence, whatever the order of arrival.
    A device that held the attempt before may still send its leftovers: they enter the journal, and become
    the answer only where no later device has given one.

    The whole batch is refused, and nothing changes: Conflict not_started, paused, ended, other_device;
    TooLate after the deadline, Unavailable (no_pulse) where that is not known yet; TooLarge over
    MOST_CHANGES; InvalidInput for a wrong device.
    """
    device = clean_device(device)
    if len(changes) > MOST_CHANGES:
        raise TooLarge(f"Send at most {MOST_CHANGES} changes at a time.", field="changes")
    with _counted(), transaction.atomic():
        lock(attempt)
        now = clock.now()
        _require_writable(attempt, now)
        batch = Batch(attempt, device, require_turn(attempt, device), now)
        batch.read(changes)
        batch.write()
        return BatchResult(batch.accepted, batch.refused, attempt, receipts.sign_receipt(attempt), now)


@contextmanager
def _counted() -> Iterator[None]:
    try:
        with timed(SAVE_SECONDS):
            yield
    except Refusal:
        SAVES.labels("refused").inc()
        raise
    except Exception:
        SAVES.labels("failed").inc()
        raise
    SAVES.labels("saved").inc()


def _require_writable(attempt: Attempt, now: datetime) -> None:
    if attempt.state in states.WAITING:
        raise Conflict("The exam has not started; answers cannot be saved yet.", code="not_started")
    if attempt.state == states.PAUSED:
        raise Conflict("The exam is paused; answers are saved again when it goes on.", code="paused")
    if attempt.state in states.ENDED:
        raise Conflict("The exam has ended; answers can no longer be changed.", code="ended")
    if (
        attempt.state == states.OVERDUE
        or attempt.deadline_at is None
        or timing.is_past(attempt.deadline_at, now)
    ):
        if attempt.state == states.IN_PROGRESS and heartbeat.is_stale():
            # Before the pulse has said what an outage, or a clock that was set, has cost, nobody is late.
            raise Unavailable("The server has just come back; this answer is to come again.", code="no_pulse")
        raise TooLate("The working time is over; this answer came after the deadline.")


def require_turn(attempt: Attempt, device: str) -> int:
    """The device's last turn as holder. Raises Conflict (other_device) when it never held the attempt."""
    turn = turn_of(attempt.devices or [attempt.device], device)
    if turn is None:
        raise Conflict(
            "This exam is open on another device or in another window. Continue there, or take it over here.",
            code="other_device",
        )
    return turn


@dataclass
class Batch:
    """One batch while it is read and written, under the lock of its attempt."""

    attempt: Attempt
    device: str
    turn: int
    now: datetime
    is_late: bool = False
    accepted: list[int] = field(default_factory=list)
    refused: list[RefusedChange] = field(default_factory=list)
    entries: list[JournalEntry] = field(default_factory=list)

    def read(self, raws: Sequence[object]) -> None:
        """Sorts the changes into entries to write, repeats, and refusals."""
        parsed: list[Change] = []
        for raw in raws:
            try:
                parsed.append(read_change(raw))
            except InvalidInput as refusal:
                self._refuse(sequence_of(raw), refusal)
        gate = Gate(self.attempt, self.device, self.turn, self.now)
        items = self._items({change.item for change in parsed})
        saved = self._saved({change.client_sequence for change in parsed})
        # By the device's own count: a batch may have been put together in any order.
        for change in sorted(parsed, key=lambda each: each.client_sequence):
            try:
                self._take(change, items, saved, gate)
            except Refusal as refusal:
                self._refuse(change.client_sequence, refusal)

    def _items(self, wanted: set[int]) -> dict[int, PaperItem]:
        rows = self.attempt.paper.filter(pk__in=wanted).select_related(
            "section", "version__question", "answer"
        )
        return {item.pk: item for item in rows}

    def _saved(self, wanted: set[int]) -> dict[int, tuple[Any, ...]]:
        rows = self.attempt.journal.filter(device=self.device, client_sequence__in=wanted)
        return {
            entry.client_sequence: (entry.item_id, entry.value, entry.flagged, entry.certainty)
            for entry in rows
        }

    def _take(
        self,
        change: Change,
        items: dict[int, PaperItem],
        saved: dict[int, tuple[Any, ...]],
        gate: Gate,
    ) -> None:
        item = items.get(change.item)
        if item is None:
            raise InvalidInput(
                f"Question {change.item} is not on this paper.", code="not_on_paper", field="item"
            )
        if change.certainty is not None and not item.asks_certainty:
            raise InvalidInput("This question does not ask how sure you are.", field="certainty")
        kind = kind_named(item.version.question.kind)
        value = kind.validate_answer(item.version.content, change.value)
        if kind.holds_files:
            value = answer_files.settled(item, value)
        content = (change.item, value, change.flagged, change.certainty)
        if change.client_sequence not in saved and not self.admits(change, item, value, gate):
            return
        before = saved.setdefault(change.client_sequence, content)
        if before != content:
            raise Conflict(
                "A change with this number was saved before with other content.",
                code="repeated_with_other_value",
                field="client_sequence",
            )
        if before is content:
            self.add(change, item, value)
        if change.client_sequence not in self.accepted:
            self.accepted.append(change.client_sequence)

    def admits(self, change: Change, item: PaperItem, value: Any, gate: Gate) -> bool:
        """Whether a change that is new becomes an entry. Raises Conflict when its question is not open."""
        gate.check(item, change)
        return True

    def add(self, change: Change, item: PaperItem, value: Any) -> None:
        """Takes a change in as a further entry, checked or not."""
        self.entries.append(self._entry(change, item, value))

    def _refuse(self, client_sequence: int | None, refusal: Refusal) -> None:
        self.refused.append(RefusedChange(client_sequence, refusal.code, refusal.message, refusal.field))

    def _entry(self, change: Change, item: PaperItem, value: Any) -> JournalEntry:
        previous = self.entries[-1].hash if self.entries else self.attempt.journal_hash
        entry = JournalEntry(
            institution_id=self.attempt.institution_id,
            attempt=self.attempt,
            sequence=self.attempt.journal_length + len(self.entries) + 1,
            device=self.device,
            client_sequence=change.client_sequence,
            item=item,
            value=value,
            certainty=change.certainty,
            flagged=change.flagged,
            client_at=change.client_at,
            received_at=self.now,
            is_late=self.is_late,
            previous_hash=previous,
        )
        entry.hash = chains.link_hash(previous, entry_payload(entry))
        return entry

    def write(self) -> None:
        """Appends the entries, moves the head of the chain, and sets the answers they change."""
        if not self.entries:
            return
        JournalEntry.objects.bulk_create(self.entries)
        self.attempt.journal_length = self.entries[-1].sequence
        self.attempt.journal_hash = self.entries[-1].hash
        self.attempt.save(update_fields=["journal_length", "journal_hash"])
        answers: dict[int, Answer] = {}
        for entry in self.entries:
            present = answers.get(entry.item_id) or getattr(entry.item, "answer", None)
            if self._is_newer(entry, present):
                answers[entry.item_id] = self._answer(entry, present)
        Answer.objects.bulk_create(
            answers.values(),
            update_conflicts=True,
            unique_fields=["item"],
            update_fields=[
                "value",
                "certainty",
                "flagged",
                "journal_sequence",
                "device_turn",
                "client_sequence",
                "saved_at",
            ],
        )

    def _is_newer(self, entry: JournalEntry, present: Answer | None) -> bool:
        if present is None:
            return True
        return (self.turn, entry.client_sequence) > (present.device_turn, present.client_sequence)

    def _answer(self, entry: JournalEntry, present: Answer | None) -> Answer:
        flagged = entry.flagged if entry.flagged is not None else bool(present and present.flagged)
        return Answer(
            institution_id=self.attempt.institution_id,
            attempt=self.attempt,
            item=entry.item,
            value=entry.value,
            certainty=entry.certainty,
            flagged=flagged,
            journal_sequence=entry.sequence,
            device_turn=self.turn,
            client_sequence=entry.client_sequence,
            saved_at=self.now,
        )


def entry_payload(entry: JournalEntry) -> dict[str, Any]:
    """What the hash of an entry covers; what an entry does not have is left out, so that old ones verify."""
    payload = {
        "attempt": entry.attempt_id,
        "sequence": entry.sequence,
        "device": entry.device,
        "client_sequence": entry.client_sequence,
        "item": entry.item_id,
        "value": entry.value,
        "flagged": entry.flagged,
        "client_at": entry.client_at,
        "received_at": entry.received_at,
    }
    if entry.is_late:
        payload["late"] = True
    return payload | certainty_part(entry)


def certainty_part(row: JournalEntry | KeptChange) -> dict[str, Any]:
    """The part of a hashed payload that a stated certainty adds; empty without one."""
    return {} if row.certainty is None else {"certainty": row.certainty}
