"""Two hosts with their own processes and pools behind nginx against one, and what each role costs.

A host is a web and a capture process. PostgreSQL, Redis, nginx, the worker and the load are on all cores, so
two hosts that have a core each leave them less than one that leaves them the other core.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.faults.world import why_not
from tests.load import cores
from tests.load.bench_capacity import AT_LEAST_S, ONE_A_SECOND, seek
from tests.load.hosts import Hosts, why_no_proxy
from tests.load.rehearsed import Ground, play
from tests.load.rungs import Rung, largest, role_table

FIRST_PER_CORE = 12
ONE = "one host on one core"
TRIES = {ONE: 3, "two hosts on a core each": 2, "one host on two cores": 1}
"""Six halls of about 1.7 minutes: the larger set-ups begin with twice what one core holds."""


def main(seconds: float = 12.0, *, first: int = FIRST_PER_CORE) -> None:
    """Prints the three set-ups, their halls and a table of roles. `seconds`: times five."""
    missing = why_not() or why_no_proxy()
    if missing:
        print(f"left out: {missing}")
        return
    here = cores.here()
    if len(here) < 2:
        print("left out: two hosts want two cores")
        return
    seconds = max(AT_LEAST_S, 5 * seconds)
    layouts = {
        ONE: [here[:1]],
        "two hosts on a core each": [here[:1], here[1:2]],
        "one host on two cores": [here[:2]],
    }
    found: dict[str, list[Rung]] = {}
    for name, layout in layouts.items():
        print(f"\n{name}", flush=True)
        size = first * sum(len(own) for own in layout)
        with _open(layout) as world:
            ground = Ground(world, world.roots(), here, here)
            found[name] = seek(lambda count, on=ground: play(on, count, seconds), size, TRIES[name])
        if name == ONE:
            held = largest(found[name])
            first = held.candidates if held else min(each.candidates for each in found[name])
    print("\n| behind nginx | hold | pictures a second at most | with candidates |\n|---|--:|--:|--:|")
    for name, rungs in found.items():
        top, good = max(rungs, key=lambda each: each.pictures), largest(rungs)
        holds = good.candidates if good else f"not {min(each.candidates for each in rungs)}"
        print(f"| {name} | {holds} | {top.pictures:.0f} | {top.candidates} |")
    for name, rungs in found.items():
        most, held = max(rungs, key=lambda each: each.pictures), largest(rungs)
        print(f"\n{name}")
        print(role_table(held or most), flush=True)


@contextmanager
def _open(layout: Sequence[Sequence[int]]) -> Iterator[Hosts]:
    with tempfile.TemporaryDirectory(prefix="proctor-hosts-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the user of PostgreSQL must reach its cluster in it
        world = Hosts(folder, layout, ONE_A_SECOND)
        try:
            world.start()
            yield world
        finally:
            world.stop()
