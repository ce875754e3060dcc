"""The one clock: every decision about time asks here, so tests and rehearsals can set it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_began, _steady_began = datetime.now(UTC), time.monotonic()
_frozen: ContextVar[datetime | None] = ContextVar("frozen_now", default=None)


def now() -> datetime:
    """The present moment in UTC, or the moment set by `at`."""
    return _frozen.get() or datetime.now(UTC)


def steady() -> float:
    """Seconds of a clock that nobody sets; only differences mean anything. It goes along with `at`."""
    moment = _frozen.get()
    return time.monotonic() if moment is None else _steady_began + (moment - _began).total_seconds()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside the block `now()` answers `moment` (aware). Holds for this context, not for other threads."""
    if moment.tzinfo is None:
        raise ValueError("the clock needs an aware moment")
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
