"""Database: SQLite in WAL mode by default, PostgreSQL when DATABASE_URL says so."""

import sys
from typing import Any

import dj_database_url

from proctor_site.settings import env

DATA_DIR = env.folder("PROCTOR_DATA_DIR", env.BASE_DIR / "var")
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# WAL with IMMEDIATE: without IMMEDIATE a read-then-write transaction fails with BUSY_SNAPSHOT, which no
# timeout helps. FULL, not NORMAL: an acknowledged answer must survive a power cut (docs/decisions/0002).
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;"
    ),
}


POOL_SIZE = env.integer("PROCTOR_DATABASE_POOL", 16, least=2)
"""Most connections one process keeps to PostgreSQL."""


TRANSACTION_POOLING = env.flag("PROCTOR_DATABASE_TRANSACTION_POOLING", default=False)
"""A pooler such as PgBouncer stands before PostgreSQL and gives a connection for one transaction only."""


def _database() -> dict[str, Any]:
    url = env.secret("DATABASE_URL")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "db.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
            # A file, not memory: the servers that tests start in threads must see it.
            "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
        }
    parsed: dict[str, Any] = {**dj_database_url.parse(url)}
    # Never CONN_MAX_AGE under ASGI: each request is a new thread and the server runs out of clients.
    parsed["CONN_MAX_AGE"] = 0
    parsed["DISABLE_SERVER_SIDE_CURSORS"] = TRANSACTION_POOLING  # a cursor would stay on another's connection
    if parsed["ENGINE"].endswith("postgresql") and "pytest" not in sys.modules:
        # Else each connection of the pool fails one request after the database was started anew (0190).
        parsed["CONN_HEALTH_CHECKS"] = True
        parsed["OPTIONS"] = {**parsed.get("OPTIONS", {}), "pool": {"min_size": 2, "max_size": POOL_SIZE}}
    return parsed


DATABASES = {"default": _database()}

PRIVATE_NETWORK = env.flag("PROCTOR_PRIVATE_NETWORK", default=False)
"""Nobody else hears what goes to PostgreSQL and Redis, so `check --deploy` asks for no TLS there."""
