"""CPU time and memory of a world's processes, by what they do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil

LOOKING, LISTENING = "looks at pictures", "listens"
_BY_NICENESS = {10: LOOKING, 15: LISTENING}
"""proctoring.analysis.{worker, sound_worker}.NICENESS: above what began them."""
Roots = Mapping[str, Iterable[psutil.Process]]
"""Kind of work: the processes that do it, with all that they have started."""


@dataclass(frozen=True)
class Reading:
    """Seconds of CPU so far, and megabytes now (pages that several share are divided among them)."""

    cpu_s: dict[str, float]
    megabytes: dict[str, float]


def read(roots: Roots, *, memory: bool = False) -> Reading:
    """What each kind has used. Processes that look and listen are apart from those that began them."""
    cpu: dict[str, float] = {}
    held: dict[str, float] = {}
    for kind, processes in roots.items():
        cpu.setdefault(kind, 0.0)
        for root in processes:
            for process in (root, *root.children(recursive=True)):
                try:
                    name = _BY_NICENESS.get(process.nice() - root.nice(), kind)
                    times = process.cpu_times()
                    mb = process.memory_full_info().pss / 2**20 if memory else 0.0
                except psutil.NoSuchProcess:
                    continue  # its CPU is with its parent from now on
                seconds = times.user + times.system + times.children_user + times.children_system
                cpu[name] = cpu.get(name, 0.0) + seconds
                held[name] = held.get(name, 0.0) + mb
    return Reading(cpu, held)


def spent(before: Reading, after: Reading, seconds: float, of: int) -> dict[str, float]:
    """CPU milliseconds a second of each of `of` candidates."""
    return {
        kind: 1000 * (after.cpu_s[kind] - before.cpu_s.get(kind, 0.0)) / seconds / of for kind in after.cpu_s
    }
