"""The worker: takes due jobs from the queue, rescues those whose worker was stopped, and tidies the queue."""

import logging
import os
import socket
from datetime import timedelta
from typing import Any

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from accounts import states
from accounts.jobs.running import put_off_or_fail
from accounts.models import Job
from accounts.tenancy import within
from proctor_site.kernel import clock, rounds
from proctor_site.kernel.errors import Conflict

log = logging.getLogger(__name__)
SILENT_FOR = timedelta(minutes=5)
"""A running job that has said nothing for so long lost its worker (the server was stopped)."""
KEPT_FOR = timedelta(days=7)
"""Rows of the queue are kept so long; what people see is the job, which stays."""
AT_ONCE = 20


def work() -> None:
    """Carries out the due jobs, at most AT_ONCE of them, one after the other.

    Safe in several threads, processes and hosts at once: each job is claimed by one.
    """
    for _ in range(AT_ONCE):
        row = _claim()
        if row is None:
            return
        try:
            row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
            row.set_successful(None)
        except Exception as error:
            # The job tells people what went wrong with its work; this is a fault of the queue itself.
            log.exception("row %s of the queue failed", row.pk)
            row.set_failed(error)
        rounds.came_around(rounds.JOBS)


def _claim() -> "DBTaskResult[Any, Any] | None":
    if not DBTaskResult.objects.ready().exists():
        return None  # without this look, an idle worker would take SQLite's write lock every second
    with transaction.atomic():
        row = DBTaskResult.objects.ready().get_locked()
        if row is not None:
            row.claim(f"{socket.gethostname()[:40]}:{os.getpid()}")
    return row


def rescue() -> int:
    """Puts off the jobs whose worker has fallen silent; returns how many. Safe in several processes."""
    silent = Job._base_manager.filter(state=states.RUNNING, beat_at__lt=clock.now() - SILENT_FOR)
    rescued = 0
    for job in silent.select_related("institution")[:AT_ONCE]:
        with within(job.institution):
            try:
                put_off_or_fail(job, reason="The server was stopped while it worked on this.")
                rescued += 1
            except Conflict:
                continue  # it has just been finished, or another process was faster
    return rescued


def tidy() -> None:
    """Removes old rows of the queue."""
    DBTaskResult.objects.finished().filter(finished_at__lt=clock.now() - KEPT_FOR).delete()
