"""The same frames at the same pace through what was replaced: candidates of a core, and their cost."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache

import cv2
import httpx
import numpy as np
import psutil

from proctor_site.rehearsal.pictures import media
from proctoring.bench import replaced
from tests.e2e.server import ROOT, free_port
from tests.load import cores, steps
from tests.load.ladder import next_size
from tests.load.rungs import FRAMES_LEAST

SECONDS = 15.0
TRIES = 3
FIRST = {"/detect_faces": 3, "/api/same_faces": 1}
WHAT = {
    "/detect_faces": "counts faces",
    "/api/same_faces": "counts faces and compares with the reference photo",
}
PACE_S = 1.0
SOUND_KBIT = 128
"""Of the replaced page's recording: MP3, one channel, 44.1 kHz, a minute at a time."""
SOUND = (
    f"  its sound: left out. It went to Deepgram, so it cost this machine no work but passing it on: "
    f"{SOUND_KBIT} kbit/s up of each candidate, and as much again from the server to the service, for money"
)
CLIP_SECONDS = 15


@dataclass
class Measured:
    """`frames`: answered, of a candidate in a second; `cpu_ms`: of a candidate in a second."""

    candidates: int
    frames: float = 0.0
    cpu_ms: float = 0.0
    load: float = 0.0
    kbit_up: float = 0.0
    answered_s: list[float] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.frames >= FRAMES_LEAST

    def __str__(self) -> str:
        return (
            f"{self.candidates} candidates: {'holds' if self.holds else 'does not hold'}, "
            f"{self.frames:.2f} frames a second of each; CPU ms a second of each {self.cpu_ms:.1f}; "
            f"answered after {1000 * steps.percentile(self.answered_s, 0.5):.0f} ms "
            f"(p95 {1000 * steps.percentile(self.answered_s, 0.95):.0f}); "
            f"{self.kbit_up:.0f} kbit/s up; load {100 * self.load:.0f} % of a core"
        )


def main(seconds: float = SECONDS) -> None:
    """Prints how many a core holds, for both ways."""
    for path in WHAT:
        compare_with(path, seconds)
    print(SOUND, flush=True)


def compare_with(path: str, seconds: float = SECONDS) -> Measured | None:
    """The largest number of candidates that one core of the replaced pipeline holds; prints each try."""
    print(f"\nreplaced pipeline on one core, {WHAT[path]}; no store, no saves, no sound", flush=True)
    own, others = cores.here()[:1], cores.here()[1:] or cores.here()
    tried: dict[int, Measured] = {}
    with _server(own) as (address, process), cores.kept_to(others):
        size: int | None = FIRST[path]
        while size is not None and len(tried) < TRIES:
            tried[size] = asyncio.run(_measure(address, process, path, size, seconds))
            print(f"  {tried[size]}", flush=True)
            busy = {count: each.cpu_ms * count / 1000 for count, each in tried.items()}
            size = next_size({count: each.holds for count, each in tried.items()}, busy)
    held = [each for each in tried.values() if each.holds]
    return max(held, key=lambda each: each.candidates, default=None)


@contextmanager
def _server(own: list[int]) -> Iterator[tuple[str, psutil.Process]]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.load.replaced_server:application"]
    command += ["--port", str(port), "--log-level", "warning", "--no-access-log"]
    with cores.kept_to(own):
        running = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        _tell_reference(address)
        yield address, psutil.Process(running.pid)
    finally:
        running.terminate()
        running.wait(15)


def _tell_reference(address: str) -> None:
    """Also warms the library up."""
    over = time.monotonic() + 120
    while time.monotonic() < over:
        with suppress(httpx.ConnectError):
            httpx.put(f"{address}/reference", content=bodies()[0], timeout=120).raise_for_status()
            return
        time.sleep(0.2)
    raise AssertionError("the replaced server did not answer in time")


@cache
def bodies() -> list[bytes]:
    """The rehearsal's pictures as the replaced pages sent them: PNG in base64 in JSON."""
    pictures = media(CLIP_SECONDS).alone
    frames = [cv2.imdecode(np.frombuffer(each, np.uint8), cv2.IMREAD_COLOR) for each in pictures]
    return [replaced.encode_request(each) for each in frames]


async def _measure(address: str, process: psutil.Process, path: str, count: int, seconds: float) -> Measured:
    found = Measured(count)
    loops: list[asyncio.Task[None]] = []
    before, own, began = process.cpu_times(), time.process_time(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for place in range(count):
            loops.append(group.create_task(_camera(address + path, place, found, began, seconds)))
    took, after = time.perf_counter() - began, process.cpu_times()
    spent = after.user + after.system - before.user - before.system
    found.frames = len(found.answered_s) / count / seconds
    found.cpu_ms = 1000 * spent / took / count
    found.load = (time.process_time() - own) / took
    found.kbit_up = len(bodies()[0]) * 8 / 1000 * found.frames
    return found


async def _camera(address: str, place: int, found: Measured, began: float, seconds: float) -> None:
    """One frame under way, the next a second after the one before, as cameras of the rehearsal do."""
    own = bodies()
    await asyncio.sleep(PACE_S * place / found.candidates)
    async with httpx.AsyncClient(timeout=60) as client:
        number = place
        while time.perf_counter() - began < seconds:
            started = time.perf_counter()
            answer = await client.post(address, content=own[number % len(own)])
            answer.raise_for_status()
            found.answered_s.append(time.perf_counter() - started)
            number += 1
            await asyncio.sleep(max(0.0, started + PACE_S - time.perf_counter()))


if __name__ == "__main__":
    main()
