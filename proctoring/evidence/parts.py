"""Reads files of a private store, whole or in part, as they lie there and in clear."""

import logging
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, cast

from django.core.files.storage import storages

from proctor_site.kernel.errors import Conflict, Unavailable
from proctoring.evidence import keys, sealing

log = logging.getLogger(__name__)
_PIECES_AT_ONCE = 64
"""Of 64 KiB: what a copy holds in memory."""


def whole(store: str, name: str) -> bytes:
    """The stored form of a file. Raises Unavailable."""
    try:
        with storages[store].open(name) as stored:
            return bytes(stored.read())
    except Exception as error:  # noqa: BLE001  (each store has errors of its own)
        raise _unreadable(name, error) from error


def exists(store: str, name: str) -> bool:
    """Whether the store has such a file. Raises Unavailable when it does not answer."""
    try:
        return bool(storages[store].exists(name))
    except Exception as error:  # noqa: BLE001  (each store has errors of its own)
        raise _unreadable(name, error) from error


def part(store: str, name: str, size: int, first: int, last: int) -> bytes | None:
    """The plain bytes `first` to `last` (inclusive) of a sealed file of `size` plain bytes; None: not sealed.

    Reads the head and the pieces it needs. Raises Unavailable, and as `keys.unseal`.
    """
    head = _head(store, name)
    if head is None:
        return None
    if head.size != size:
        raise _altered()
    piece, begin, end = head.span(first, last)
    plain = keys.unseal_part(name, head, piece, _bytes(store, name, begin, end))
    offset = first - piece * head.piece
    return plain[offset : offset + last - first + 1]


def copy(store: str, name: str, to: IO[bytes]) -> None:
    """Writes the plain bytes of a sealed file to an open one, some pieces at a time. Raises as `part`."""
    head = _head(store, name)
    if head is None:
        raise _altered()
    step = _PIECES_AT_ONCE * head.piece
    for first in range(0, max(head.size, 1), step):
        piece, begin, end = head.span(first, first + step - 1)
        to.write(keys.unseal_part(name, head, piece, _bytes(store, name, begin, end)))


def _head(store: str, name: str) -> sealing.Head | None:
    try:
        return sealing.head_of(_bytes(store, name, 0, sealing.HEAD_SIZE - 1))
    except sealing.SealBroken as error:
        raise _altered() from error


def _altered() -> Conflict:
    return Conflict("This file is not the one that was stored; it is not shown.", code="altered")


def is_sealed(store: str, name: str) -> bool:
    """Whether the file is encrypted. Raises Unavailable."""
    return _bytes(store, name, 0, len(sealing.MAGIC) - 1) == sealing.MAGIC


def replace(store: str, name: str, data: bytes) -> None:
    """Puts other bytes in the place of a file, all at once: who reads meanwhile gets the one or the other."""
    storage = cast(Any, storages[store])
    bucket = getattr(storage, "bucket", None)
    if bucket is not None:
        bucket.Object(storage._normalize_name(name)).put(Body=data)
        return
    path = Path(storage.path(name))
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _bytes(store: str, name: str, first: int, last: int) -> bytes:
    """Bytes of the stored form. From S3 by a request for just these; django-storages would load the whole."""
    storage = storages[store]
    try:
        bucket = getattr(storage, "bucket", None)
        if bucket is not None:
            key = cast(Any, storage)._normalize_name(name)
            answer = bucket.Object(key).get(Range=f"bytes={first}-{last}")
            return bytes(answer["Body"].read())
        with storage.open(name) as stored:
            stored.seek(first)
            return bytes(stored.read(last - first + 1))
    except Exception as error:  # noqa: BLE001  (each store has errors of its own)
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> Unavailable:
    log.warning("the file %s cannot be read: %s", name, error)
    return Unavailable(
        "This file cannot be read from the store now; try again in a minute.", code="evidence_unavailable"
    )


def small_name_of(name: str) -> str:
    """Where the small copy of a picture lies, if somebody has looked at one (`evidence.small`)."""
    return f"{name}.small"


def with_small(names: Iterable[str]) -> list[str]:
    """The names of files with those of their small copies: what goes, goes with them."""
    return [each for name in names for each in (name, small_name_of(name))]
