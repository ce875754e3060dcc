"""How long a client should wait before its next frame, so that the frames of all fit the workers."""

import threading
import time

from proctoring.analysis import pool

MARGIN = 1.3
"""Share left free for photos at check-in, bursts and the rest of the machine."""
SLOWEST_MS = 15_000
SHED_LEAST_MS = 2_000
_LIVE_FOR_S = 20.0

_seen: dict[int, float] = {}
_lock = threading.Lock()


def note(session_id: int) -> int:
    """Notes a frame of the session; how many sessions send frames to this process now."""
    now = time.monotonic()
    with _lock:
        _seen[session_id] = now
        if len(_seen) > 1:
            for gone in [key for key, at in _seen.items() if now - at > _LIVE_FOR_S]:
                del _seen[gone]
        return len(_seen)


def forget(session_id: int) -> None:
    """The session has ended and needs no share any more."""
    with _lock:
        _seen.pop(session_id, None)


def next_frame_after_ms(live: int, interval_ms: int, *, shed: bool = False) -> int:
    """Milliseconds until the next frame: the policy's interval, or everybody's fair share of the workers.

    `live`: sessions that send frames. A shed frame asks for twice as much, and at least two seconds.
    """
    figures = pool.load()
    fair = live * figures.mean_ms / figures.workers * MARGIN if figures else 0.0
    wanted = max(float(interval_ms), fair)
    if shed:
        wanted = max(2 * wanted, SHED_LEAST_MS)
    return round(min(wanted, SLOWEST_MS))
