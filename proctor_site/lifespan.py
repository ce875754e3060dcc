"""Start and stop of a process of ours: event loop for publishing, sweeps, jobs, warm analysis."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from prometheus_client.multiprocess import mark_process_dead

from proctor_site import stopping
from proctor_site.kernel import rounds

log = logging.getLogger(__name__)
SWEEP_EVERY_S = 1.0
SAVES_ANSWERS = ("all", "web")
"""Roles whose pulse counts: where none of them beats, answers cannot be saved, and time is lost."""
ANALYSES = ("all", "capture")
Message = dict[str, Any]


async def lifespan(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """The ASGI lifespan protocol."""
    tasks: list[asyncio.Task[None]] = []
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            # Before anybody is answered: an outage moves deadlines.
            if settings.ROLE in SAVES_ANSWERS:
                await _beat_once()
            tasks = start()
            # Nobody shares work out to a worker by its readiness, and it takes no more jobs while it stops.
            delay_s = 0 if settings.ROLE == "worker" else settings.STOP_DELAY_S
            stopping.watch(asyncio.get_running_loop(), delay_s)
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await stop(tasks)
            await send({"type": "lifespan.shutdown.complete"})
            return


def start() -> "list[asyncio.Task[None]]":
    """Begins what this process does by itself, by its role."""
    from proctor_site import processes
    from proctor_site.upkeep import carry_out_jobs, look_around
    from proctoring.live import publish
    from proctoring.sweep import beat, sweep_deadlines, sweep_evidence, sweep_spool, write_coverage

    publish.bind_loop(asyncio.get_running_loop())
    role = settings.ROLE
    # The spool is on this machine's disk, so this process empties it even when the sweep runs elsewhere; and
    # apart from the deadlines, because a store may hang. Recordings of calls are joined by who may listen.
    work: list[tuple[Callable[[], object], float]] = [
        (sweep_spool if role == "web" else sweep_evidence, 5 * SWEEP_EVERY_S),
        (write_coverage, 10 * SWEEP_EVERY_S),
        (processes.tell, processes.TOLD_EVERY_S),
    ]
    if role in SAVES_ANSWERS:
        work.append((beat, SWEEP_EVERY_S))
    if settings.SWEEP_IN_PROCESS or role == "worker":
        work.append((sweep_deadlines, SWEEP_EVERY_S))
    if settings.JOBS_IN_PROCESS or role == "worker":
        work.append((carry_out_jobs, SWEEP_EVERY_S))
        work.append((look_around, 30 * SWEEP_EVERY_S))
    if role == "worker":
        for each in (sweep_deadlines, carry_out_jobs):
            rounds.begin(each.__name__)
        work.append((rounds.tell_systemd, rounds.WATCHED_EVERY_S))
    tasks = [asyncio.create_task(_repeat(each, every_s)) for each, every_s in work]
    if role in ANALYSES:
        tasks.append(asyncio.create_task(_warm_up()))
    return tasks


async def _beat_once() -> None:
    from proctoring.sweep import beat

    try:
        await sync_to_async(_with_fresh_connections, thread_sensitive=False)(beat)
    except Exception:
        log.exception("the pulse of the server cannot be written; it is tried again")


async def stop(tasks: "list[asyncio.Task[None]]") -> None:
    """Ends it: analysis, files on their way, counts."""
    from proctoring import coverage
    from proctoring.analysis import pool
    from proctoring.evidence import store

    for task in tasks:
        task.cancel()
    rounds.forget()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]
    await asyncio.to_thread(pool.close)
    await asyncio.to_thread(store.flush)
    try:
        await asyncio.to_thread(coverage.write, everything=True)
    except Exception:
        log.exception("the counts of the last minutes could not be written")


async def _warm_up() -> None:
    """Starts the analysis, so that the first candidate does not wait and a fault is in the log at once."""
    from proctoring.analysis import pool

    try:
        await asyncio.to_thread(pool.start)
    except Exception:
        log.exception("the analysis cannot start: frames are refused until this is mended")


async def _repeat(work: Callable[[], object], every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        try:
            await sync_to_async(_with_fresh_connections, thread_sensitive=False)(work)
        except Exception:
            log.exception("%s failed; it runs again in %s s", getattr(work, "__name__", work), every_s)
        rounds.came_around(getattr(work, "__name__", ""))


def _with_fresh_connections(work: Callable[[], object]) -> None:
    close_old_connections()
    try:
        work()
    finally:
        close_old_connections()
