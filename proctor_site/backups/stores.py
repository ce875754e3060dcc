"""Files of all stores, and those that wait on this machine for theirs."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from accounts.stored_files import walk
from proctor_site.backups.manifest import Stored
from proctor_site.kernel.errors import Conflict, Refusal, Unavailable

SPOOL = "spool"
_NOT_OURS = ("default", "staticfiles")
_PART = 1_048_576


def all_stores() -> dict[str, Storage]:
    """Each store by its name, and the spool of this machine."""
    found: dict[str, Storage] = {name: storages[name] for name in settings.STORAGES if name not in _NOT_OURS}
    found[SPOOL] = FileSystemStorage(
        settings.EVIDENCE_SPOOL, file_permissions_mode=0o600, directory_permissions_mode=0o700
    )
    return found


@contextmanager
def named(alias: str, then: str = "") -> Iterator[None]:
    """Whatever a store does not do becomes Unavailable, with the store, its own words, and what to do `then`.

    Files that are gone, and refusals of ours, pass.
    """
    try:
        yield
    except (Refusal, FileNotFoundError):
        raise
    except Exception as error:  # each kind of store has errors of its own, and they say what is wrong
        reason = " ".join(str(error).split())[:300] or "no reason given"
        words = f"The store {alias} fails: {reason} ({type(error).__name__}). {then}".rstrip()
        raise Unavailable(words, code="store_failed") from error


def names_in(alias: str, store: Storage) -> Iterator[str]:
    """Names of all files of a store, without those of a store that lies in a folder of it."""
    inner = _folders_within(alias, store)
    for name in walk(store):
        if not name.startswith(inner):
            yield name


def _folders_within(alias: str, store: Storage) -> tuple[str, ...]:
    if not isinstance(store, FileSystemStorage):
        return ()
    own = Path(store.location)
    others = [
        Path(each.location)
        for name, each in all_stores().items()
        if name != alias and isinstance(each, FileSystemStorage)
    ]
    return tuple(f"{each.relative_to(own)}/" for each in others if each != own and each.is_relative_to(own))


def copy_out(alias: str, store: Storage, name: str, target: Path) -> Stored:
    """Writes one file of a store to `target`. Raises FileNotFoundError when it is gone meanwhile."""
    digest, size = hashlib.sha256(), 0
    with store.open(name, "rb") as source:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("wb") as copy:
            while part := source.read(_PART):
                digest.update(part)
                size += len(part)
                copy.write(part)
    return Stored(alias, name, size, digest.hexdigest())


def copy_in(store: Storage, name: str, source: Path) -> None:
    """Puts one file back under its own name. Raises Conflict where something has that name."""
    with source.open("rb") as file:
        took = store.save(name, File(file))
    if took != name:
        store.delete(took)
        raise Conflict(f"{name} is in its store already.", code="not_empty")
