"""Tests begin with a copy of the migrated tables that earlier ones left, where the migrations are the same.

Some 140 migrations take 45 s of CPU in every process that needs a database (2026-11), nearly all for drawing
up the models anew after each step. `migrate` runs all the same and finds nothing to do. On SQLite the copy is
a file, on PostgreSQL a database that new ones take as their template.

`python -m tests.quick_database` makes both copies, so that processes that begin together need not.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.sqlite3.creation import DatabaseCreation

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".pytest_cache" / "databases"
_OURS = f"proctor_tests_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}_"
"""How this folder's templates on a server of PostgreSQL begin."""


def begin_with_a_copy() -> None:
    """Has the test databases of this process begin with the copy, or leave one for the next."""
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        _begin_with_a_template()
    else:
        _begin_with_a_file()


def _begin_with_a_file() -> None:
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


def _begin_with_a_template() -> None:
    from django.db.backends.postgresql.creation import DatabaseCreation as OnServer  # only with its driver

    create, create_empty = OnServer.create_test_db, OnServer._create_test_db

    def create_test_db(creation: Any, *args: Any, **options: Any) -> str:
        name = create(creation, *args, **options)
        if not creation.connection.settings_dict["TEST"]["TEMPLATE"]:
            _leave_template(creation, name)
        return name

    def _create_test_db(creation: Any, *args: Any, **options: Any) -> str:
        template = migrated_template()
        with creation._nodb_cursor() as cursor:
            is_there = creation._database_exists(cursor, template)
        creation.connection.settings_dict["TEST"]["TEMPLATE"] = template if is_there else None
        return create_empty(creation, *args, **options)

    OnServer.create_test_db = create_test_db
    OnServer._create_test_db = _create_test_db


def _leave_template(creation: Any, name: str) -> None:
    """Another process may leave its own first, or be copying an older one, which then goes another time."""
    creation.connection.close()  # a database that is in use cannot be copied
    creation.connection.close_pool()
    with creation._nodb_cursor() as cursor:
        with suppress(DatabaseError):
            cursor.execute(f'CREATE DATABASE "{migrated_template()}" TEMPLATE "{name}"')
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{_OURS}%"])
        for (old,) in cursor.fetchall():
            if not old.endswith(_migrations()):
                with suppress(DatabaseError):
                    cursor.execute(f'DROP DATABASE "{old}"')


def migrated_tables() -> Path | None:
    """The copy with the tables of today's migrations and no rows of tests; None when there is none yet."""
    copy = FOLDER / f"{_migrations()}.sqlite3"
    return copy if copy.exists() else None


def migrated_template() -> str:
    """The name that the same has on a server of PostgreSQL, whether it is there or not."""
    return _OURS + _migrations()


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


def main() -> None:
    """Makes the copies there are none of yet: here the file, in a process beside it the template."""
    from tests.integration import servers

    django.setup()
    beside = None
    on_server = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    if not on_server and not servers.why_no_postgresql():
        command = [sys.executable, "-m", "tests.quick_database"]
        beside = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": servers.POSTGRESQL}, cwd=ROOT)
    begin_with_a_copy()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.creation.destroy_test_db(str(name), verbosity=0)
    if beside is not None and beside.wait():
        raise SystemExit(beside.returncode)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    main()
