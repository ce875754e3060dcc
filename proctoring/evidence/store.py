"""Writes evidence: first to a spool on local disk, as rows in the caller's transaction, then to the store.

A store that fails or hangs stops neither a frame nor an exam: files wait in the spool and are retried.
Spool and store hold encrypted files only; `sha256` of a row is that of the plain file (`evidence.sealing`).
"""

import hashlib
import logging
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import close_old_connections, transaction

from accounts import audit, stored_files
from accounts.models import FileToRemove, User
from accounts.transitions import lock
from proctor_site.kernel import chains, clock
from proctor_site.kernel.errors import NotFound, Unavailable
from proctoring.evidence import keys, parts
from proctoring.evidence.chain import hash_about, payload_of
from proctoring.evidence.exhibits import Exhibit, Staged, data_of, ending_of, facts_of
from proctoring.models import Call, CallPiece, EvidenceItem, Incident, MonitoringSession, Showing
from proctoring.models.evidence import EvidenceKind
from proctoring.states import SESSION_LIVE

log = logging.getLogger(__name__)

RETRY_AFTER_S = 10.0
RETRY_MOST = 100
BACK_OFF_S = 30.0
ORPHAN_AFTER_S = 24 * 60 * 60.0
REFUSED, REFUSED_FOR_S = "evidence:store-refused", 60 * 60
"""In the cache: when the store last refused a file, on any host."""
ERASED = "evidence.erased"
"""Verb of the audit entry on the session that names erased items: id, place and hash of each."""


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
    """Writes the bytes, encrypted, to the spool under unguessable names; before the transaction, to keep it
    short. Raises OSError when the disk is full, Unavailable without the master key; then nothing is left."""
    staged: list[Staged] = []
    sealer = keys.sealer_of(session)
    try:
        for picture in pictures:
            staged.append(_stage_one(session, sealer, picture))
    except BaseException:
        discard(staged)
        raise
    return staged


def _stage_one(session: MonitoringSession, sealer: keys.Sealer, picture: Exhibit) -> Staged:
    name = f"{session.institution_id}/{session.public_id}/{secrets.token_urlsafe(24)}.{ending_of(picture)}"
    data = data_of(picture)
    _write(_spool_path(name), sealer.seal(keys.CLASS_OF[picture.kind], name, data))
    return Staged(picture, name, hashlib.sha256(data).hexdigest())


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
            **facts_of(each.picture),
        )
        hash_about(item)
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
    stored_files.remove(session.institution, "evidence", parts.with_small(names))
    transaction.on_commit(partial(_unspool, names))
    return len(names)


def erase_items(items: Iterable[EvidenceItem], *, reason: str, actor: User | None) -> int:
    """Erases files and what is said about them for good; how many. The rows stay, so that the chain holds.

    One audit entry for each session names what went and why; without it the verifier takes a gap for damage.
    Where nothing else of a kind is left, its key is destroyed: copies of the files are noise from then on.
    Whether it may be (a legal hold, a case that is open) is the caller's to ask.
    """
    by_session: dict[int, list[EvidenceItem]] = {}
    for item in items:
        by_session.setdefault(item.session_id, []).append(item)
    with transaction.atomic():
        return sum(_erase_of(number, by_session[number], reason, actor) for number in sorted(by_session))


def _erase_of(session_id: int, items: list[EvidenceItem], reason: str, actor: User | None) -> int:
    session = MonitoringSession._base_manager.select_related("institution").get(pk=session_id)
    lock(session, "institution")
    chosen = EvidenceItem._base_manager.filter(session_id=session_id, pk__in=[each.pk for each in items])
    rows = list(chosen.filter(erased_at=None).order_by("sequence"))
    if not rows:
        return 0
    named = [[row.pk, row.sequence, row.hash] for row in rows]
    detail = {"reason": reason, "items": named}
    audit.record(session.institution, session, ERASED, actor=actor, detail=detail)
    mine = EvidenceItem._base_manager.filter(pk__in=[row.pk for row in rows])
    mine.update(about={}, about_salt="", erased_at=clock.now())
    names = [row.name for row in rows]
    stored_files.remove(session.institution, "evidence", parts.with_small(names))
    transaction.on_commit(partial(_unspool, names))
    if session.state != SESSION_LIVE:  # else something may be on its way that was encrypted with them
        _destroy_unused_keys(session, actor)
    return len(rows)


def _destroy_unused_keys(session: MonitoringSession, actor: User | None) -> None:
    left = EvidenceItem._base_manager.filter(session_id=session.pk, erased_at=None)
    used = {keys.CLASS_OF[EvidenceKind(kind)] for kind in left.order_by().values_list("kind", flat=True)}
    if CallPiece._base_manager.filter(call__attempt=session.attempt).exists():
        used.add(keys.CLASS_OF[EvidenceKind.CALL])  # not joined yet
    for data_class in set(keys.CLASS_OF.values()) - used:
        keys.destroy_for_session(session, data_class, actor=actor)


def _unspool(names: Iterable[str]) -> None:
    for name in names:
        _spool_path(name).unlink(missing_ok=True)


def read(item: EvidenceItem) -> bytes:
    """The plain bytes of an item, from the store or, while they wait, from this machine's spool.

    Raises NotFound (`erased`), Conflict (`altered`, `key_altered`), Unavailable when neither has them now or
    the server lacks the master key.
    """
    if item.erased_at is not None:
        raise NotFound("This file was erased.", code="erased")
    spooled = _spooled(item)
    return keys.unseal(item.name, spooled if spooled is not None else parts.whole("evidence", item.name))


def read_part(item: EvidenceItem, first: int, last: int) -> bytes | None:
    """The plain bytes `first` to `last` (inclusive), and no more read or decrypted than that takes.

    None: the file is from before encryption, and only the whole of it can be proved. Raises as `read`.
    """
    if item.erased_at is not None:
        raise NotFound("This file was erased.", code="erased")
    spooled = _spooled(item)
    if spooled is not None:
        return read(item)[first : last + 1]
    return parts.part("evidence", item.name, item.size, first, last)


def _spooled(item: EvidenceItem) -> bytes | None:
    """The stored form while it waits on this machine; None: the store should have it."""
    if item.stored_at is None:
        with suppress(FileNotFoundError):
            return _spool_path(item.name).read_bytes()
        item.refresh_from_db(fields=["stored_at"])
    return None


def is_missing(item: EvidenceItem) -> bool:
    """Whether the store answers and says that it has no such file."""
    if item.stored_at is None:
        return not _spool_path(item.name).exists()
    try:
        return not parts.exists("evidence", item.name)
    except Unavailable:
        return False


def is_left(item: EvidenceItem) -> bool:
    """Whether an erased item's file is still there and nothing is about to remove it. Raises Unavailable."""
    names = parts.with_small([item.name])
    if FileToRemove._base_manager.filter(store="evidence", name__in=names).exists():
        return False
    return _spool_path(item.name).exists() or any(parts.exists("evidence", name) for name in names)


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
    still = EvidenceItem._base_manager.filter(pk=item.pk, erased_at=None)
    if still.update(stored_at=clock.now()):
        item.stored_at = clock.now()
    else:  # thrown away or erased meanwhile: nothing else would ever remove the file
        store.delete(item.name)
    path.unlink(missing_ok=True)


def forget_refusal() -> None:
    """The next try does not wait for the back-off to end."""
    global _store_down_until
    _store_down_until = 0.0


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
            cache.set(REFUSED, clock.now(), REFUSED_FOR_S)
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
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError:  # a full disk: half a file would be sent to the store
        path.unlink(missing_ok=True)
        raise
