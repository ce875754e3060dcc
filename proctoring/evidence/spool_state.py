"""How it is with what waits in this machine's spool, and with what could not even be written there."""

import errno
import logging
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import close_old_connections
from django.db.models import Count, Q

from accounts import audit
from accounts.models import AuditEntry
from proctor_site.kernel.errors import Unavailable
from proctoring.evidence import store
from proctoring.evidence.exhibits import Exhibit, Staged
from proctoring.models import EvidenceItem, Incident, MonitoringSession

log = logging.getLogger(__name__)
_NOT_KEPT = "evidence:not-kept"
NOT_KEPT = "evidence.not_kept"
"""Verb of the audit entry on an incident whose pictures no disk took."""
_REMEMBERED_S = 24 * 60 * 60
LATE_S = 60.0


@dataclass(frozen=True, slots=True)
class SpoolState:
    """`waiting`: files on this machine; `oldest_s`: age of the oldest. `not_kept`: pictures and recordings
    that no disk took in the last 24 hours, on all hosts. `refused_at`: when the store last refused a file
    within the last hour, ISO 8601; None: it did not."""

    waiting: int
    oldest_s: int
    not_kept: int
    refused_at: str | None = None

    @property
    def is_well(self) -> bool:
        """Whether the store takes what comes."""
        return not self.not_kept and self.oldest_s < LATE_S


def state() -> SpoolState:
    """As it is now; walks the spool, which is empty on a machine that is well."""
    now, ages = time.time(), []
    for path in Path(settings.EVIDENCE_SPOOL).rglob("*.*"):
        with suppress(FileNotFoundError):  # an upload moved it on meanwhile
            ages.append(now - path.stat().st_mtime)
    told = cache.get_many([_NOT_KEPT, store.REFUSED])
    refused = told.get(store.REFUSED)
    return SpoolState(
        len(ages),
        int(max(ages, default=0.0)),
        int(told.get(_NOT_KEPT) or 0),
        refused.isoformat(timespec="seconds") if refused else None,
    )


@dataclass(frozen=True, slots=True)
class StagedOrLost:
    """What is in the spool; or, when nothing could be written, how many were lost and why, in words."""

    staged: list[Staged]
    lost: int = 0
    why: str = ""


def stage_what_can_be(session: MonitoringSession, exhibits: Sequence[Exhibit]) -> StagedOrLost:
    """As `store.stage`; where the disk is full or no key can be had: nothing, logged and counted.

    The incident is written without its pictures then (`note_lost`), and the exam goes on.
    """
    try:
        return StagedOrLost(store.stage(session, exhibits))
    except (OSError, Unavailable) as error:
        log.exception("%d pictures or recordings of %s could not be kept", len(exhibits), session)
        with suppress(Exception):  # a cache that is down as well changes nothing here
            cache.add(_NOT_KEPT, 0, _REMEMBERED_S)
            cache.incr(_NOT_KEPT, len(exhibits))
        return StagedOrLost([], len(exhibits), _why(error))


def _why(error: OSError | Unavailable) -> str:
    if isinstance(error, Unavailable):
        return "no key to encrypt with could be had"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk of the server was full"
    return "the server could not write to its disk"


def note_lost(incident: Incident, found: StagedOrLost) -> None:
    """Writes down, in the caller's transaction, that pictures of an incident were lost; the first time only:
    while a disk is full, each further frame fails as well."""
    if not found.lost:
        return
    mine = AuditEntry.objects.filter(institution=incident.institution, stream=audit.stream_of(incident))
    if not mine.filter(verb=NOT_KEPT).exists():
        detail = {"count": found.lost, "why": found.why}
        audit.record(incident.institution, incident, NOT_KEPT, detail=detail)


@dataclass(frozen=True, slots=True)
class FilesOf:
    """How it is with the files of an incident. `waiting`: for the store; `lost_at` None: none was lost."""

    waiting: int = 0
    erased: int = 0
    lost_at: datetime | None = None
    why: str = ""


def files_of(incidents: Iterable[int]) -> dict[int, FilesOf]:
    """By incident, where there is anything to say. In the institution's scope."""
    numbers = list(incidents)
    items = EvidenceItem.objects.filter(incident__in=numbers).order_by().values("incident")
    waiting = Count("pk", filter=Q(stored_at=None, erased_at=None))
    counts = items.annotate(waiting=waiting, erased=Count("pk", filter=~Q(erased_at=None)))
    found = {row["incident"]: FilesOf(row["waiting"], row["erased"]) for row in counts}
    streams = {f"{Incident._meta.model_name}:{number}": number for number in numbers}
    for entry in AuditEntry.objects.filter(stream__in=streams, verb=NOT_KEPT).order_by("pk"):
        known = found.get(streams[entry.stream], FilesOf())
        why = str(entry.detail.get("why", ""))
        found[streams[entry.stream]] = replace(known, lost_at=entry.at, why=why)
    return {number: each for number, each in found.items() if each != FilesOf()}


_tries = ThreadPoolExecutor(max_workers=1, thread_name_prefix="evidence-try")


def retry_now(timeout_s: float = 5.0) -> int | None:
    """Tries at once what waits on this machine, whatever was refused before; how many files were moved.

    None: the store has not answered within the time; the try goes on in its thread.
    """
    store.forget_refusal()
    try:
        return _tries.submit(_retry).result(timeout=timeout_s)
    except TimeoutError:
        return None


def _retry() -> int:
    close_old_connections()
    try:
        return store.retry_spooled()
    finally:
        close_old_connections()
