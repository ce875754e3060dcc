"""Answers that arrive after the end: those given in time count, marked as late; the others are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states, timing
from exams.delivery import late_rules, receipts
from exams.delivery.changes import Change, RefusedChange
from exams.delivery.devices import clean_device, turn_of
from exams.delivery.journal import MOST_CHANGES, Batch, certainty_part, require_turn
from exams.delivery.late_rules import Known
from exams.delivery.navigation import Gate
from exams.marking.rounds import add_attempt
from exams.marking.services import has_person_mark, mark_automatically
from exams.models import Attempt, KeptChange, PaperItem
from proctor_site.kernel import chains, clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Refusal, TooLarge

KEPT_DAYS = 30
"""So long after the end leftovers are still taken in, to be looked at."""
MOST_KEPT = 1_000
_SAMPLES = 20


@dataclass(frozen=True, slots=True)
class LateResult:
    """What became of a late batch: numbers that count, those kept with the reason, and those refused."""

    counted: list[int]
    kept: dict[int, str]
    refused: list[RefusedChange]
    attempt: Attempt
    receipt: str
    at: datetime


def send_late(attempt: Attempt, *, device: str, changes: Sequence[object]) -> LateResult:
    """Takes in what a device could not send before the end. Repeats are harmless, as in `journal.save_batch`.

    Raises Conflict: not_started, not_over (answers still go the ordinary way), other_device, ended (KEPT_DAYS
    after the end), gone (practice that was thrown away); TooLarge over MOST_CHANGES; InvalidInput for a
    wrong device.
    """
    device = clean_device(device)
    if len(changes) > MOST_CHANGES:
        raise TooLarge(f"Send at most {MOST_CHANGES} changes at a time.", field="changes")
    with transaction.atomic():
        lock(attempt)
        now = clock.now()
        end = _end_of(attempt, now)
        batch = LateBatch(attempt, device, require_turn(attempt, device), now, is_late=True)
        batch.known = known_of(attempt, device, end, now)
        batch.read(changes)
        batch.write()
        batch.write_kept()
        if batch.entries:
            _note(attempt, batch, actor=None, verb="attempt.late_answers_counted")
            _mark_again(attempt)
        receipt = receipts.sign_receipt(attempt)
        return LateResult(batch.accepted, batch.kept, batch.refused, attempt, receipt, now)


def accept_kept(attempt: Attempt, ids: Iterable[int], *, actor: User, reason: str) -> int:
    """Counts kept changes after all; how many. They enter the journal as late, and are marked by rule.

    Raises InvalidInput (reason, kept).
    """
    wanted = set(ids)
    if not reason.strip():
        raise InvalidInput("Say why, in a few words.", field="reason", code="required")
    with transaction.atomic():
        lock(attempt)
        rows = attempt.kept.filter(pk__in=wanted, accepted_at=None)
        chosen = list(rows.select_related("item__version__question", "item__answer").order_by("sequence"))
        if not chosen or len(chosen) != len(wanted):
            raise InvalidInput("Choose answers of this attempt that are not counted yet.", field="kept")
        _count(attempt, chosen, actor=actor, verb="attempt.kept_answers_accepted", reason=reason.strip())
        _mark_again(attempt)
    return len(chosen)


def count_after_reinstatement(attempt: Attempt, *, ended_at: datetime, actor: User | None) -> int:
    """A termination is taken back: what arrived since `ended_at` and was given before it counts after all.

    By the rules of late answers, each change at the moment at which it arrived. In the caller's transaction;
    how many.
    """
    rows = attempt.kept.filter(why=late_rules.TERMINATED, accepted_at=None, received_at__gte=ended_at)
    rows = rows.select_related("item__version__question", "item__answer", "item__section")
    by_device: dict[str, list[KeptChange]] = {}
    for row in rows.order_by("client_sequence"):
        by_device.setdefault(row.device, []).append(row)
    counting = []
    for device, found in by_device.items():
        end = min(ended_at, attempt.deadline_at or ended_at)
        known = known_of(attempt, device, end, clock.now())
        gate = Gate(attempt, device, require_turn(attempt, device), end)
        for row in found:
            if not late_rules.why_not(row.client_at, replace(known, now=row.received_at)):
                counting += [row] if _is_open(gate, row) else []
    if counting:
        _count(attempt, counting, actor=actor, verb="attempt.kept_answers_reinstated")
    return len(counting)


def _is_open(gate: Gate, row: KeptChange) -> bool:
    try:
        gate.check(row.item, _change(row))
    except Refusal:
        return False
    return True


def _count(
    attempt: Attempt, rows: Sequence[KeptChange], *, actor: User | None, verb: str, reason: str = ""
) -> None:
    now = clock.now()
    for device in dict.fromkeys(row.device for row in rows):
        turn = turn_of(attempt.devices or [attempt.device], device) or 0
        batch = LateBatch(attempt, device, turn, now, is_late=True)
        for row in (each for each in rows if each.device == device):
            batch.add(_change(row), row.item, row.value)
        batch.write()
        _note(attempt, batch, actor=actor, verb=verb, reason=reason)
    KeptChange.objects.filter(pk__in=[row.pk for row in rows]).update(accepted_at=now, accepted_by=actor)


@dataclass
class LateBatch(Batch):
    """A batch after the end: a change that does not count is kept instead of refused."""

    known: Known | None = None
    kept: dict[int, str] = field(default_factory=dict)
    _rows: list[tuple[Change, PaperItem, Any, str]] = field(default_factory=list)

    def admits(self, change: Change, item: PaperItem, value: Any, gate: Gate) -> bool:
        why = self._why_not(change, item, gate)
        if why:
            if change.client_sequence not in self.kept:
                self._rows.append((change, item, value, why))
            self.kept.setdefault(change.client_sequence, why)
        return not why

    def _why_not(self, change: Change, item: PaperItem, gate: Gate) -> str:
        if self.attempt.state == states.TERMINATED:
            return late_rules.TERMINATED
        if self.known is None:
            return late_rules.UPLOAD_OVER
        why = late_rules.why_not(change.client_at, self.known)
        if not why and has_person_mark(item):
            why = late_rules.MARKED
        if not why:
            try:
                gate.check(item, change)
            except Refusal as refusal:
                why = refusal.code
        return why

    def write_kept(self) -> None:
        """Appends what does not count to the chain of kept changes; a number that is there stays as it is."""
        known = self.attempt.kept.filter(device=self.device, client_sequence__in=list(self.kept))
        there = dict(known.values_list("client_sequence", "why"))
        self.kept |= there
        last = self.attempt.kept.order_by("-sequence").first()
        sequence, previous = (last.sequence, last.hash) if last else (0, chains.GENESIS)
        made = []
        for change, item, value, why in self._rows:
            if change.client_sequence in there:
                continue
            sequence += 1
            if sequence > MOST_KEPT:
                raise TooLarge(f"At most {MOST_KEPT} late answers are kept.", field="changes")
            row = self._kept_row(change, item, value, why)
            row.sequence, row.previous_hash = sequence, previous
            row.hash = previous = chains.link_hash(previous, kept_payload(row))
            made.append(row)
        KeptChange.objects.bulk_create(made)

    def _kept_row(self, change: Change, item: PaperItem, value: Any, why: str) -> KeptChange:
        return KeptChange(
            institution_id=self.attempt.institution_id,
            attempt=self.attempt,
            device=self.device,
            client_sequence=change.client_sequence,
            item=item,
            value=value,
            certainty=change.certainty,
            flagged=change.flagged,
            client_at=change.client_at,
            received_at=self.now,
            why=why,
        )


def kept_payload(row: KeptChange) -> dict[str, Any]:
    """What the hash of a kept change covers."""
    return {
        "attempt": row.attempt_id,
        "sequence": row.sequence,
        "device": row.device,
        "client_sequence": row.client_sequence,
        "item": row.item_id,
        "value": row.value,
        "flagged": row.flagged,
        "client_at": row.client_at,
        "received_at": row.received_at,
        "why": row.why,
    } | certainty_part(row)


def _end_of(attempt: Attempt, now: datetime) -> datetime:
    """Until when answers could be given: the end, or the deadline where it was handed in after that."""
    if attempt.is_emptied:
        raise Conflict("What you did here was deleted; nothing more is taken in.", code="gone")
    if attempt.deadline_at is None:
        raise Conflict("The exam has not started; there are no late answers.", code="not_started")
    if attempt.state in states.ENDED and attempt.ended_at is not None:
        end = min(attempt.ended_at, attempt.deadline_at)
    elif attempt.state != states.PAUSED and timing.is_past(attempt.deadline_at, now):
        end = attempt.deadline_at
    else:
        raise Conflict("The exam is not over; answers are saved the ordinary way.", code="not_over")
    if now > end + timedelta(days=KEPT_DAYS):
        raise Conflict("The exam ended too long ago; tell your exam office.", code="ended")
    return end


def known_of(attempt: Attempt, device: str, end: datetime, now: datetime) -> Known:
    """What the server knows of a device that says it did something before `end`."""
    in_time = attempt.journal.filter(device=device, is_late=False).order_by("-sequence")
    samples = list(in_time.values_list("received_at", "client_at")[:_SAMPLES])
    # Not what came late before an end that has been moved: extra time, or a termination taken back.
    since = {"device": device, "received_at__gt": end}
    late = attempt.journal.filter(is_late=True, **since).order_by("sequence")
    kept = attempt.kept.filter(**since).order_by("sequence")
    firsts = [rows.values_list("received_at", flat=True).first() for rows in (late, kept)]
    window = timedelta(minutes=attempt.enrolment.sitting.late_upload_minutes)
    came_back = min((moment for moment in firsts if moment is not None), default=None)
    return Known(end, window, late_rules.skew_of(samples), came_back, now)


def _change(row: KeptChange) -> Change:
    return Change(row.client_sequence, row.item_id, row.value, row.flagged, row.client_at, row.certainty)


def _note(attempt: Attempt, batch: Batch, *, actor: User | None, verb: str, reason: str = "") -> None:
    sequences = [entry.sequence for entry in batch.entries]
    detail = {"entries": sequences, "device": batch.device, "reason": reason}
    audit.record(attempt.institution, attempt, verb, actor=actor, detail=detail)


def _mark_again(attempt: Attempt) -> None:
    if attempt.state == states.SUBMITTED:
        mark_automatically(attempt)
        add_attempt(attempt)  # what only a person can mark joins the open rounds
