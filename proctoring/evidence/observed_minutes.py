"""Encrypts what detectors said of a minute or a recording, with a key of the person: else rows are noise."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

from proctor_site.kernel.errors import Conflict, NotFound
from proctoring.evidence import keys, sealing
from proctoring.models import DataClass, MonitoringSession, ObservationMinute, ObservedClip

_AT_ONCE = 500
_MINUTES, _CLIPS = "observations", "heard"


def sealed(session: MonitoringSession, begins_at: datetime, packed: bytes) -> bytes:
    """The encrypted minute. Two queries. Raises Unavailable without the master key."""
    return keys.sealer_of(session).seal(DataClass.OBSERVED, _name(_MINUTES, session.pk, begins_at), packed)


def sealed_clip(session: MonitoringSession, begins_at: datetime, packed: bytes) -> bytes:
    """The same of a recording."""
    return keys.sealer_of(session).seal(DataClass.OBSERVED, _name(_CLIPS, session.pk, begins_at), packed)


def opened(rows: Sequence[ObservationMinute] | Sequence[ObservedClip]) -> Iterator[bytes | None]:
    """The plain contents in the same order; None: its key was destroyed, or it was altered.

    Rows from before encryption are given as they are. Each key is read once. Raises Unavailable.
    """
    known: dict[UUID, bytes] = {}
    for row in rows:
        yield _opened(row, known)


def seal_older(*, dry_run: bool) -> int:
    """Encrypts rows from before encryption, of all institutions; how many there were."""
    found = 0
    # _base_manager: one master key serves every institution.
    rows = ObservationMinute._base_manager.select_related("session").order_by("pk")
    for row in rows.iterator(chunk_size=_AT_ONCE):
        plain = bytes(row.data)
        if plain.startswith(sealing.MAGIC):
            continue
        found += 1
        if not dry_run:
            data = sealed(row.session, row.begins_at, plain)
            ObservationMinute._base_manager.filter(pk=row.pk).update(data=data)
    return found


def _opened(row: ObservationMinute | ObservedClip, known: dict[UUID, bytes]) -> bytes | None:
    raw = bytes(row.data)
    try:
        head = sealing.head_of(raw)
        if head is None:
            return raw
        if head.key_id not in known:
            known[head.key_id] = keys.key_of(head)
        of = _CLIPS if isinstance(row, ObservedClip) else _MINUTES
        return sealing.unseal(known[head.key_id], _name(of, row.session_id, row.begins_at), raw)
    except (sealing.SealBroken, NotFound, Conflict):
        return None


def _name(of: str, session_id: int, begins_at: datetime) -> str:
    """Binds the bytes to their row: a minute moved to another place opens nothing."""
    return f"{of}/{session_id}/{begins_at.astimezone(UTC).isoformat()}"
