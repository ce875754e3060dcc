"""Asks for jobs, and for failed ones again."""

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from django.db import IntegrityError, transaction

from accounts import states
from accounts.jobs.kinds import KINDS
from accounts.models import Institution, Job, User
from accounts.transitions import apply_move, lock
from proctor_site.kernel import clock

LAST = -50
"""Priority in the queue of kinds that give way; the others have 0."""


def enqueue(
    institution: Institution,
    kind: str,
    *,
    title: str,
    actor: User | None,
    arguments: Mapping[str, Any] | None = None,
    key: str = "",
    after: datetime | None = None,
) -> Job:
    """A job that will be carried out soon; asked for in the caller's transaction, so gone when that fails.

    `arguments` are plain JSON values without secrets. With `key`, a job of that key that still waits is
    returned instead of a second one. It is not begun before `after`. Raises ValueError for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no kind of job named {kind}")
    now = clock.now()
    row = Job(
        institution=institution,
        kind=kind,
        title=title[:200],
        arguments=dict(arguments or {}),
        key=key,
        created_by=actor,
        created_at=now,
        due_at=after or now,
    )
    try:
        with transaction.atomic():
            row.save()
            put_into_queue(row, after=after)
    except IntegrityError:
        waiting = Job.objects.filter(institution=institution, key=key, state=states.WAITING).first()
        if waiting is None:
            raise
        return waiting
    row.refresh_from_db()
    return row


def put_into_queue(job: Job, *, after: datetime | None = None) -> None:
    """Tells the queue about a waiting job; `after`: not before that moment."""
    # By name: the queue's task imports what runs jobs, and that puts jobs off by this function.
    task = import_module("accounts.jobs.tasks").run_job
    kind = KINDS.get(job.kind)
    if kind is not None and kind.gives_way and task.get_backend().supports_priority:
        task = task.using(priority=LAST)
    if after is not None and task.get_backend().supports_defer:
        task = task.using(run_after=after)
    task.enqueue(job.pk)


def try_again(job: Job, *, actor: User) -> Job:
    """Gives a failed job its full number of tries once more. Raises IllegalMove for others."""
    with transaction.atomic():
        lock(job)
        values = {"tries": 0, "due_at": clock.now(), "finished_at": None, "key": ""}
        apply_move(job, states.JOB, "try_again", actor=actor, values=values)
        put_into_queue(job)
    job.refresh_from_db()
    return job
