"""How many candidates one machine holds, what one costs, and the same frames through what was replaced.

Each sends a frame a second, a save every 10 s and 15 s of sound every 30 s (`manage.py rehearse`). A hall
holds when every promise of a rehearsal does and the cameras keep that pace. On one core: web, analysis,
listening, jobs, PostgreSQL and Redis on it, the load on another. On all: the load shares them, and its part
is told.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from tests.faults.world import World, open_world, why_not
from tests.load import bench_replaced, cores, meter
from tests.load.ladder import next_size
from tests.load.rehearsed import Ground, play
from tests.load.rungs import Rung, growth_table, largest

AT_LEAST_S = 60.0
"""A rehearsal shorter than this has too few alerts and recordings for a percentile."""
FIRST = 12
TRIES = 3
"""And one more on all cores, which begin with a quarter of what the one core lets expect."""
ONE_A_SECOND = {"PROCTOR_FRAME_CALM_INTERVAL_MS": "1000"}
"""Calm candidates are asked for fewer frames after two minutes; the figure is about one a second."""


def main(seconds: float = 12.0, *, first: int = FIRST, tries: int = TRIES) -> None:
    """Prints each hall, the largest that holds, its growth, the replaced pipeline. `seconds`: times five."""
    missing = why_not()
    if missing:
        print(f"left out: {missing}")
        return
    seconds = max(AT_LEAST_S, 5 * seconds)
    here = cores.here()
    on_one = one_machine(here[:1], here[1:], seconds, first=first, tries=tries) if len(here) > 1 else None
    expected = len(here) * (on_one.candidates if on_one else first)
    one_machine(here, here, seconds, first=max(1, expected // 4), tries=tries + 1)
    for path in bench_replaced.WHAT:
        bench_replaced.compare_with(path)
    print(bench_replaced.SOUND, flush=True)


def one_machine(
    own: Sequence[int], load: Sequence[int], seconds: float, *, first: int, tries: int
) -> Rung | None:
    """The largest hall that holds where the product has the cores `own`; prints each and the growth."""
    beside = "which the load shares" if set(own) & set(load) else "the load beside it"
    print(f"\nthe whole product with PostgreSQL and Redis on {len(own)} core(s), {beside}", flush=True)
    settings = {**ONE_A_SECOND, "PROCTOR_ANALYSIS_WORKERS": str(len(own))}
    with ExitStack() as stack:
        with cores.kept_to(own):
            world = stack.enter_context(open_world(**settings))
        ground = Ground(world, roots_of(world), own, load)
        return report(seek(lambda count: play(ground, count, seconds), first, tries))


def roots_of(world: World) -> meter.Roots:
    """The processes of a world whose web process does everything but jobs."""
    return {
        "web": [world.web.process()],
        "jobs": [world.jobs.process()],
        "PostgreSQL": [world.database.process()],
        "Redis": [world.cache.process()],
    }


def seek(measure: Callable[[int], Rung], first: int, tries: int) -> list[Rung]:
    """The rungs from `first` towards the limit; prints each."""
    rungs: list[Rung] = []
    size: int | None = first
    while size is not None and len(rungs) < tries:
        rungs.append(measure(size))
        print(rungs[-1], flush=True)
        size = next_size(
            {each.candidates: each.holds for each in rungs}, {each.candidates: each.busy for each in rungs}
        )
    return rungs


def report(rungs: list[Rung]) -> Rung | None:
    """Prints the largest that holds, and how costs grow to it from the rung nearest to its quarter."""
    most = largest(rungs)
    if most is None:
        print(f"not even {min(each.candidates for each in rungs)} hold")
        return None
    print(f"largest hall that holds: {most.candidates}")
    smaller = [each for each in rungs if each.candidates < most.candidates]
    if smaller:
        small = min(smaller, key=lambda each: abs(each.candidates - most.candidates / 4))
        print(growth_table(small, most), flush=True)
    return most
