"""Checks the whole audit log of an institution: every chain, checkpoint and removal; names what is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts import audit, audit_checkpoints
from accounts.audit_checkpoints import Anchor
from accounts.audit_removal import OPENINGS, REDACTED
from accounts.models import AuditCheckpoint, AuditEntry, Institution

TRIGGERS = frozenset(
    f"audit_{table}_no_{verb}" for table in ("entry", "checkpoint") for verb in ("update", "delete")
)
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `stream`: the chain, "" for the whole log; `sequence`: the entry's place."""

    what: str
    """altered, missing, removed_unnoted, checkpoint, unprotected"""
    words: str
    stream: str = ""
    sequence: int | None = None


@dataclass(slots=True)
class Verification:
    """What was looked at, and what is wrong with it; for each chain the first fault only."""

    institution: Institution
    entries: int = 0
    streams: int = 0
    redacted: int = 0
    checkpoints: int = 0
    uncovered: int = 0
    """Entries newer than the last checkpoint: their loss at the end of a chain would not be noticed yet."""
    findings: list[Finding] = field(default_factory=list)


def verify(institution: Institution, anchors: Sequence[Anchor] = ()) -> Verification:
    """Reads every entry and checkpoint once, in steady memory but for the last hash of each chain."""
    result = Verification(institution)
    noted = _noted_removals(institution)
    heads = _expected_heads(institution, anchors, result)
    faulty: set[str] = set()
    before: AuditEntry | None = None
    for entry in _entries(institution):
        result.entries += 1
        if before is None or before.stream != entry.stream:
            _end_of_chain(before, heads, faulty, result)
            result.streams, before = result.streams + 1, None
        if entry.stream not in faulty:
            fault = _fault(entry, before, noted, heads)
            if fault:
                faulty.add(entry.stream)
                result.findings.append(fault)
        result.redacted += entry.redacted_at is not None
        before = entry
    _end_of_chain(before, heads, faulty, result)
    for stream, expected in heads.items():
        if expected:
            result.findings.append(_missing(stream, 1, max(expected)))
    return result


def _entries(institution: Institution) -> Iterator[AuditEntry]:
    # _base_manager: an operator's check over all institutions.
    rows = AuditEntry._base_manager.filter(institution=institution)
    return rows.order_by("stream", "sequence").iterator(chunk_size=_AT_ONCE)


def _noted_removals(institution: Institution) -> set[tuple[str, int, str]]:
    rows = AuditEntry._base_manager.filter(
        institution=institution, verb=REDACTED, stream=audit.stream_of(institution)
    )
    details = rows.values_list("detail", flat=True)
    return {(stream, sequence, own) for each in details for stream, sequence, own in each.get("entries", [])}


def _expected_heads(
    institution: Institution, anchors: Sequence[Anchor], result: Verification
) -> dict[str, dict[int, str]]:
    """Chain: place: hash, as the checkpoints hold it; notes what is wrong with the checkpoints themselves."""
    heads: dict[str, dict[int, str]] = {}
    before: AuditCheckpoint | None = None
    known: dict[int, str] = {}
    for mark in AuditCheckpoint._base_manager.filter(institution=institution).order_by("number").iterator():
        result.checkpoints += 1
        if fault := audit_checkpoints.fault_of(mark, before):
            result.findings.append(Finding("checkpoint", f"Checkpoint {mark.number}: {fault}."))
        for stream, (sequence, own) in mark.heads.items():
            heads.setdefault(stream, {})[sequence] = own
        known[mark.number] = mark.hash
        before = mark
    for each in anchors:
        if each.institution == institution.pk and known.get(each.number) != each.hash:
            words = (
                f"Checkpoint {each.number}, of which this server has kept a line, is missing or another one."
            )
            result.findings.append(Finding("checkpoint", words))
    covered = before.through if before else 0
    result.uncovered = AuditEntry._base_manager.filter(institution=institution, pk__gt=covered).count()
    return heads


def _fault(
    entry: AuditEntry,
    before: AuditEntry | None,
    noted: set[tuple[str, int, str]],
    heads: dict[str, dict[int, str]],
) -> Finding | None:
    place = (entry.stream, entry.sequence)
    wanted = before.sequence + 1 if before else 1
    if entry.sequence > wanted:
        return _missing(entry.stream, wanted, entry.sequence - 1)
    expected = heads.get(entry.stream, {}).pop(entry.sequence, entry.hash)
    if not audit.follows(entry, before) or expected != entry.hash:
        return Finding("altered", f"{entry.stream}: entry {entry.sequence} was altered.", *place)
    if entry.redacted_at is not None and (*place, entry.hash) not in noted:
        words = f"{entry.stream}: the detail of entry {entry.sequence} was removed, and nothing says why."
        return Finding("removed_unnoted", words, *place)
    return None


def _end_of_chain(
    last: AuditEntry | None, heads: dict[str, dict[int, str]], faulty: set[str], result: Verification
) -> None:
    """What checkpoints expect after the last entry of a chain is missing."""
    if last is None:
        return
    expected = heads.pop(last.stream, {})
    later = [sequence for sequence in expected if sequence > last.sequence]
    if later and last.stream not in faulty:
        result.findings.append(_missing(last.stream, last.sequence + 1, max(later)))


def _missing(stream: str, first: int, last: int) -> Finding:
    which = f"entry {first} is" if first == last else f"entries {first} to {last} are"
    return Finding("missing", f"{stream}: {which} missing.", stream, first)


def faults_of_protection() -> list[Finding]:
    """What of the database's own refusal to change the log is not in place (once for all institutions)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
        present = {str(row[0]) for row in cursor.fetchall()}
        cursor.execute(f"SELECT count(*) FROM {OPENINGS}")  # noqa: S608  a constant
        opened = int(cursor.fetchone()[0])
    found = [
        Finding("unprotected", f"The trigger {name} is missing or off: the log could be changed.")
        for name in sorted(TRIGGERS - present)
    ]
    if opened:
        found.append(Finding("unprotected", "The log was left open for changes."))
    return found


def as_json(result: Verification) -> dict[str, Any]:
    """The result in plain values."""
    return {
        "institution": result.institution.slug,
        "entries": result.entries,
        "streams": result.streams,
        "redacted": result.redacted,
        "checkpoints": result.checkpoints,
        "uncovered": result.uncovered,
        "findings": [
            {"what": each.what, "stream": each.stream, "sequence": each.sequence, "words": each.words}
            for each in result.findings
        ],
    }
