"""Brings the database up to date without holding up those who use it meanwhile (decision 0199)."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections

LOCK_WITHIN_S = 2
"""A change of a table waits so long for those who use it; everybody who comes later waits behind it."""
TRIES = 30
PAUSE_S = 3.0
_LOCK_NOT_AVAILABLE = "55P03"


class Command(migrate.Command):
    """Django's own, which on PostgreSQL gives up its place after two seconds and tries again.

    Each migration is a transaction: one that gave up has changed nothing. Exit code 1 when it never came to
    its lock; those before it are applied.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options.get("database") or "default"]
        if connection.vendor != "postgresql" or settings.TRANSACTION_POOLING:
            # Behind such a pooler a setting of the session would fall to somebody else.
            super().handle(*args, **options)
            return
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_WITHIN_S}s'")
        try:
            self._try(*args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")

    def _try(self, *args: Any, **options: Any) -> None:
        for number in range(1, TRIES + 1):
            try:
                super().handle(*args, **options)
                return
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
                    raise
                self.stderr.write(f"A table was in use for {LOCK_WITHIN_S} s; try {number} of {TRIES}.")
                if number == TRIES:
                    raise CommandError(
                        "The database is not up to date: a table was never free. See which transaction lasts "
                        "(SELECT pid, query FROM pg_stat_activity WHERE state <> 'idle'), and migrate again."
                    ) from error
                time.sleep(PAUSE_S)
