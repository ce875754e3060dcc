"""Leaves a provider alone after repeated failures: exams must not wait for what will not come."""

import threading
import time
from collections.abc import Callable

from proctoring.audio.diarizers.base import DiarizerError
from proctoring.audio.diarizers.provider_codes import ACCOUNT_CODES, UNREADABLE

MOST_FAILURES = 3
REST_S = 60.0
ACCOUNT_REST_S = 300.0
TRY_S = 30.0
LONGEST_REST_S = 15 * 60.0


class Breaker:
    """Counts failures in a row. After `MOST_FAILURES` (one, where only the operator can mend it) nobody asks
    for a while; then one recording tries, and its outcome decides. For many threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
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
        """The provider answered."""
        with self._lock:
            self._failures, self._until = 0, 0.0

    def failed(self, error: DiarizerError) -> bool:
        """Notes a failure; whether the provider rests now. What is wrong with a recording does not count."""
        from_account = error.code in ACCOUNT_CODES
        with self._lock:
            if not error.is_temporary and error.code != UNREADABLE:
                return False
            self._failures += 1
            if self._failures < MOST_FAILURES and not from_account and not self._until:
                return False
            rest = max(ACCOUNT_REST_S if from_account else REST_S, error.retry_after_s)
            self._until = self._now() + min(rest, LONGEST_REST_S)
            return True

    def seconds_left(self) -> float:
        """How long the provider is left alone from now on; 0 when it is not."""
        with self._lock:
            return max(0.0, self._until - self._now()) if self._until else 0.0
