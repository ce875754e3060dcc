"""A copy of the database while the server runs, and the database from a copy."""

import os
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from django.db import connection

from proctor_site.kernel.errors import Unavailable

SQLITE, POSTGRESQL = "database.sqlite3", "database.dump"


def file_name() -> str:
    """What the copy of the database in use is called."""
    return POSTGRESQL if connection.vendor == "postgresql" else SQLITE


def copy_to(target: Path) -> None:
    """Writes one consistent copy. Raises Unavailable with the reason, such as a missing pg_dump."""
    if connection.vendor == "postgresql":
        _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(target)])
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy, pages=2_000, sleep=0.01)
    target.chmod(0o600)


def take_from(source: Path) -> None:
    """Replaces everything in the database by the copy. Only for one that was found empty."""
    if connection.vendor == "postgresql":
        connection.close()
        # Tables of migrations may be there already; the copy brings its own.
        options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--exit-on-error"]
        _run(["pg_restore", *options, "--single-transaction", "--dbname", _name(), str(source)])
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(source)) as copy:
        copy.backup(connection.connection)
    connection.close()


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _run(command: Sequence[str]) -> None:
    """The database is named in the environment: arguments of a process are read by everybody."""
    told = connection.settings_dict
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    environment = os.environ | {name: str(told[key]) for name, key in names.items() if told.get(key)}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Unavailable(
            f"{command[0]} is not installed (Debian: postgresql-client).", code="no_client"
        ) from error
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise Unavailable(f"{command[0]} failed: {reason[0]}", code="database_copy_failed")
