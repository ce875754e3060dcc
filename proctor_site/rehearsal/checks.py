"""Afterwards, in the database: is everything there that was promised, once, and does every chain verify?"""

import time
from dataclasses import dataclass, field

from django.db import close_old_connections
from django.db.models import Count, Sum

from accounts.models import AuditEntry, Institution
from accounts.tenancy import within
from exams import states
from exams.delivery.verification import verify_journal
from exams.models import Answer, Attempt, JournalEntry
from proctor_site.kernel.errors import Unavailable
from proctor_site.rehearsal.log import Log
from proctor_site.rehearsal.plan import DEVICE, KIND, Stage
from proctoring.evidence import custody
from proctoring.models import (
    BrowserEvent,
    CoverageMinute,
    EvidenceItem,
    Incident,
    LiveEvent,
    MonitoringSession,
    ObservationMinute,
)

STORED_WITHIN_S = 60.0
"""So long may the store take after the end; what is missing then is told as not proved."""


@dataclass
class Found:
    """Counts, but for `bytes_stored`; the lists name attempts and sessions."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    twice: int = 0
    older_kept: int = 0
    broken_journals: list[str] = field(default_factory=list)
    broken_evidence: list[str] = field(default_factory=list)
    incident_counts: dict[int, int] = field(default_factory=dict)
    """Attempt: planned incidents in the database."""
    other_incidents: dict[str, int] = field(default_factory=dict)
    not_handed_in: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    bytes_stored: int = 0


def look(stage: Stage, log: Log) -> Found:
    """Reads it all; before the stage is cleared."""
    close_old_connections()  # the database may have been away meanwhile
    found = Found()
    with within(Institution.objects.get(pk=stage.institution)):
        _wait_for_store(stage)
        attempts = list(
            Attempt.objects.filter(enrolment__sitting=stage.sitting).select_related(
                "institution", "enrolment__sitting"
            )
        )
        for attempt in attempts:
            _look_at_answers(attempt, log, found)
        for session in MonitoringSession.objects.filter(sitting=stage.sitting):
            try:
                broken = custody.first_broken(session)
            except Unavailable as error:
                found.broken_evidence.append(f"session {session.pk}: not proved, {error.message}")
                continue
            if broken is not None:
                found.broken_evidence.append(f"session {session.pk}: {broken.problem}")
        _count_incidents(stage, found)
        _count_rows(stage, found)
    return found


def _wait_for_store(stage: Stage) -> None:
    """Evidence goes to its store after the incident (decision 0011), from the host that took it."""
    over = time.monotonic() + STORED_WITHIN_S
    waiting = EvidenceItem.objects.filter(session__sitting=stage.sitting, stored_at=None)
    while waiting.exists() and time.monotonic() < over:
        time.sleep(0.5)


def _look_at_answers(attempt: Attempt, log: Log, found: Found) -> None:
    acknowledged = log.acknowledged.get(attempt.pk, [])
    found.acknowledged += len(acknowledged)
    rows = JournalEntry.objects.filter(attempt=attempt, device=DEVICE)
    kept = {row.client_sequence: (row.item_id, row.value) for row in rows}
    found.twice += rows.count() - len(kept)
    for change in acknowledged:
        if kept.get(change.number) != (change.item, change.value):
            found.lost.append(f"attempt {attempt.pk}, change {change.number}")
    newest = {change.item: change for change in acknowledged}
    for answer in Answer.objects.filter(attempt=attempt):
        latest = newest.get(answer.item_id)
        if latest is not None and answer.client_sequence < latest.number:
            found.older_kept += 1
    fault = verify_journal(attempt)
    if fault is not None:
        found.broken_journals.append(f"attempt {attempt.pk}: {fault.detail}")
    found.not_handed_in += attempt.state != states.SUBMITTED


def _count_incidents(stage: Stage, found: Found) -> None:
    rows = Incident.objects.filter(sitting=stage.sitting)
    planned = rows.filter(kind=KIND).order_by().values_list("session__attempt").annotate(Count("pk"))
    found.incident_counts = dict(planned)
    others = rows.exclude(kind=KIND).order_by().values_list("kind").annotate(Count("pk"))
    found.other_incidents = dict(others)


def _count_rows(stage: Stage, found: Found) -> None:
    mine = {"session__sitting": stage.sitting}
    items = EvidenceItem.objects.filter(**mine)
    counted = {
        "journal entries": JournalEntry.objects.filter(attempt__enrolment__sitting=stage.sitting),
        "incidents": Incident.objects.filter(sitting=stage.sitting),
        "evidence": items,
        "live events": LiveEvent.objects.filter(sitting=stage.sitting),
        "browser events": BrowserEvent.objects.filter(**mine),
        "minutes of observations": ObservationMinute.objects.filter(**mine),
        "minutes of coverage": CoverageMinute.objects.filter(**mine),
    }
    found.rows = {name: rows.count() for name, rows in counted.items()}
    begun = min(
        Attempt.objects.filter(enrolment__sitting=stage.sitting).values_list("created_at", flat=True),
        default=None,
    )
    if begun is not None:
        found.rows["audit entries"] = AuditEntry.objects.filter(
            institution=stage.institution, at__gte=begun
        ).count()
    found.bytes_stored = items.aggregate(sum=Sum("size"))["sum"] or 0
