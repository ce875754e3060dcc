"""The disk of PostgreSQL is full in mid-exam: nothing can be saved, and nothing may be acknowledged."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.surroundings import Disk, small_disk
from tests.faults.world import World, open_world

DISK_MB = 400
TITLE = "full disk of PostgreSQL"


class SmallWorld(World):
    """PostgreSQL has a disk of its own: `disk`, None where none can be mounted."""

    disk: Disk | None

    def _make_cluster(self, programs: Path, as_user: list[str], base: Path) -> None:
        base.mkdir()
        self.disk = self.around.enter_context(small_disk(base, DISK_MB))
        super()._make_cluster(programs, as_user, base)


def main(seconds: float, play: Callable[..., Any]) -> str | None:
    """Prints a line; why it was left out. `seconds`: how long it is full; `play`: of bench_faults."""
    with open_world(SmallWorld) as world:
        disk = world.disk
        if disk is None:
            print(f"  {TITLE}: left out, nothing may be mounted here", flush=True)
            return "left out, nothing may be mounted here"
        play(TITLE, world, lambda exam: _fill(world, disk, seconds))  # tells its outcome itself
    return None


def _fill(world: World, disk: Disk, seconds: float) -> None:
    """PostgreSQL ends when it cannot write its log; who runs it makes room and starts it again."""
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        disk.fill()
        time.sleep(0.5)
    disk.make_room()
    if world.database.running is not None and world.database.running.poll() is not None:
        (world.folder / "postgresql" / "postmaster.pid").unlink(missing_ok=True)
    world.database.start()
