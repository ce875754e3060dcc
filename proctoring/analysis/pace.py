"""How long a client should wait before its next frame, and whose frame goes first, by what a look costs."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from proctoring.analysis import pool
from proctoring.analysis.cameras import Cameras
from proctoring.analysis.turns import Turn

MARGIN = 1.3
"""Share left free for photos at check-in, bursts and the rest of the machine."""
SLOWEST_MS = 15_000
SHED_LEAST_MS = 2_000
AT_ONCE = max(4, 3 * settings.ANALYSIS_WORKERS)
"""Frames of sockets that are handled at the same time."""
FIRST_WAIT_S = 2.0
"""How long a frame that goes first may wait for a worker: the next would show the same, and come later."""
_MOST_COST_MS = 1_000.0
_NEW_SHARE = 0.1

_cameras = Cameras()
_lock = threading.Lock()
_inside, _handling_ms = 0, 0.0


def note(session_id: int) -> int:
    """Notes a frame of the session; how many sessions send frames to this process now."""
    return _cameras.note(session_id)


def forget(session_id: int) -> None:
    """The session has ended and needs no share any more."""
    _cameras.forget(session_id)


def looked(session_id: int, doubt: int) -> None:
    """Its frame was looked at. `doubt`: how grave what is seen and not settled is, 0 for nothing."""
    _cameras.looked(session_id, doubt)


@dataclass(slots=True)
class Handled:
    """One frame. `looked_at`: to be set when it was; what was left out does not say what a look costs."""

    looked_at: bool = False


@contextmanager
def handling() -> Iterator[Handled]:
    """Around everything that is done with a frame; how long that takes shows what the machine can do.

    Frames handled at once, divided by the time of one, are the frames that come out: while the machine is
    full, that is all it can do, whatever it is short of (workers, the interpreter, the database).
    """
    global _inside, _handling_ms
    began = time.monotonic()
    with _lock:
        _inside += 1
        beside = max(_inside, AT_ONCE)
    frame = Handled()
    try:
        yield frame
    finally:
        cost = min(_MOST_COST_MS, (time.monotonic() - began) * 1_000 / beside)
        with _lock:
            _inside -= 1
            if frame.looked_at:
                _handling_ms += _NEW_SHARE * (cost - _handling_ms)


def cost_ms() -> float:
    """What one more frame takes of this process's time to look, with a margin."""
    figures = pool.load()
    looking = figures.mean_ms / figures.workers * MARGIN if figures else 0.0
    return max(looking, _handling_ms)


def look_every_ms() -> int:
    """How often calm candidates are looked at now at most: everybody's share of the workers."""
    return round(min(_cameras.share_ms(cost_ms()), SLOWEST_MS))


def turn(session_id: int) -> Turn:
    """The session's place among the frames that wait for a worker."""
    return _cameras.turn(session_id, cost_ms())


def goes_first(session_id: int) -> bool:
    """Whether something about this candidate is to be settled, or nobody has looked for too long."""
    return _cameras.goes_first(session_id, cost_ms())


def next_frame_after_ms(session_id: int, interval_ms: int, *, shed: bool = False) -> int:
    """Milliseconds until the next frame: the policy's interval, or everybody's fair share of the workers.

    Who is in doubt is asked for a frame a second whatever the load. A shed frame is followed by another after
    the same share, not later: who was left out must not come after those who were not.
    """
    wanted = _cameras.pause_ms(session_id, interval_ms, cost_ms())
    if shed:
        first = _cameras.goes_first(session_id, cost_ms())
        wanted = float(SHED_LEAST_MS) if first else max(wanted, SHED_LEAST_MS)
    return round(min(wanted, SLOWEST_MS))


def start_anew() -> None:
    """Forgets everything: for tests."""
    global _cameras, _handling_ms
    _cameras, _handling_ms = Cameras(), 0.0
