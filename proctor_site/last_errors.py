"""The last faults of all processes, for the operator's page: kind, place in the source, count; no values.

Each process remembers its own and tells them with its sign of life (`processes.tell`); they leave the cache
after a day. The log has the rest, under the number of the request.
"""

import logging
import os
import platform
import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType

from django.conf import settings
from django.core.cache import cache

from proctor_site.kernel import clock, request_ids

MOST = 50
_KEPT_S = 24 * 60 * 60
_NAMES = "last-errors"
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault at a place, in one process. `at`: last time, ISO 8601; `number`: of its request."""

    at: str
    host: str
    pid: int
    role: str
    kind: str
    place: str
    number: str
    times: int = 1


_seen: OrderedDict[tuple[str, str], Fault] = OrderedDict()
_lock = threading.Lock()
_told: list[Fault] = []


class LastErrors(logging.Handler):
    """Remembers entries of level ERROR and above; touches neither cache nor disk, so it cannot fail."""

    def emit(self, record: logging.LogRecord) -> None:
        """Counts it under its kind and place; what was longest ago makes room."""
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        kind = type(error).__name__ if error is not None else f"log entry of {record.name}"
        place = _place(error.__traceback__) if error is not None else ""
        place = place or f"{_shown(record.pathname)}:{record.lineno}"
        me = (platform.node()[:60], os.getpid(), settings.ROLE)
        fault = Fault(_now(), *me, kind[:80], place[:160], request_ids.current())
        with _lock:
            before = _seen.pop((fault.kind, fault.place), None)
            _seen[fault.kind, fault.place] = replace(fault, times=before.times + 1) if before else fault
            while len(_seen) > MOST:
                _seen.popitem(last=False)


def tell() -> None:
    """Puts what this process remembers into the cache, if anything is new."""
    global _told
    with _lock:
        mine = list(_seen.values())
    if mine == _told or not mine:
        return
    name = f"{mine[0].host}:{os.getpid()}"
    cache.set(f"{_NAMES}:{name}", [asdict(each) for each in mine], _KEPT_S)
    names = set(cache.get(_NAMES) or ())
    cache.set(_NAMES, sorted(names | {name}), _KEPT_S)
    _told = mine


def newest() -> list[Fault]:
    """The last faults of all processes, newest first, at most `MOST`; forgets names that say nothing."""
    names = list(cache.get(_NAMES) or ())
    told = cache.get_many([f"{_NAMES}:{name}" for name in names])
    if len(told) < len(names):
        cache.set(_NAMES, [name for name in names if f"{_NAMES}:{name}" in told], _KEPT_S)
    found = [Fault(**each) for faults in told.values() for each in faults]
    return sorted(found, key=lambda each: each.at, reverse=True)[:MOST]


def forget() -> None:
    """Empties the memory of this process."""
    global _told
    with _lock:
        _seen.clear()
        _told = []


def _now() -> str:
    return clock.now().isoformat(timespec="seconds")


def _place(trace: TracebackType | None) -> str:
    """The innermost line of our own source, else the innermost of all."""
    found = own = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        found = f"{_shown(code.co_filename)}:{trace.tb_lineno} in {code.co_name}"
        own = found if _is_ours(code.co_filename) else own
        trace = trace.tb_next
    return own or found


def _is_ours(path: str) -> bool:
    return path.startswith(f"{_ROOT}/") and "site-packages" not in path


def _shown(path: str) -> str:
    """Within our source, or within the package; never where either is installed."""
    if _is_ours(path):
        return path.removeprefix(f"{_ROOT}/")
    return path.partition("site-packages/")[2] or Path(path).name
