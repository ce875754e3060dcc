"""Tests begin with a copy of the migrated tables that earlier ones left, where the migrations are the same.

Some hundred migrations take 15 to 20 s of CPU in every process that needs a database (2026-11), nearly all
for drawing up the models anew after each step. `migrate` runs all the same and finds nothing to do. Only
where tests use a file of SQLite: on a database server they migrate as before.
"""

import hashlib
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db.backends.sqlite3.creation import DatabaseCreation

FOLDER = Path(__file__).resolve().parents[1] / ".pytest_cache" / "databases"


def begin_with_a_copy() -> None:
    """Has the test databases of this process begin with the copy in `FOLDER`, or leave one there."""
    create, create_empty = DatabaseCreation.create_test_db, DatabaseCreation._create_test_db

    def create_test_db(creation: Any, *args: Any, **options: Any) -> str:
        name = create(creation, *args, **options)
        copy = FOLDER / f"{_migrations()}.sqlite3"
        if not creation.is_in_memory_db(name) and not copy.exists():
            _leave(name, copy)
        return name

    def _create_test_db(creation: Any, *args: Any, **options: Any) -> str:
        name = create_empty(creation, *args, **options)
        copy = FOLDER / f"{_migrations()}.sqlite3"
        if not creation.is_in_memory_db(name) and copy.exists() and not Path(name).exists():
            shutil.copyfile(copy, name)
        return name

    DatabaseCreation.create_test_db = create_test_db
    DatabaseCreation._create_test_db = _create_test_db


def migrated_tables() -> Path | None:
    """The copy with the tables of today's migrations and no rows of tests; None when there is none yet."""
    copy = FOLDER / f"{_migrations()}.sqlite3"
    return copy if copy.exists() else None


def _migrations() -> str:
    """Changes with every migration of every installed app, ours or not, and with Django."""
    digest = hashlib.sha256(django.get_version().encode())
    for each in apps.get_app_configs():
        for path in sorted((Path(each.path) / "migrations").glob("*.py")):
            digest.update(f"{each.label}/{path.name}".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _leave(name: str, copy: Path) -> None:
    """At once whole: another process may be leaving its own at the same time. Older copies go."""
    source = sqlite3.connect(name)
    if not source.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_migrations'").fetchone():
        source.close()
        return  # made with --nomigrations: the next `migrate` would find tables that it knows nothing of
    copy.parent.mkdir(parents=True, exist_ok=True)
    draft = copy.with_suffix(f".{os.getpid()}")
    target = sqlite3.connect(draft)
    source.backup(target)
    source.close()
    target.close()
    draft.replace(copy)
    for old in copy.parent.glob("*.sqlite3"):
        if old != copy:
            old.unlink(missing_ok=True)
