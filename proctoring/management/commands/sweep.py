"""Runs the sweep for as long as it is not stopped: deadlines, lapsed attempts, spooled evidence."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from proctoring.evidence import store
from proctoring.live import publish
from proctoring.sweep import sweep_deadlines, sweep_evidence

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """For servers that set PROCTOR_SWEEP_IN_PROCESS=off; several at once do no harm."""

    help = "Submits attempts at their deadline and moves evidence that waits on disk, until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="One round, then stop.")
        parser.add_argument("--every", type=float, default=1.0, help="Seconds between rounds (1).")

    def handle(self, *args: Any, once: bool = False, every: float = 1.0, **options: Any) -> None:
        if once:
            sweep_deadlines()
            self.stdout.write(f"{sweep_evidence()} file(s) moved to the evidence store")
        else:
            self._run(max(0.1, every))
        store.flush()
        publish.flush()

    def _run(self, every: float) -> None:
        stopped = threading.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: stopped.set())
        # Apart: a store that hangs must not hold up deadlines.
        mover = threading.Thread(target=_repeat, args=(sweep_evidence, 5 * every, stopped), daemon=True)
        mover.start()
        self.stdout.write(f"sweeping every {every:g} s; stop with Ctrl-C")
        _repeat(sweep_deadlines, every, stopped)


def _repeat(work: Any, every: float, stopped: threading.Event) -> None:
    while not stopped.wait(every):
        close_old_connections()
        try:
            work()
        except Exception:
            log.exception("%s failed; it runs again in %g s", work.__name__, every)
        finally:
            close_old_connections()
