"""The whole line on a real server: delay to the proctor's screen, frames a second, saves beside frames."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from tests import media
from tests.load.clients import Log, Pictures, candidate, poster, proctor, writer
from tests.load.hall import Candidate, Hall, open_hall

CANDIDATES = 50
FLOODING = 4
WRITERS = 5
CONNECTING_S = 4.0
Job = Callable[[Log, asyncio.Event], Awaitable[None]]


def main(seconds: float = 12.0) -> None:
    """Prints all figures; each phase lasts about `seconds`."""
    quiet, leaves = _pictures()
    with open_hall(CANDIDATES) as hall:
        print(f"real server on loopback, 640x480 JPEG of about {len(quiet(0)) // 1000} kB, default policy")
        _warm_up(hall, quiet)
        for count in (1, CANDIDATES):
            _delay(hall, count, quiet, leaves, seconds)
        _saves(hall, quiet, seconds)
        _throughput(hall, quiet, seconds)


def _pictures() -> tuple[Pictures, Pictures]:
    """Somebody who sits still; somebody who leaves after three frames."""
    still = media.clip("quiet", quiet_seconds=4.0, event_seconds=1.0).frames
    empty = media.clip("nobody", quiet_seconds=0.1, event_seconds=4.0).frames[2:]
    return (
        lambda number: still[number % len(still)],
        lambda number: still[number] if number < 3 else empty[number % len(empty)],
    )


def run_jobs(jobs: Sequence[Job], seconds: float, *, after_s: float = 0.0) -> Log:
    """What happened in `seconds`, once the jobs have run for `after_s`."""

    async def everybody() -> Log:
        log, stop = Log(), asyncio.Event()
        tasks = [asyncio.ensure_future(job(log, stop)) for job in jobs]
        await asyncio.sleep(after_s)
        log.clear()
        await asyncio.sleep(seconds)
        stop.set()
        await asyncio.gather(*tasks)
        return log

    return asyncio.run(everybody())


def _camera(
    hall: Hall, who: Candidate, pictures: Pictures, every_s: float | None, after_s: float = 0.0
) -> Job:
    async def job(log: Log, stop: asyncio.Event) -> None:
        await asyncio.sleep(after_s)
        await candidate(hall, who, pictures, log, stop, every_s=every_s)

    return job


def _watching(hall: Hall) -> Job:
    return partial(proctor, hall)


def _warm_up(hall: Hall, quiet: Pictures) -> None:
    run_jobs([_camera(hall, hall.candidates[0], quiet, None), _watching(hall)], 3)


def _delay(hall: Hall, count: int, quiet: Pictures, leaves: Pictures, seconds: float) -> None:
    """The last candidate leaves the seat, so that there is an incident; everybody else sits still."""
    people = hall.candidates[:count] if count > 1 else [hall.candidates[1]]
    jobs = [
        _camera(hall, who, leaves if who is people[-1] else quiet, 1.0, after_s=place / len(people))
        for place, who in enumerate(people)
    ]
    log = run_jobs([_watching(hall), *jobs], seconds)
    print(f"\ncapture to proctor's screen, {count} at one frame a second")
    print_figures("small picture, ms", log.pictured_ms)
    delays = [
        (arrived - log.sent[attempt, log.flagged[attempt]]) * 1000
        for attempt, arrived in log.incident_at.items()
        if attempt in log.flagged
    ]
    print_figures("incident after its frame, ms", delays)
    print_figures("answer to the candidate, ms", log.answered_ms)
    print(f"  {log.analysed} analysed, {log.shed} shed, {len(log.refused)} refused")


def _saves(hall: Hall, quiet: Pictures, seconds: float) -> None:
    """The cameras connect before the measurement: their sign-in costs more than their frames."""
    writers: list[Job] = [partial(writer, hall, who, every_s=0.25) for who in hall.candidates[:WRITERS]]
    cameras = [_camera(hall, who, quiet, None) for who in hall.candidates[WRITERS:]]
    print(f"\nanswer saved, {WRITERS} candidates, four a second each")
    logs = {
        "idle": run_jobs(writers, seconds),
        f"while {len(cameras)} cameras connect at once": run_jobs([*writers, *cameras], CONNECTING_S),
        "while they send without pause": run_jobs([*writers, *cameras], seconds, after_s=CONNECTING_S),
    }
    for name, log in logs.items():
        print_figures(f"{name}, ms", log.saved_ms)
        print(
            f"    {log.analysed} frames analysed, {log.shed} shed; "
            f"{len(log.save_errors)} saves failed {log.save_errors[:1] or ''}"
        )


def _throughput(hall: Hall, quiet: Pictures, seconds: float) -> None:
    print(f"\nframes through the real server, {FLOODING} senders without pause")
    crowd = hall.candidates[:FLOODING]
    for name, jobs in (
        ("socket", [_camera(hall, who, quiet, None) for who in crowd]),
        ("DRF", [partial(poster, hall, who, quiet) for who in crowd]),
    ):
        before, started = hall.cpu_seconds(), time.perf_counter()
        log = run_jobs(jobs, seconds)
        cpu, wall = hall.cpu_seconds() - before, time.perf_counter() - started
        each = f"{cpu * 1000 / log.analysed:.1f} ms of server CPU each" if log.analysed else "none"
        rates = f"{log.analysed / wall:6.1f} analysed a second, {each}; {log.shed / wall:.1f} shed a second"
        refused = f", {len(log.refused)} refused: {log.refused[0]}" if log.refused else ""
        print(f"  {name:8}{rates}{refused}", flush=True)


def print_figures(label: str, values: Sequence[float]) -> None:
    if not values:
        print(f"  {label:46} no sample")
        return
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    print(f"  {label:46} p50 {statistics.median(ordered):7.0f}   p95 {p95:7.0f}   n {len(ordered)}")


if __name__ == "__main__":
    main()
