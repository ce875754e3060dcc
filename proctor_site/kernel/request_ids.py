"""The number of what is being answered: one for each request, socket and job, on every line of the log."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-Request-ID"
NONE = "-"
"""What stands in the log where nothing is being answered: start, stop, what a clock does."""
_GOOD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_current: ContextVar[str] = ContextVar("request_id", default=NONE)


def current() -> str:
    """The number of what this thread or task answers, or NONE."""
    return _current.get()


def choose(told: str | None) -> str:
    """What a proxy told, if it is 8 to 64 letters, digits, dots, dashes; else a new one.

    Nothing else is taken over: it stands in logs, headers and pages.
    """
    return told if told and _GOOD.fullmatch(told) else secrets.token_hex(12)


@contextmanager
def bound(number: str) -> Iterator[str]:
    """Everything within, also in threads that are waited for, belongs to `number`."""
    token = _current.set(number)
    try:
        yield number
    finally:
        _current.reset(token)
