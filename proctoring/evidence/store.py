"""Writes evidence: first to a spool on local disk, as rows in the caller's transaction, then to the store.

A store that fails or hangs stops neither a frame nor an exam: files wait in the spool and are retried.
"""

import hashlib
import logging
import os
import secrets
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import close_old_connections, transaction

from accounts import stored_files
from accounts.transitions import lock
from proctor_site.kernel import chains, clock
from proctor_site.kernel.errors import Unavailable
from proctoring.evidence.chain import payload_of
from proctoring.evidence.windows import AvailableFrame
from proctoring.models import Call, EvidenceItem, Incident, MonitoringSession, Showing
from proctoring.models.evidence import EvidenceKind
from proctoring.observations import ObservationKind

log = logging.getLogger(__name__)

RETRY_AFTER_S = 10.0
RETRY_MOST = 100
BACK_OFF_S = 30.0
ORPHAN_AFTER_S = 24 * 60 * 60.0


class FrameSource(Protocol):
    """Where recent frames can be had from."""

    def available(self, kind: ObservationKind) -> list[AvailableFrame]:
        """Frames that still exist, with how clearly each shows `kind`."""

    def pictures(self, sequences: Collection[int]) -> dict[int, bytes]:
        """JPEG bytes by sequence number."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame of the camera, or picture of the screen, to be kept. `captured_at` is aware."""

    frame_sequence: int
    captured_at: datetime
    jpeg: bytes
    kind: EvidenceKind = EvidenceKind.CAMERA_FRAME
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recording:
    """A piece of sound, or a film of the screen, to be kept. `clip_sequence`: number of the recording that it
    was cut from. `about`: see `evidence.sounds`."""

    clip_sequence: int
    captured_at: datetime
    data: bytes
    content_type: str
    about: Mapping[str, Any]
    kind: EvidenceKind = EvidenceKind.SOUND


Exhibit = Picture | Recording
FILMS = {"video/webm": "webm", "video/mp4": "mp4"}
ENDINGS = {"audio/wav": "wav", "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "mp4", **FILMS}


@dataclass(frozen=True, slots=True)
class Staged:
    """A picture or recording whose bytes lie in the spool under `name`."""

    picture: Exhibit
    name: str
    sha256: str


def keep(subject: Incident | Showing | Call, pictures: Sequence[Exhibit]) -> list[EvidenceItem]:
    """Stores evidence of an incident, pictures that a proctor asked for, or the recording of a call: hashed,
    chained to what was stored of the session before.

    The rows are written in the caller's transaction (or one of its own); the files follow after commit.
    """
    staged = stage(subject.session, pictures)
    try:
        with transaction.atomic():
            return attach(subject, staged)
    except BaseException:
        discard(staged)
        raise


def stage(session: MonitoringSession, pictures: Iterable[Exhibit]) -> list[Staged]:
    """Writes the bytes to the spool under unguessable names; before the transaction, to keep it short."""
    staged = []
    for picture in pictures:
        ending = "jpg" if isinstance(picture, Picture) else ENDINGS[picture.content_type]
        name = f"{session.institution_id}/{session.public_id}/{secrets.token_urlsafe(24)}.{ending}"
        data = picture.jpeg if isinstance(picture, Picture) else picture.data
        _write(_spool_path(name), data)
        staged.append(Staged(picture, name, hashlib.sha256(data).hexdigest()))
    return staged


def _facts_of(exhibit: Exhibit) -> dict[str, Any]:
    """The columns that differ between a picture and a recording."""
    if isinstance(exhibit, Picture):
        return {
            "kind": exhibit.kind,
            "frame_sequence": exhibit.frame_sequence,
            "content_type": "image/jpeg",
            "size": len(exhibit.jpeg),
            "about": dict(exhibit.about),
        }
    return {
        "kind": exhibit.kind,
        "frame_sequence": exhibit.clip_sequence,
        "content_type": exhibit.content_type,
        "size": len(exhibit.data),
        "about": dict(exhibit.about),
    }


def attach(subject: Incident | Showing | Call, staged: Sequence[Staged]) -> list[EvidenceItem]:
    """Writes the rows and moves the head of the session's chain; must run inside a transaction."""
    if not staged:
        return []
    session = subject.session
    lock(session)
    items = []
    for each in sorted(staged, key=lambda one: one.picture.captured_at):
        item = EvidenceItem(
            institution_id=session.institution_id,
            session=session,
            incident=subject if isinstance(subject, Incident) else None,
            showing=subject if isinstance(subject, Showing) else None,
            call=subject if isinstance(subject, Call) else None,
            sequence=session.evidence_count + 1,
            captured_at=each.picture.captured_at,
            name=each.name,
            sha256=each.sha256,
            previous_hash=session.evidence_hash,
            **_facts_of(each.picture),
        )
        item.hash = chains.link_hash(item.previous_hash, payload_of(item))
        item.save(force_insert=True)
        session.evidence_count, session.evidence_hash = item.sequence, item.hash
        items.append(item)
    session.save(update_fields=["evidence_count", "evidence_hash"])
    transaction.on_commit(partial(_push_soon, [item.pk for item in items]))
    return items


def discard(staged: Iterable[Staged]) -> None:
    """Removes spooled files whose rows were not written after all."""
    _unspool(each.name for each in staged)


def erase(session: MonitoringSession) -> int:
    """Deletes all evidence of a session for good, in the caller's transaction; how many items.

    The files go after the commit. What waits in the spool of another host goes with that host's sweep.
    """
    rows = EvidenceItem._base_manager.filter(session_id=session.pk)
    names = list(rows.values_list("name", flat=True))
    rows.delete()
    stored_files.remove(session.institution, "evidence", names)
    transaction.on_commit(partial(_unspool, names))
    return len(names)


def _unspool(names: Iterable[str]) -> None:
    for name in names:
        _spool_path(name).unlink(missing_ok=True)


def read(item: EvidenceItem) -> bytes:
    """The bytes of an item, from the store or, while they wait, from this machine's spool.

    Raises Unavailable when neither has them now.
    """
    if item.stored_at is None:
        path = _spool_path(item.name)
        with suppress(FileNotFoundError):
            return path.read_bytes()
        item.refresh_from_db(fields=["stored_at"])
    try:
        with storages["evidence"].open(item.name) as stored:
            return bytes(stored.read())
    except Exception as error:  # noqa: BLE001  (each store has errors of its own)
        log.warning("evidence %s cannot be read: %s", item.pk, error)
        raise Unavailable(
            "This file cannot be read from the store now; try again in a minute.", code="evidence_unavailable"
        ) from error


def is_missing(item: EvidenceItem) -> bool:
    """Whether the store answers and says that it has no such file."""
    if item.stored_at is None:
        return not _spool_path(item.name).exists()
    try:
        return not storages["evidence"].exists(item.name)
    except Exception:  # noqa: BLE001  (each store has errors of its own; then nothing is known)
        return False


_uploads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="evidence")
_waiting: "set[Future[None]]" = set()
_store_down_until = 0.0


def _push_soon(item_ids: list[int]) -> None:
    """Hands the upload to a thread: a hanging store must not hold the frame's answer."""
    if len(_waiting) > 200:
        return  # the sweep finds them
    future = _uploads.submit(_push_in_thread, item_ids)
    _waiting.add(future)
    future.add_done_callback(_waiting.discard)


def _push_in_thread(item_ids: list[int]) -> None:
    close_old_connections()
    try:
        for item in EvidenceItem._base_manager.filter(pk__in=item_ids, stored_at=None).order_by("pk"):
            _push(item)
    except Exception:
        log.exception("evidence waits in the spool; it is retried")
    finally:
        close_old_connections()


def flush(timeout_s: float = 30.0) -> None:
    """Waits for the uploads that are under way; for tests and for commands before they exit."""
    for future in list(_waiting):
        future.result(timeout=timeout_s)


def _push(item: EvidenceItem) -> None:
    """Moves one file from the spool to the store. Raises whatever the store raises."""
    path = _spool_path(item.name)
    data = path.read_bytes()
    store = storages["evidence"]
    if store.exists(item.name):  # an earlier try wrote it and could not say so
        store.delete(item.name)
    saved = store.save(item.name, ContentFile(data))
    if saved != item.name:
        store.delete(saved)
        raise OSError(f"the store wanted to call {item.name} {saved}")
    if EvidenceItem._base_manager.filter(pk=item.pk).update(stored_at=clock.now()):
        item.stored_at = clock.now()
    else:  # thrown away meanwhile: nothing else would ever remove the file
        store.delete(item.name)
    path.unlink(missing_ok=True)


def retry_spooled() -> int:
    """Moves files that wait on this machine's disk to the store; how many were moved.

    After a failure it leaves the store alone for `BACK_OFF_S` seconds. Files without a row (the process
    died before its transaction) are removed after a day.
    """
    global _store_down_until
    if time.monotonic() < _store_down_until:
        return 0
    moved = 0
    for item in _spooled_with_rows():
        try:
            _push(item)
        except Exception:
            log.exception("the evidence store does not take files; retrying in %.0f s", BACK_OFF_S)
            _store_down_until = time.monotonic() + BACK_OFF_S
            break
        moved += 1
        if moved >= RETRY_MOST:
            break
    return moved


def _spooled_with_rows() -> Iterator[EvidenceItem]:
    """Items whose files wait here, oldest file first. Files without a row are passed over, so that
    however many of them there are, they hold nothing up."""
    root = Path(settings.EVIDENCE_SPOOL)
    ages: dict[Path, float] = {}
    for path in root.rglob("*.*"):
        with suppress(FileNotFoundError):  # an upload moved it on meanwhile
            ages[path] = time.time() - path.stat().st_mtime
    waiting = sorted((path for path, age in ages.items() if age > RETRY_AFTER_S), key=ages.__getitem__)[::-1]
    for start in range(0, len(waiting), RETRY_MOST):
        some = waiting[start : start + RETRY_MOST]
        names = {path.relative_to(root).as_posix(): path for path in some}
        rows = {item.name: item for item in EvidenceItem._base_manager.filter(name__in=names)}
        for name, path in names.items():
            if name in rows and path.exists():
                yield rows[name]
            elif name not in rows and ages[path] > ORPHAN_AFTER_S:
                path.unlink(missing_ok=True)


def _spool_path(name: str) -> Path:
    return Path(settings.EVIDENCE_SPOOL) / name


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
