"""Start and stop of a web process: event loop for publishing, sweeps, warm analysis."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections

log = logging.getLogger(__name__)
SWEEP_EVERY_S = 1.0
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
            await _beat_once()
            tasks = _start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await _stop(tasks)
            await send({"type": "lifespan.shutdown.complete"})
            return


def _start() -> "list[asyncio.Task[None]]":
    from proctor_site.upkeep import carry_out_jobs, look_around
    from proctoring.live import publish
    from proctoring.sweep import beat, sweep_deadlines, sweep_evidence, write_coverage

    publish.bind_loop(asyncio.get_running_loop())
    # The spool is on this machine's disk, so this process empties it even when the sweep runs elsewhere; and
    # apart from the deadlines, because a store may hang.
    tasks = [
        asyncio.create_task(_repeat(sweep_evidence, 5 * SWEEP_EVERY_S)),
        asyncio.create_task(_repeat(beat, SWEEP_EVERY_S)),
        asyncio.create_task(_repeat(write_coverage, 10 * SWEEP_EVERY_S)),
        asyncio.create_task(_warm_up()),
    ]
    if settings.SWEEP_IN_PROCESS:
        tasks.append(asyncio.create_task(_repeat(sweep_deadlines, SWEEP_EVERY_S)))
    if settings.JOBS_IN_PROCESS:
        tasks.append(asyncio.create_task(_repeat(carry_out_jobs, SWEEP_EVERY_S)))
        tasks.append(asyncio.create_task(_repeat(look_around, 30 * SWEEP_EVERY_S)))
    return tasks


async def _beat_once() -> None:
    from proctoring.sweep import beat

    try:
        await sync_to_async(_with_fresh_connections, thread_sensitive=False)(beat)
    except Exception:
        log.exception("the pulse of the server cannot be written; it is tried again")


async def _stop(tasks: "list[asyncio.Task[None]]") -> None:
    from proctoring import coverage
    from proctoring.analysis import pool
    from proctoring.evidence import store

    for task in tasks:
        task.cancel()
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


def _with_fresh_connections(work: Callable[[], object]) -> None:
    close_old_connections()
    try:
        work()
    finally:
        close_old_connections()
