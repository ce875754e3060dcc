"""Runs blocking work of sockets in threads of their own: database in one set, frames in another.

Channels' default is one thread-sensitive thread for all sockets; a frame that waits for its analysis there
would hold up every database access of every socket.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.conf import settings
from django.db import close_old_connections

Result = TypeVar("Result")

_FRAME_THREADS = max(4, 3 * settings.ANALYSIS_WORKERS)
_database = ThreadPoolExecutor(max_workers=4, thread_name_prefix="socket")
_frames = ThreadPoolExecutor(max_workers=_FRAME_THREADS, thread_name_prefix="frames")
_frames_in_threads = 0


class NoThreadFree(Exception):
    """As many frames are waiting for the analysis as may wait."""


async def in_thread(work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    """Runs short blocking work (database, cache) off the event loop."""
    return await _run(_database, work, *args, **kwargs)


async def in_frame_thread(work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    """Runs the handling of one frame. Raises NoThreadFree at once instead of queueing."""
    global _frames_in_threads
    if _frames_in_threads >= _FRAME_THREADS:
        raise NoThreadFree
    _frames_in_threads += 1  # only the event loop changes it
    try:
        return await _run(_frames, work, *args, **kwargs)
    finally:
        _frames_in_threads -= 1


async def _run(
    executor: ThreadPoolExecutor, work: Callable[..., Result], *args: Any, **kwargs: Any
) -> Result:
    def call() -> Result:
        close_old_connections()
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(executor, call)
