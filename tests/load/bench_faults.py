"""Faults one by one, the long ones too: what each did to an exam of made-up candidates, in a line each.

Those of seconds come one after the other in one exam that goes on; the others have exams of their own.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.faults.frail_world import FrailWorld
from tests.faults.rehearsing import Rehearsal, broken_promises
from tests.faults.scenes import FAULTS, SOCKETS_A_SECOND
from tests.faults.surroundings import may_have_files
from tests.faults.world import World, open_world, why_not
from tests.load import bench_full_disk, bench_overload

CANDIDATES = 4
SLOW_SOCKETS = 10_000
TWISTS = {
    "twice": ("every save and frame twice, saves out of order", "twice"),
    "browser-clock": ("every browser's clock jumps by two hours", "clock"),
}
_COUNTED = {"saves": "answers saved", "looked_at": "pictures looked at", "lines_lost": "lines lost"}
LONG: dict[str, Callable[[float], str | None]] = {
    "full-postgresql": lambda seconds: bench_full_disk.main(seconds, play),
    "overload": bench_overload.main,
}
NAMES = (*FAULTS, *TWISTS, *LONG)
_outcomes: list[tuple[str, str]] = []
"""Title, and what became of it: the table at the end."""


def main(seconds: float = 12.0, only: str = "") -> None:
    """Prints a line for each fault. `seconds`: how long what lasts lasts; overload 25 times as long."""
    if only and only not in NAMES:
        raise SystemExit(f"There is no fault {only}; there are {', '.join(NAMES)}.")
    missing = why_not()
    if missing:
        print(f"left out: {missing}")
        return
    may_have_files(2 * SLOW_SOCKETS)
    chosen = [only] if only else list(NAMES)
    if any(each not in LONG for each in chosen):
        with open_world(FrailWorld) as world:
            _in_one_exam([each for each in chosen if each in FAULTS], world, seconds)
            for name in chosen:
                if name in TWISTS:
                    play(TWISTS[name][0], world, seconds=30.0, twist=TWISTS[name][1])
    for name in chosen:
        if name in LONG:
            _carefully(name, LONG[name], seconds)
    print("\n| fault | outcome |\n|---|---|")
    for title, outcome in _outcomes:
        print(f"| {title} | {outcome} |", flush=True)


def _carefully(name: str, run: Callable[[float], str | None], seconds: float) -> None:
    """One that cannot even begin must not keep the others and the table back."""
    try:
        outcome = run(seconds)
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        print(f"  {name}: FAILED: {str(error)[-1500:]}", flush=True)
        outcome = "FAILED"
    if outcome:
        _outcomes.append((name, outcome))


def _in_one_exam(names: list[str], world: FrailWorld, seconds: float) -> None:
    """One after the other, with a look into the database after each; after a failure another exam begins."""
    left = list(names)
    while left:
        with _exam(world) as exam:
            while left and _one(left.pop(0), world, exam, seconds):
                pass
            if not left:
                exam.stop()
                _say("all of them in one exam, when everybody has handed in", exam.end(within_s=900.0))


@contextmanager
def _exam(world: World) -> Iterator[Rehearsal]:
    exam = Rehearsal(world.environment, candidates=CANDIDATES, seconds=7_200.0, address=world.address)
    try:
        exam.wait_until("a decided incident", lambda last: last["decided"], within_s=600.0)
        yield exam
    finally:
        exam.close()


def _one(name: str, world: FrailWorld, exam: Rehearsal, seconds: float) -> bool:
    """Prints what became of the exam; whether it can go on."""
    fault = FAULTS[name]
    missing = fault.why_not(world)
    if missing:
        print(f"  {fault.title}: left out, {missing}", flush=True)
        _outcomes.append((fault.title, f"left out, {missing}"))
        return True
    lasts = SLOW_SOCKETS / SOCKETS_A_SECOND if name == "slow-sockets" else seconds
    before, began = dict(exam.last), time.perf_counter()
    try:
        fault.scene(world, exam, lasts)
        exam.goes_on(within_s=600.0)
        took = time.perf_counter() - began
        broken = exam.check(within_s=600.0)
    except (AssertionError, OSError) as error:
        print(f"  {fault.title}: FAILED: {str(error)[-1500:]}", flush=True)
        _outcomes.append((fault.title, "FAILED"))
        return False
    said = "FAILED: " + _words(broken) if broken else "nothing lost, all back"
    done = ", ".join(f"{exam.last[key] - before[key]} {words}" for key, words in _COUNTED.items())
    _outcomes.append((fault.title, f"{said}; {took:.0f} s"))
    print(f"  {fault.title}: {said}; {took:.0f} s until answers and pictures after it; {done}", flush=True)
    return not broken


def play(
    title: str, world: World, fault: Callable[[Rehearsal], None] | None = None, **wanted: Any
) -> dict[str, Any] | None:
    """Plays an exam with the fault in its middle, prints what became of it, and returns that."""
    wanted = {"candidates": CANDIDATES, "seconds": 900.0, "address": world.address, **wanted}
    exam = Rehearsal(world.environment, **wanted)
    away = 0.0
    try:
        if fault is not None:
            exam.wait_until("a decided incident", lambda last: last["decided"])
            started = time.perf_counter()
            fault(exam)
            exam.goes_on()
            away = time.perf_counter() - started
            exam.stop()
        result = exam.end(within_s=wanted["seconds"] + 600)
    except AssertionError as error:
        print(f"  {title}: FAILED: {str(error)[-1500:]}", flush=True)
        _outcomes.append((title, "FAILED"))
        return None
    finally:
        exam.close()
    _say(f"{title} ({away:.0f} s from the fault to answers again)" if away else title, result)
    return result


def _say(title: str, result: dict[str, Any]) -> None:
    broken = broken_promises(result)
    outcome = "FAILED: " + _words(broken) if broken else "nothing lost, all back"
    _outcomes.append((title, outcome))
    print(f"  {title}: {outcome}")
    print(f"      {result['figures']}", flush=True)


def _words(broken: list[dict[str, Any]]) -> str:
    return "; ".join(f"{each['name']}: {each['found']}" for each in broken)
