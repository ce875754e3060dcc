"""Carries out one job: starts it, does its work, and finishes it, puts it off or lets it fail."""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.db import transaction

from accounts import states
from accounts.jobs.kinds import KINDS
from accounts.jobs.services import put_into_queue
from accounts.models import Job
from accounts.tenancy import within
from accounts.transitions import apply_move
from proctor_site.kernel import clock, request_ids, rounds
from proctor_site.kernel.errors import Conflict, Refusal
from proctor_site.kernel.figures import JOB_SECONDS, JOBS, timed

log = logging.getLogger(__name__)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=30)
_TOLD_EVERY = timedelta(seconds=1)


class RowProgress:
    """Writes progress into the job's row, at most once a second."""

    def __init__(self, job: Job) -> None:
        self._job, self._told_at = job, job.started_at

    def tell(self, done: int, total: int) -> None:
        """How much is done of how much."""
        rounds.came_around(rounds.JOBS)
        now = clock.now()
        if done < total and self._told_at is not None and now - self._told_at < _TOLD_EVERY:
            return
        self._told_at = now
        Job.objects.filter(pk=self._job.pk).update(done=done, total=total, beat_at=now)


def wait_before(next_try: int) -> timedelta:
    """How long to wait before try number `next_try` (2 is the first repeat): 10 s, four times longer each."""
    return min(FIRST_WAIT * 4 ** max(0, next_try - 2), LONGEST_WAIT)


def run(job_id: int) -> None:
    """Carries out the job if it is waiting; anything else (withdrawn, taken by another worker) is left."""
    # _base_manager: the worker serves all institutions; the scope is the job's own.
    rows = Job._base_manager.select_related("institution", "created_by")
    job = rows.filter(pk=job_id, state=states.WAITING).first()
    if job is None:
        return
    with within(job.institution), request_ids.bound(f"job-{job.pk}"):
        now = clock.now()
        values = {"tries": job.tries + 1, "started_at": now, "beat_at": now, "reason": ""}
        try:
            apply_move(job, states.JOB, "start", actor=None, values=values)
        except Conflict:
            return
        with timed(JOB_SECONDS):
            _carry_out(job)
        JOBS.labels(job.kind, "tried again" if job.state == states.WAITING else job.state).inc()


def _carry_out(job: Job) -> None:
    try:
        kind = KINDS[job.kind]
        result = dict(kind.work(job, RowProgress(job)) or {})
    except Refusal as refusal:
        end(job, "fail", reason=refusal.message)
    except Exception as error:
        log.exception("job %s (%s) failed at try %s", job.pk, job.kind, job.tries)
        put_off_or_fail(job, reason=_in_words(error, job))
    else:
        end(job, "finish", result=result)


def end(job: Job, verb: str, *, reason: str = "", **values: Any) -> None:
    """Finishes the job or lets it fail, with its reason in words."""
    more = {"finished_at": clock.now(), "reason": reason, **values}
    apply_move(job, states.JOB, verb, actor=None, values=more, reason=reason)


def put_off_or_fail(job: Job, *, reason: str) -> None:
    """Another try later, or the end after the last one."""
    kind = KINDS.get(job.kind)
    if kind is None or job.tries >= kind.tries:
        end(job, "fail", reason=reason)
        return
    due = clock.now() + wait_before(job.tries + 1)
    with transaction.atomic():
        # Without its key: another of that key may be waiting already.
        values = {"due_at": due, "reason": reason, "key": ""}
        apply_move(job, states.JOB, "put_off", actor=None, values=values, reason=reason)
        put_into_queue(job, after=due)


def _in_words(error: Exception, job: Job) -> str:
    if isinstance(error, SMTPException | OSError):
        return "The mail server or another service could not be reached."
    return f"A fault of ours ({type(error).__name__}). The operator finds it in the log as job {job.pk}."
