"""How many calls a token may make in a minute: counted in the cache, told in the headers of each answer."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from proctor_site.kernel.errors import Overloaded

WINDOW_S = 60
_READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What is left of the present minute. `reset_s`: seconds until the next one."""

    limit: int
    used: int
    reset_s: int

    @property
    def headers(self) -> dict[str, str]:
        """For the answer, as most clients know them."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.reset_s),
        }


def count_call(account_id: int, method: str, *, is_capture: bool = False) -> Allowed:
    """Counts a call by the account of a token (which stays the same when the token is rotated).

    Reads, writes and captures count apart, by the minutes of the clock, in `API_READS_PER_MINUTE`,
    `API_WRITES_PER_MINUTE` and `API_CAPTURES_PER_MINUTE`; an emptied cache begins anew.
    """
    kind = "capture" if is_capture else "read" if method in _READING else "write"
    limit: int = getattr(settings, f"API_{kind.upper()}S_PER_MINUTE")
    window, passed = divmod(int(time.time()), WINDOW_S)
    name = f"api-calls:{account_id}:{kind}:{window}"
    cache.add(name, 0, timeout=2 * WINDOW_S)
    try:
        used = cache.incr(name)
    except ValueError:  # dropped between the two calls, by a full cache
        used = 1
    return Allowed(limit, used, WINDOW_S - passed)


def refuse_too_many(allowed: Allowed) -> None:
    """Raises Overloaded (too_often) with the time to wait, once the limit is passed."""
    if allowed.used > allowed.limit:
        raise Overloaded(
            f"This token may make {allowed.limit} such calls in a minute. Wait {allowed.reset_s} seconds.",
            code="too_often",
            details={"retry_after_ms": allowed.reset_s * 1000},
        )
