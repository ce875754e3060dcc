"""Which processes of all hosts are at work, and what each has to leave out just now."""

import os
import socket
import time
from collections import deque
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.cache import cache

from proctor_site import last_errors
from proctor_site.kernel import clock
from proctoring.analysis import pace, pool, sound_pool

TOLD_EVERY_S = 5.0
GONE_AFTER_S = 20
"""A process that has said nothing for so long has ended or hangs."""
RECENT_S = 60.0
_NAMES = "processes"
_since = clock.now()
_shed: deque[tuple[float, int]] = deque()


@dataclass(frozen=True, slots=True)
class Process:
    """One process. `since`, `told_at`: ISO 8601. `frames_left_out`: in the last minute.

    `look_every_s`: how often a calm candidate is looked at, where the load decides it.
    """

    host: str
    pid: int
    role: str
    since: str
    told_at: str
    analysers: int = 0
    busy: float = 0.0
    mean_ms: float = 0.0
    frames_left_out: int = 0
    puts_off_sound: bool = False
    look_every_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: what it is, whether it gives way now, and how."""

    name: str
    gives_way: bool
    words: str


def tell() -> None:
    """Says that this process is at work, and how busy. The list mends itself: who is missing tells again."""
    last_errors.tell()
    me = _myself(time.monotonic())
    name = f"{me.host}:{me.pid}"
    cache.set(f"{_NAMES}:{name}", asdict(me), GONE_AFTER_S)
    names = set(cache.get(_NAMES) or ())
    if name not in names:
        cache.set(_NAMES, sorted(names | {name}), None)


def _myself(now: float) -> Process:
    load = pool.load()
    _shed.append((now, load.shed if load else 0))
    while now - _shed[0][0] > RECENT_S:
        _shed.popleft()
    return Process(
        socket.gethostname()[:60],
        os.getpid(),
        settings.ROLE,
        _since.isoformat(timespec="seconds"),
        clock.now().isoformat(timespec="seconds"),
        load.workers if load else 0,
        round(load.busy, 2) if load else 0.0,
        round(load.mean_ms, 1) if load else 0.0,
        max(0, _shed[-1][1] - _shed[0][1]),
        sound_pool.gives_way(),
        round(pace.look_every_ms() / 1000, 1) if load else 0.0,
    )


def alive() -> list[Process]:
    """All that told lately, by host; those that ended are forgotten."""
    names = list(cache.get(_NAMES) or ())
    told = cache.get_many([f"{_NAMES}:{name}" for name in names])
    if len(told) < len(names):
        cache.set(_NAMES, [name for name in names if f"{_NAMES}:{name}" in told], None)
    return sorted(
        (Process(**each) for each in told.values()), key=lambda each: (each.host, each.role, each.pid)
    )


def ladder(processes: list[Process]) -> list[Step]:
    """What gives way under load, first the first; the last three have threads of their own and never do."""
    sound = [each for each in processes if each.puts_off_sound]
    left_out = sum(each.frames_left_out for each in processes)
    return [
        Step(
            "Sound",
            bool(sound),
            f"{len(sound)} process(es) put recordings off; browsers keep them and send them again."
            if sound
            else "Every recording is listened to when it comes.",
        ),
        Step(
            "Frames",
            left_out > 0,
            f"{left_out} pictures of the last minute were not looked at; cameras were told to slow down. "
            f"{_pace_in_words(processes)}"
            if left_out
            else "Every picture is looked at; the pace follows the load.",
        ),
        Step(
            "Alerts",
            False,
            "Never left out: a row and its push belong to one transaction. Slow cameras make them later.",
        ),
        Step(
            "Timer", False, "Never left out: deadlines stand in the database, and pages count by themselves."
        ),
        Step("Answers", False, "Never left out, and never behind a picture or a recording."),
    ]


def _pace_in_words(processes: list[Process]) -> str:
    """How often people are looked at while not all pictures are."""
    slowest = max((each.look_every_s for each in processes), default=0.0)
    often = f"about every {slowest:.0f} s" if slowest >= 1.5 else "nearly every second"
    return f"Calm candidates are looked at {often}, and about every second who was seen with something."
