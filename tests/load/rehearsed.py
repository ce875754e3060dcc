"""Plays one rung: a rehearsal against a running world, measured in the middle of its exam."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psutil
import psycopg

from tests.faults.rehearsing import Rehearsal, broken_promises
from tests.faults.world import World
from tests.load import cores, meter, rungs
from tests.load.rungs import Rung

SETTLED_AFTER_S, SOUND_WITHIN_S = 8.0, 12.0
"""All have started by then and the pace has found its place; so much later a recording was heard."""
BEFORE_THE_END_S = 2.5
"""Added to the working time, which begins within five seconds: then the last still send."""
GIVE_UP_AFTER_S, HOPELESS = 20.0, 0.8
"""A rung whose cameras are this slow by then breaks whatever comes."""
INCIDENT_IN = 2
"""Half of the candidates cause an alert in the minute, one after the other: a percentile wants many."""
TIMED = ("save", "alert", "first question")
AT_MOST_S = 900.0


@dataclass(frozen=True)
class Ground:
    """Where a rung is played. `roots`: the product's processes by kind; `own`, `load`: their cores."""

    world: World
    roots: meter.Roots
    own: Sequence[int]
    load: Sequence[int]

    @property
    def shared(self) -> bool:
        """Whether product and load use the same cores."""
        return bool(set(self.own) & set(self.load))


@dataclass(frozen=True)
class _Moment:
    at: float
    told_at: float
    used: meter.Reading
    load_s: float
    looked_at: int
    heard: int
    bytes_up: int
    database: int


def play(ground: Ground, count: int, seconds: float) -> Rung:
    """One rehearsal; CPU, memory and pace during the exam itself, without check-in and hand-in."""
    with cores.kept_to(ground.load):
        rehearsal = Rehearsal(
            ground.world.environment,
            candidates=count,
            seconds=seconds,
            address=ground.world.address,
            whole=True,
            incident_in=INCIDENT_IN,
        )
    try:
        rehearsal.wait_until("the exam", lambda last: " exam:" in last["words"], within_s=AT_MOST_S)
        settled = time.perf_counter() + SETTLED_AFTER_S
        over = time.perf_counter() + seconds + BEFORE_THE_END_S
        rehearsal.wait_until("everybody at work", lambda last: _is_settled(last, settled), within_s=60)
        before = _moment(ground, rehearsal)
        _until_the_end(rehearsal, before, count, over)
        after = _moment(ground, rehearsal, memory=True)
        result = rehearsal.end(within_s=AT_MOST_S)
    finally:
        rehearsal.close()
    return _judge(ground, count, before, after, result)


def _is_settled(last: dict[str, Any], after: float) -> bool:
    """The process that listens begins with the first recording: what that costs is no candidate's."""
    now = time.perf_counter()
    return now > after and (last["heard"] > 0 or now > after + SOUND_WITHIN_S)


def _until_the_end(rehearsal: Rehearsal, before: _Moment, count: int, over: float) -> None:
    """While cameras still send; `over`: by `time.perf_counter`."""
    stopped = False

    def is_over(last: dict[str, Any]) -> bool:
        nonlocal stopped
        took = last["at"] - before.told_at
        slow = (last["looked_at"] - before.looked_at) / count < HOPELESS * took
        if took > GIVE_UP_AFTER_S and slow and not stopped:
            stopped = True
            rehearsal.stop()
        return stopped or time.perf_counter() > over

    rehearsal.wait_until("the end", is_over, within_s=AT_MOST_S)


def _moment(ground: Ground, rehearsal: Rehearsal, *, memory: bool = False) -> _Moment:
    load = psutil.Process(rehearsal.running.pid).cpu_times()
    last = dict(rehearsal.last)
    return _Moment(
        time.perf_counter(),
        last["at"],
        meter.read(ground.roots, memory=memory),
        load.user + load.system,
        last["looked_at"],
        last["heard"],
        last["bytes_up"],
        _database_bytes(ground.world),
    )


def _database_bytes(world: World) -> int:
    with psycopg.connect(world.database_url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row is not None
    return int(row[0])


def _judge(ground: Ground, count: int, before: _Moment, after: _Moment, result: dict[str, Any]) -> Rung:
    took = after.at - before.at
    whole, cost = (result["figures"][part] for part in ("whole", "cost"))
    cpu = meter.spent(before.used, after.used, took, count)
    load = (after.load_s - before.load_s) / took
    told = after.told_at - before.told_at
    frames = (after.looked_at - before.looked_at) / told / count
    recordings = 30 * (after.heard - before.heard) / told / count
    busy = sum(cpu.values()) * count / 1000 + (load if ground.shared else 0.0)
    return Rung(
        candidates=count,
        broken=rungs.broken(broken_promises(result, timed=True), frames, recordings, load),
        cpu=cpu,
        megabytes=after.used.megabytes,
        frames=frames,
        recordings=recordings,
        kbit_up=(after.bytes_up - before.bytes_up) * 8 / 1000 / told / count,
        database_kb=(after.database - before.database) / 1000 / count / (took / 60),
        busy=busy / len(ground.own),
        load=load,
        p50={name: whole[f"{name}, ms"]["p50"] for name in TIMED},
        p95={name: whole[f"{name}, ms"]["p95"] for name in TIMED},
        alerts=whole["alert, ms"]["n"],
        rows=sum(cost["rows a minute"].values()),
        evidence_kb=cost["bytes of evidence a minute"] / 1000,
    )
