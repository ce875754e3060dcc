"""One rung of the ladder: what a hall of so many measured, whether it holds, and tables of several (pure)."""

from dataclasses import dataclass
from typing import Any

from tests.load.ladder import FULL

FRAMES_LEAST = 0.95
"""Pictures looked at, of each candidate in a second: less is not one a second."""
RECORDINGS_LEAST = 0.8
"""Recordings heard, of each candidate in 30 s. One that waits for its turn comes later, so not all of one."""
LOAD_MOST = 0.8
"""Above this share of one core the load itself may be what is slow."""


@dataclass(frozen=True)
class Rung:
    """CPU in ms a second of a candidate and memory in MB, by kind of process.

    `busy`: share of the product's cores in use; `frames`: looked at, of a candidate in a second;
    `recordings`: heard, of a candidate in 30 s; `load`: CPU of the load as a share of one core;
    `database_kb`: growth of the database, of a candidate in a minute.
    """

    candidates: int
    broken: tuple[str, ...]
    cpu: dict[str, float]
    megabytes: dict[str, float]
    frames: float
    recordings: float
    kbit_up: float
    database_kb: float
    busy: float
    load: float
    p50: dict[str, int | None]
    p95: dict[str, int | None]
    alerts: int
    rows: float
    evidence_kb: float

    @property
    def holds(self) -> bool:
        return not self.broken

    @property
    def cpu_ms(self) -> float:
        """All kinds together."""
        return sum(self.cpu.values())

    @property
    def pictures(self) -> float:
        """Looked at in a second, of all."""
        return self.frames * self.candidates

    def __str__(self) -> str:
        late = ", ".join(f"{name} {_ms(self.p50[name])} / {_ms(self.p95[name])}" for name in self.p95)
        parts = ", ".join(f"{kind} {ms:.1f}" for kind, ms in self.cpu.items())
        return (
            f"{self.candidates} candidates: {'; '.join(self.broken) or 'every promise holds'}\n"
            f"    p50 / p95 in ms: {late} ({self.alerts} alerts); {self.frames:.2f} pictures a second and "
            f"{self.recordings:.2f} recordings in 30 s of each\n"
            f"    CPU ms a second of each: {self.cpu_ms:.1f} ({parts}); cores {100 * self.busy:.0f} % busy, "
            f"load {100 * self.load:.0f} % of a core"
        )


def broken(promises: list[dict[str, Any]], frames: float, recordings: float, load: float) -> tuple[str, ...]:
    """In words what a rung did not hold: promises of the rehearsal, and the pace that the figure is about."""
    found = [f"{each['name']}: {each['found']}" for each in promises]
    if frames < FRAMES_LEAST:
        found.append(f"only {frames:.2f} pictures a second of each were looked at")
    if recordings < RECORDINGS_LEAST:
        found.append(f"only {recordings:.2f} recordings of each in 30 s were heard")
    if load > LOAD_MOST:
        found.append(f"the load itself took {100 * load:.0f} % of a core")
    return tuple(found)


def largest(rungs: list[Rung]) -> Rung | None:
    """The largest that holds, of those below the smallest that does not; None when none does."""
    limit = min((each.candidates for each in rungs if not each.holds), default=None)
    good = [each for each in rungs if each.holds and (limit is None or each.candidates < limit)]
    return max(good, key=lambda each: each.candidates, default=None)


def growth_table(small: Rung, large: Rung) -> str:
    """Cost of each candidate in a small and a large hall, as Markdown."""
    lines = [
        f"| of each candidate | at {small.candidates} | at {large.candidates} | growth |",
        "|---|--:|--:|--:|",
    ]
    for kind in large.cpu:
        lines.append(_row(f"CPU ms a second: {kind}", small.cpu.get(kind, 0.0), large.cpu[kind]))
    lines.append(_row("CPU ms a second: all", small.cpu_ms, large.cpu_ms))
    lines.append(_row("pictures looked at a second", small.frames, large.frames, 2))
    lines.append(_row("kbit a second up", small.kbit_up, large.kbit_up))
    lines.append(_row("rows a minute", small.rows, large.rows))
    lines.append(_row("kB of evidence a minute", small.evidence_kb, large.evidence_kb))
    lines.append(_row("kB of database a minute", small.database_kb, large.database_kb))
    more = large.candidates - small.candidates
    held = (sum(small.megabytes.values()), sum(large.megabytes.values()))
    each = f"{(held[1] - held[0]) / more:.1f}" if more else "-"
    lines.append(f"| MB of all processes (one more candidate: {each}) | {held[0]:.0f} | {held[1]:.0f} | |")
    return "\n".join(lines)


def role_table(rung: Rung) -> str:
    """What each kind of process costs, as Markdown."""
    lines = ["| process | CPU ms a second of a candidate | candidates of a core | MB |", "|---|--:|--:|--:|"]
    for kind, ms in sorted(rung.cpu.items(), key=lambda each: -each[1]):
        room = f"{1000 * FULL / ms:.0f}" if ms >= 0.5 else "more than 1,000"
        lines.append(f"| {kind} | {ms:.1f} | {room} | {rung.megabytes.get(kind, 0.0):.0f} |")
    return "\n".join(lines)


def _row(name: str, small: float, large: float, digits: int = 1) -> str:
    grown = f"x{large / small:.2f}" if small > 0 else ""
    return f"| {name} | {small:.{digits}f} | {large:.{digits}f} | {grown} |"


def _ms(value: int | None) -> str:
    return "-" if value is None else str(value)
