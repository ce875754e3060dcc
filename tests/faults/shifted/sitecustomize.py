"""Shifts the clock of the process that has this folder on its path, by the seconds in the file FAULTS_CLOCK.

Python imports this module at its start. libfaketime would shift all that asks the C library, but holds a lock
for each question, and a server with many threads then does little else (measured 2026-11).
"""

import os
import time
from datetime import datetime, timedelta, tzinfo
from typing import Any

import django.utils.timezone

import proctor_site.kernel.clock

_LOOKED_AT_EVERY_S = 0.25
_time, _time_ns, _steady = time.time, time.time_ns, time.monotonic
_known = [0, float("-inf")]


def _offset() -> int:
    """Seconds by which the clock is wrong now."""
    seconds, looked_at = _known
    if _steady() - looked_at > _LOOKED_AT_EVERY_S:
        with open(os.environ["FAULTS_CLOCK"]) as file:
            seconds = int(file.read())
        _known[:] = [seconds, _steady()]
    return int(seconds)


class _Shifted(datetime):
    """`now` answers with plain moments of the shifted clock."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return datetime.now(tz) + timedelta(seconds=_offset())


time.time = lambda: _time() + _offset()
time.time_ns = lambda: _time_ns() + _offset() * 10**9
for _module in (django.utils.timezone, proctor_site.kernel.clock):
    vars(_module)["datetime"] = _Shifted
