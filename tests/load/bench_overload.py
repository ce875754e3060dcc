"""Three times as many cameras as the machine can look at, and in which order things give way.

What the machine looks at in a second is measured first, at the same hour; three times as many candidates sit
down. Everything has to hold but the times, sound before frames.
"""

import math
from typing import Any

from tests.faults.rehearsing import Rehearsal, broken_promises
from tests.faults.world import World, open_world

TIMES = 3
AT_LEAST, AT_MOST = 12, 240
MEASURED_FOR_S = 30.0
MEASURED_WITH = (16, 32, 64)
FULL = 0.8
"""Below this share of what was sent the machine is full, and what it looks at is all that it can."""
SETTLED = 8
"""Seconds of the exam after which the pace has found its place."""
ALERT_IN = 4
"""One candidate in so many is seen with a second face until that is an incident."""


def main(seconds: float = 12.0) -> str:
    """Prints how many, what gave way when, and the times of what must not. `seconds`: times 25."""
    with open_world() as world:
        most = _most_looks(world)
        count = min(AT_MOST, max(AT_LEAST, math.ceil(TIMES * most)))
        print(f"  overload: {most:.1f} pictures a second are looked at; {count} candidates send one a second")
        return _overload(world, count, 25 * seconds)


def _most_looks(world: World) -> float:
    """Pictures that were looked at in a second of an exam in which more were sent."""
    rate = 1.0
    for count in MEASURED_WITH:
        exam = Rehearsal(
            world.environment, candidates=count, seconds=MEASURED_FOR_S, address=world.address, ladder=True
        )
        try:
            exam.end(within_s=900.0)
        finally:
            exam.close()
        rate = _looks_a_second(exam.history)
        print(f"      {count} candidates: {rate:.1f} a second", flush=True)
        if rate < FULL * count:
            break
    return rate


def _looks_a_second(history: list[dict[str, Any]]) -> float:
    """While all are at work: without the first seconds of the exam."""
    during = _during(history)[SETTLED:]
    if len(during) < 2:
        return 1.0
    took = during[-1]["at"] - during[0]["at"]
    return max(0.1, (during[-1]["looked_at"] - during[0]["looked_at"]) / took)


def _overload(world: World, count: int, seconds: float) -> str:
    exam = Rehearsal(
        world.environment,
        candidates=count,
        seconds=seconds,
        address=world.address,
        save_every=10.0,
        ladder=True,
        alerts=math.ceil(count / ALERT_IN),
    )
    try:
        result = exam.end(within_s=seconds + 1_800)
    except AssertionError as error:
        print(f"  overload: FAILED: {str(error)[-1500:]}", flush=True)
        return "FAILED"
    finally:
        exam.close()
    broken = [f"{each['name']}: {each['found']}" for each in broken_promises(result)]
    broken += _wrong_order(exam.history)
    outcome = "FAILED: " + "; ".join(broken) if broken else "nothing lost, sound gave way first"
    share = count / _looks_a_second(exam.history)
    print(f"  {share:.1f}x overload for {seconds:.0f} s: {outcome}")
    for name, step in (("sound", "Sound"), ("frames", "Frames")):
        shown = [step in each["gives_way"] for each in _during(exam.history)]
        put_off = exam.last[f"{name}_put_off"]
        print(f"      {name}: given way in {sum(shown)} of {len(shown)} s, {put_off} put off")
    every = max(each["look_every_s"] for each in exam.history)
    print(f"      calm candidates were told a picture every {every:.1f} s at most")
    print(f"      {result['figures']}", flush=True)
    return f"{share:.1f}x for {seconds:.0f} s: {outcome}"


def _wrong_order(history: list[dict[str, Any]]) -> list[str]:
    """What contradicts "sound first, then frames" in what was seen second by second."""
    wrong = []
    shown = [set(each["gives_way"]) for each in history]
    if any("Frames" in each and "Sound" not in each for each in shown):
        wrong.append("the operator's page showed frames to give way, and sound not")
    if any(each - {"Sound", "Frames"} for each in shown):
        wrong.append("something gave way that never may")
    return wrong


def _during(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in history if "exam:" in each["words"]]
