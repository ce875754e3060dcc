"""Whose picture is looked at next when not all can be: nobody starves, and who is in doubt is settled soon.

A camera is in doubt while something graver than info was seen that is no incident yet, or an incident seems
to be over. Rules want several looks close together for that (docs/time_rules.md); spread over everybody's
share of an overloaded machine they would never come.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from proctoring.analysis.turns import FIRST, IN_ORDER, Turn

LIVE_FOR_S = 20.0
FAVOURED_MS = 1_000.0
"""Between two looks at a camera in doubt, however many others there are."""
FAVOURED_SHARE = 0.5
"""Of the machine, for cameras in doubt; the rest stays with those that seem calm."""
TIRED_AFTER_S = 15.0
"""Who is in doubt for longer stands back behind others in doubt: what flickers must not hold them up."""
OVERDUE = 1.5
"""Times the share of everybody, after which a camera goes before others."""


@dataclass(slots=True)
class _Camera:
    noted_at: float
    looked_at: float
    doubt: int = 0
    doubt_since: float = 0.0


class Cameras:
    """The sessions that send frames to this process. Any thread may ask."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, threading.Lock()
        self._all: dict[int, _Camera] = {}

    def note(self, session: int) -> int:
        """A frame of the session has come; how many sessions send frames now."""
        now = self._now()
        with self._lock:
            camera = self._all.setdefault(session, _Camera(now, now))
            camera.noted_at = now
            for gone in [key for key, each in self._all.items() if now - each.noted_at > LIVE_FOR_S]:
                del self._all[gone]
            return len(self._all)

    def forget(self, session: int) -> None:
        """The session has ended and needs no share any more."""
        with self._lock:
            self._all.pop(session, None)

    def looked(self, session: int, doubt: int) -> None:
        """Its picture was looked at. `doubt`: how grave what is not settled is, 0: nothing is."""
        now = self._now()
        with self._lock:
            camera = self._all.setdefault(session, _Camera(now, now))
            if doubt and not camera.doubt:
                camera.doubt_since = now
            camera.noted_at = camera.looked_at = now
            camera.doubt = doubt

    def favoured(self, cost_ms: float) -> set[int]:
        """Those in doubt who get looks at once, the gravest first. `cost_ms`: of a look."""
        places = max(1, int(FAVOURED_SHARE * FAVOURED_MS / max(cost_ms, 1.0)))
        now = self._now()

        def order(each: tuple[int, _Camera]) -> tuple[bool, int, float]:
            camera = each[1]
            return now - camera.doubt_since > TIRED_AFTER_S, -camera.doubt, camera.doubt_since

        with self._lock:
            doubted = sorted(((key, each) for key, each in self._all.items() if each.doubt), key=order)
        return {key for key, _ in doubted[:places]}

    def share_ms(self, cost_ms: float) -> float:
        """Milliseconds from one look to the next for each of those who are not favoured."""
        with self._lock:
            live = len(self._all)
        favoured = len(self.favoured(cost_ms))
        taken = min(FAVOURED_SHARE, favoured * cost_ms / FAVOURED_MS)
        return max(0, live - favoured) * cost_ms / (1 - taken)

    def pause_ms(self, session: int, interval_ms: int, cost_ms: float) -> float:
        """What the session is told to wait: its interval, or longer where there is no room for that."""
        share = self.share_ms(cost_ms)
        if session in self.favoured(cost_ms):
            share = min(share, FAVOURED_MS)
        return max(float(interval_ms), share)

    def turn(self, session: int, cost_ms: float) -> Turn:
        """Its place before a worker: first those in doubt and overdue, then who was seen longest ago."""
        is_first = self.goes_first(session, cost_ms)
        with self._lock:
            camera = self._all.get(session)
        return (FIRST if is_first else IN_ORDER), (camera.looked_at if camera else self._now())

    def goes_first(self, session: int, cost_ms: float) -> bool:
        """Whether it is in doubt and favoured, or was not looked at for longer than its share."""
        if session in self.favoured(cost_ms):
            return True
        share_s = max(FAVOURED_MS, self.share_ms(cost_ms)) / 1_000
        with self._lock:
            camera = self._all.get(session)
        return camera is not None and self._now() - camera.looked_at > OVERDUE * share_s
