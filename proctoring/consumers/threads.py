"""Runs blocking work of sockets in threads of their own: database, frames, recordings.

Channels' default is one thread-sensitive thread for all sockets; a frame that waits for its analysis there
would hold up every database access of every socket, and a recording, which may wait for seconds, every frame.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.conf import settings
from django.db import close_old_connections

from proctor_site.kernel import request_ids
from proctoring.analysis import pace

Result = TypeVar("Result")

_database = ThreadPoolExecutor(max_workers=4, thread_name_prefix="socket")
_media_server = ThreadPoolExecutor(max_workers=4, thread_name_prefix="socket-live")


class NoThreadFree(Exception):
    """As much of this kind is waiting for the analysis as may wait."""


class BoundedThreads:
    """So many threads for one kind of work, and no queue before them. `kept`: more, for what goes first."""

    def __init__(self, most: int, name: str, *, kept: int = 0) -> None:
        self.most, self.kept, self.busy = most, kept, 0
        self._executor = ThreadPoolExecutor(max_workers=most + kept, thread_name_prefix=name)

    async def run(self, work: Callable[..., Result], *args: Any, first: bool = False) -> Result:
        """Runs blocking work. Raises NoThreadFree at once instead of queueing. `first`: on those kept too."""
        if self.busy >= self.most + (self.kept if first else 0):
            raise NoThreadFree
        self.busy += 1  # only the event loop changes it
        try:
            return await _run(self._executor, work, *args)
        finally:
            self.busy -= 1


frames = BoundedThreads(pace.AT_ONCE, "frames", kept=pace.AT_ONCE // 2)
clips = BoundedThreads(max(4, 3 * settings.SOUND_WORKERS), "clips")


async def in_thread(work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    """Runs short blocking work (database, cache) off the event loop."""
    return await _run(_database, work, *args, **kwargs)


async def in_patient_thread(work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    """Runs what asks a media server, which may take seconds: no answer of a candidate waits behind it."""
    return await _run(_media_server, work, *args, **kwargs)


async def _run(
    executor: ThreadPoolExecutor, work: Callable[..., Result], *args: Any, **kwargs: Any
) -> Result:
    number = request_ids.current()  # an executor takes no context along

    def call() -> Result:
        close_old_connections()
        try:
            with request_ids.bound(number):
                return work(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(executor, call)
