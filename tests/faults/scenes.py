"""What goes wrong, one function for each: breaks something, and returns when it works again."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from tests.faults.frail_world import FrailWorld
from tests.faults.rehearsing import Rehearsal
from tests.faults.surroundings import may_have_files, port_of

Scene = Callable[[FrailWorld, Rehearsal, float], None]
HOUR_S = 3_600
LOST, LATE_S = 0.1, 0.15
"""Of the bad line, each way: 10 % of the packets, 300 ms there and back."""
SLOW_COMMIT_MS = 100
SOCKETS_A_SECOND = 1_000
STARTED_WITHIN_S = 120.0
"""The web process answers before what looks at pictures has loaded its models."""


@dataclass(frozen=True)
class Fault:
    """`scene` gets the world, the exam, and how long what lasts is to last in seconds."""

    title: str
    scene: Scene
    why_not: Callable[[FrailWorld], str] = lambda world: ""


def kill_web(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """kill -9 of the web process with all that it has started; it is started again."""
    world.web.kill()
    world.web.start()


def kill_capture(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """kill -9 of every process that looks at pictures or listens; the web process starts others."""
    over = time.monotonic() + STARTED_WITHIN_S
    while not (looking := world.analysers()):
        assert time.monotonic() < over, "nothing looks at pictures"
        time.sleep(0.2)
    for each in looking:
        with suppress(psutil.NoSuchProcess):
            each.kill()


def kill_jobs(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """kill -9 of the process that carries out jobs."""
    world.jobs.kill()
    exam.goes_on()
    world.jobs.start()


def kill_cache(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """kill -9 of Redis: what it held is gone; it comes back empty."""
    world.cache.kill()
    time.sleep(lasts_s / 2)
    world.cache.start()


def kill_database(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """kill -9 of PostgreSQL with all its processes; it recovers from its log."""
    world.database.kill()
    time.sleep(lasts_s / 2)
    (world.folder / "postgresql" / "postmaster.pid").unlink(missing_ok=True)
    world.database.start()


def kill_janus(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """kill -9 of the media server; pictures in browsers come back: tests/e2e/test_live_janus.py."""
    assert world.janus is not None
    world.janus.stop()
    exam.goes_on()
    world.janus.start()


def freeze_database(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """PostgreSQL does not move at all for a while: a disk that hangs."""
    world.database.stand_still(lasts_s)


def slow_disk(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """Each commit waits 100 ms for the disk, and the evidence store answers after 600 ms."""
    world.slow_commits(SLOW_COMMIT_MS)
    world.store.late_s = 0.3
    try:
        exam.goes_on()
        time.sleep(lasts_s)
    finally:
        world.slow_commits(0)
        world.store.late_s = 0.0


def full_disk(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """Not a byte fits on the disk of the web process, where evidence waits; the exam goes on meanwhile."""
    assert world.disk is not None
    world.disk.fill()
    try:
        exam.goes_on()
        time.sleep(lasts_s)
    finally:
        world.disk.make_room()


def store_down(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """The evidence store does not answer; the exam goes on meanwhile."""
    world.store.go_down()
    try:
        exam.goes_on()
        time.sleep(lasts_s)
    finally:
        world.store.come_back()


def clock_forwards(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """The clock of web and jobs is an hour ahead, past the end of the exam, and then right again."""
    _set_clock(world, exam, HOUR_S, lasts_s)


def clock_backwards(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """The clock of web and jobs is an hour behind, before the sitting opened, and then right again."""
    _set_clock(world, exam, -HOUR_S, lasts_s)


def _set_clock(world: FrailWorld, exam: Rehearsal, seconds: int, lasts_s: float) -> None:
    for offset in (seconds, 0):
        world.clock.set(offset)
        time.sleep(lasts_s)
        exam.goes_on()


def bad_line(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """Between candidates and server one packet in ten is lost each way, and 300 ms pass there and back."""
    dropped = world.line.packets.dropped if world.line.packets else 0
    world.line.make_bad(lost=LOST, late_s=LATE_S)
    try:
        time.sleep(lasts_s)
        exam.goes_on()
    finally:
        world.line.mend()
    if world.line.packets:
        assert world.line.packets.dropped > dropped, "no packet was lost"


def slow_sockets(world: FrailWorld, exam: Rehearsal, lasts_s: float) -> None:
    """As many lines as `lasts_s` thousands begin a request and never end it."""
    with open_slowly(port_of(world.direct), round(SOCKETS_A_SECOND * lasts_s)) as lines:
        for line in lines:
            with suppress(OSError):
                line.send(b"x")
        exam.goes_on()


@contextmanager
def open_slowly(port: int, count: int) -> Iterator[list[socket.socket]]:
    """So many lines to the server that have sent the beginning of a request."""
    lines: list[socket.socket] = []
    try:
        for number in range(count):
            line = socket.socket()
            lines.append(line)
            line.settimeout(30)
            # Addresses of the loopback are many; one alone has 28,000 ports.
            line.bind((f"127.0.0.{2 + number % 50}", 0))
            line.connect(("127.0.0.1", port))
            line.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        yield lines
    finally:
        for line in lines:
            line.close()


def _no_files(count: int) -> Callable[[FrailWorld], str]:
    return lambda world: "" if may_have_files(count) else f"{count} files may not be open here"


FAULTS: dict[str, Fault] = {
    "kill-web": Fault("kill -9 of web", kill_web),
    "kill-capture": Fault("kill -9 of capture", kill_capture),
    "kill-jobs": Fault("kill -9 of the jobs", kill_jobs),
    "kill-redis": Fault("kill -9 of Redis", kill_cache),
    "kill-postgresql": Fault("kill -9 of PostgreSQL", kill_database),
    "kill-janus": Fault(
        "kill -9 of Janus", kill_janus, lambda world: "" if world.janus else "Janus is not installed"
    ),
    "frozen-disk": Fault("PostgreSQL's disk hangs", freeze_database),
    "slow-disk": Fault("slow disk: 100 ms a commit, 600 ms a file", slow_disk),
    "full-disk": Fault(
        "full disk", full_disk, lambda world: "" if world.disk else "nothing may be mounted here"
    ),
    "store-down": Fault("evidence store down", store_down),
    "clock-forwards": Fault("the server's clock an hour ahead, and back", clock_forwards),
    "clock-backwards": Fault("the server's clock an hour behind, and back", clock_backwards),
    "bad-line": Fault("10 % packet loss, 300 ms delay", bad_line),
    "slow-sockets": Fault(
        "slow sockets, 1,000 for each second of the others", slow_sockets, _no_files(12_000)
    ),
}
"""By the name that `./run bench --only faults --fault NAME` takes."""
