"""Leaves a service alone after repeated failures: exams must not wait for what will not come (pure)."""

import threading
import time
from collections.abc import Callable

MOST_FAILURES = 3
REST_S = 60.0
TRY_S = 30.0


class Breaker:
    """Counts failures in a row. After `MOST_FAILURES` nobody asks for a while; then one caller tries, and
    its outcome decides. For many threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic, rest_s: float = REST_S) -> None:
        self._now = now
        self._rest_s = rest_s
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """As if nothing had ever failed."""
        with self._lock:
            self._failures = 0
            self._until = 0.0

    def lets_through(self) -> bool:
        """Whether the caller may ask now. After a rest one may; the others wait `TRY_S` for its outcome."""
        with self._lock:
            if not self._until:
                return True
            if self._now() < self._until:
                return False
            self._until = self._now() + TRY_S
            return True

    def worked(self) -> None:
        """The service answered."""
        with self._lock:
            self._failures, self._until = 0, 0.0

    def fail(self, *, rest_s: float | None = None, at_once: bool = False) -> bool:
        """Notes a failure; whether the service rests now, `rest_s` long. `at_once`: this one is enough."""
        with self._lock:
            self._failures += 1
            if self._failures < MOST_FAILURES and not at_once and not self._until:
                return False
            self._until = self._now() + (self._rest_s if rest_s is None else rest_s)
            return True

    def seconds_left(self) -> float:
        """How long the service is left alone from now on; 0 when it is not."""
        with self._lock:
            return max(0.0, self._until - self._now()) if self._until else 0.0
