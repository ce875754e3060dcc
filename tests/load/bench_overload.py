"""Three times as many cameras as the machine can look at, and in which order things give way.

How long a picture takes is measured first, on the same machine at the same hour; as many candidates sit down
as send three times what it can look at. Everything has to hold but the times, sound before frames.
"""

import math
from typing import Any

from tests.faults.rehearsing import Rehearsal, broken_promises
from tests.faults.world import World, open_world

TIMES = 3
AT_LEAST, AT_MOST = 12, 240
MEASURED_FOR_S = 20.0


def main(seconds: float = 12.0) -> None:
    """Prints how many, what gave way when, and the times of what must not. `seconds`: times 25."""
    with open_world() as world:
        ms = _cost_of_a_picture(world)
        wanted = math.ceil(TIMES * 1_000 / ms)
        count = min(AT_MOST, max(AT_LEAST, wanted))
        print(f"  overload: a picture takes {ms:.0f} ms; {count} candidates send one a second", flush=True)
        _overload(world, count, 25 * seconds, share=count * ms / 1_000)


def _cost_of_a_picture(world: World) -> float:
    exam = Rehearsal(
        world.environment, candidates=4, seconds=MEASURED_FOR_S, address=world.address, ladder=True
    )
    try:
        exam.end()
        return max(1.0, exam.last["mean_ms"])
    finally:
        exam.close()


def _overload(world: World, count: int, seconds: float, *, share: float) -> None:
    exam = Rehearsal(
        world.environment,
        candidates=count,
        seconds=seconds,
        address=world.address,
        save_every=10.0,
        ladder=True,
    )
    try:
        result = exam.end(within_s=seconds + 1_800)
    except AssertionError as error:
        print(f"  overload: FAILED: {str(error)[-1500:]}", flush=True)
        return
    finally:
        exam.close()
    broken = [f"{each['name']}: {each['found']}" for each in broken_promises(result)]
    broken += _wrong_order(exam.history)
    outcome = "FAILED: " + "; ".join(broken) if broken else "nothing lost, sound gave way first"
    print(f"  {share:.1f}x overload for {seconds:.0f} s: {outcome}")
    for name, step in (("sound", "Sound"), ("frames", "Frames")):
        shown = [step in each["gives_way"] for each in _during(exam.history)]
        put_off = exam.last[f"{name}_put_off"]
        print(f"      {name}: given way in {sum(shown)} of {len(shown)} s, {put_off} put off")
    print(f"      {result['figures']}", flush=True)


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
