"""Leaves in good order: SIGTERM first makes this process unready, and ends it a while later.

Whoever shares the work out by `/health/ready/` has that while to send it nothing more. Then uvicorn takes no
more connections, tells open sockets to come again (1012) and lets requests under way end.
"""

import asyncio
import signal
import threading
from types import FrameType

_asked = threading.Event()


def is_asked() -> bool:
    """Whether this process is about to end."""
    return _asked.is_set()


def watch(loop: asyncio.AbstractEventLoop, delay_s: float) -> None:
    """Puts itself before the handler of SIGTERM that the server has; a second signal waits no more."""
    if threading.current_thread() is not threading.main_thread():
        return
    before = signal.getsignal(signal.SIGTERM)
    if not callable(before):
        return

    def handle(number: int, frame: FrameType | None) -> None:
        waits = delay_s > 0 and not _asked.is_set()
        _asked.set()
        if waits:
            loop.call_soon_threadsafe(loop.call_later, delay_s, before, number, None)
        else:
            before(number, frame)

    signal.signal(signal.SIGTERM, handle)
