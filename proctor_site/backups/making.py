"""Makes a copy of the whole installation in an empty folder, while it runs."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from django.core.files.storage import Storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from accounts import audit_checkpoints
from proctor_site.backups import databases, manifest, stores
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict

Tell = Callable[[str], None]
ANCHORS = "audit_checkpoints.jsonl"


def make(folder: Path, tell: Tell) -> dict[str, object]:
    """Database first, then files: what is captured meanwhile has a file without a row, which harms nothing.

    What is erased meanwhile is missing from the copy, and counted as `gone`. Keys are not copied. Raises
    Conflict when the folder holds anything; Unavailable when database or store cannot be read. What was begun
    then stays, without a signed list, and is no copy.
    """
    os.umask(0o077)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty; a copy begins in a folder of its own.", code="not_empty")
    began = clock.now()
    tell("database ...")
    database = folder / databases.file_name()
    databases.copy_to(database)
    counts = _copy_files(folder, tell)
    anchors = audit_checkpoints.anchor_file()
    if anchors.is_file():
        (folder / ANCHORS).write_bytes(anchors.read_bytes())
    facts: dict[str, object] = {
        "began_at": began.isoformat(),
        "ended_at": clock.now().isoformat(),
        "database": {
            "file": database.name,
            "sha256": manifest.hash_of(database),
            "size": database.stat().st_size,
        },
        "migrations": migrations(),
        "files": counts,
        "list_sha256": manifest.hash_of(folder / manifest.FILES),
        "anchors_sha256": manifest.hash_of(folder / ANCHORS) if anchors.is_file() else "",
    }
    manifest.write(folder, facts)
    return facts


def _copy_files(folder: Path, tell: Tell) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    with (folder / manifest.FILES).open("w", encoding="utf-8") as lines:
        for alias, store in stores.all_stores().items():
            tell(f"files of {alias} ...")
            count = {"files": 0, "bytes": 0, "gone": 0}
            with stores.named(alias):
                for copied in _copied(alias, store, folder / "stores" / alias):
                    if copied is None:
                        count["gone"] += 1
                        continue
                    lines.write(copied.to_line())
                    count["files"] += 1
                    count["bytes"] += copied.size
            counts[alias] = count
    return counts


def _copied(alias: str, store: Storage, folder: Path) -> Iterator[manifest.Stored | None]:
    """One after the other, once it is copied; None for each that is gone meanwhile."""
    for name in stores.names_in(alias, store):
        try:
            yield stores.copy_out(alias, store, name, folder / name)
        except FileNotFoundError:
            yield None


def migrations() -> str:
    """A hash of what was applied to the database: tells whether code and copy are of one age."""
    applied = sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
    return hashlib.sha256("\n".join(applied).encode()).hexdigest()
