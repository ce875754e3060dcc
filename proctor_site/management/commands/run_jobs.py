"""Carries out jobs for as long as it is not stopped."""

import logging
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from proctor_site.upkeep import carry_out_jobs, look_around

log = logging.getLogger(__name__)
LOOK_EVERY_S = 30.0


class Command(BaseCommand):
    """For servers that set PROCTOR_JOBS_IN_PROCESS=no; several at once share the work."""

    help = "Carries out jobs (e-mails, imports, reports) until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="What is due now, then stop.")
        parser.add_argument("--every", type=float, default=1.0, help="Seconds between two looks (1).")

    def handle(self, *args: Any, once: bool = False, every: float = 1.0, **options: Any) -> None:
        if once:
            look_around()
            carry_out_jobs()
            return
        stopped = threading.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: stopped.set())
        self.stdout.write("carrying out jobs; stop with Ctrl-C (the job under way is finished first)")
        looked_at = 0.0
        while not stopped.wait(max(0.1, every)):
            if time.monotonic() - looked_at > LOOK_EVERY_S:
                looked_at = time.monotonic()
                _safely(look_around)
            _safely(carry_out_jobs)


def _safely(work: Any) -> None:
    close_old_connections()
    try:
        work()
    except Exception:
        log.exception("%s failed; it runs again soon", work.__name__)
    finally:
        close_old_connections()
