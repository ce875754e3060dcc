"""Recordings on a real server: how many candidates one listening process serves, and what others notice."""

import asyncio
import csv
import os
import time
from functools import partial
from pathlib import Path

import numpy as np

from proctoring.audio.clips import decode
from tests.load.bench_live import Job, print_figures, run_jobs
from tests.load.clients import Log, recorder, writer
from tests.load.hall import Candidate, Hall, open_hall
from tests.unit.audio.sounds import RATE, Samples, encode, noise

PIECE_S = 30
CANDIDATES = 60
FLOODING = 2
WRITERS = 5
SHARE = 0.7
"""Of what one listening process can take, in the measurement of a hall that sends at its own pace."""
WARM_UP_S = 15.0


def main(seconds: float = 12.0) -> None:
    """Prints all figures; each phase lasts about `seconds`, the one of a whole hall 30 s and more."""
    sounds = {"a quiet room": noise(PIECE_S, 0.001)}
    spoken = _spoken()
    if spoken is None:
        print("no labelled recordings: set TEST_DATA_DIR to measure with speech (as ./run test does)")
    else:
        sounds["one voice throughout"] = spoken
    with open_hall(CANDIDATES, listens=True) as hall:
        print(f"real server, one listening process, WebM of {PIECE_S} s, own diarizer, no cameras")
        for name, samples in sounds.items():
            piece = encode(samples, "webm")
            _hall(hall, piece, _alone(hall, name, piece, seconds), seconds)


def _spoken() -> Samples | None:
    """Half a minute of one person's labelled recordings, put together."""
    folder = Path(os.environ.get("TEST_DATA_DIR", "nowhere")) / "audio"
    if not (folder / "labels.csv").exists():
        return None
    rows = csv.DictReader((folder / "labels.csv").open(encoding="utf-8"))
    own = [row["file"] for row in rows if row["category"] == "single_plain"]
    parts: list[Samples] = []
    for file in own:
        parts.append(decode((folder / file).read_bytes()).samples)
        if sum(map(len, parts)) >= PIECE_S * RATE:
            break
    samples: Samples = np.concatenate(parts)[: PIECE_S * RATE]
    return samples


def _alone(hall: Hall, name: str, piece: bytes, seconds: float) -> float:
    """Recordings a second with senders that never pause."""
    crowd = hall.candidates[:FLOODING]
    run_jobs([_sender(hall, crowd[0], piece, None)], 1, after_s=WARM_UP_S / 3)
    before, started = hall.cpu_seconds(), time.perf_counter()
    log = run_jobs([_sender(hall, who, piece, None) for who in crowd], seconds)
    cpu, wall = hall.cpu_seconds() - before, time.perf_counter() - started
    if not log.analysed:
        raise RuntimeError(f"no recording was heard: {log.refused[:1]}")
    rate, each = log.analysed / wall, cpu / log.analysed
    print(f"\n{name} ({len(piece) // 1000} kB), {FLOODING} senders without pause")
    print(f"  {rate:.2f} recordings a second, {each:.2f} s of CPU each in all processes of the server")
    print(f"  that is {rate * PIECE_S:.0f} candidates now, {PIECE_S / each:.0f} for a whole core")
    return rate


def _hall(hall: Hall, piece: bytes, rate: float, seconds: float) -> None:
    """Each candidate sends one piece in half a minute, spread evenly; a few save answers meanwhile."""
    count = min(CANDIDATES - WRITERS, max(1, int(rate * PIECE_S * SHARE)))
    savers: list[Job] = [partial(writer, hall, who, every_s=0.25) for who in hall.candidates[:WRITERS]]
    senders = [
        _sender(hall, who, piece, float(PIECE_S), after_s=PIECE_S * place / count)
        for place, who in enumerate(hall.candidates[WRITERS : WRITERS + count])
    ]
    idle = run_jobs(savers, seconds)
    busy = run_jobs([*savers, *senders], max(float(PIECE_S), seconds), after_s=2.0)
    print(
        f"{count} candidates with a piece each every {PIECE_S} s, {WRITERS} others saving four times a second"
    )
    print_figures("recording heard and answered, ms", busy.answered_ms)
    print_figures("answer saved, no recordings, ms", idle.saved_ms)
    print_figures("answer saved beside them, ms", busy.saved_ms)
    own, others = hall.megabytes()
    print(
        f"  {busy.analysed} heard, {busy.shed} shed, {len(busy.refused)} refused {busy.refused[:1] or ''}; "
        f"memory now: server {own:.0f} MB, its processes {', '.join(f'{each:.0f}' for each in others)} MB",
        flush=True,
    )


def _sender(hall: Hall, who: Candidate, piece: bytes, every_s: float | None, after_s: float = 0.0) -> Job:
    async def job(log: Log, stop: asyncio.Event) -> None:
        await asyncio.sleep(after_s)
        await recorder(hall, who, piece, log, stop, every_s=every_s)

    return job


if __name__ == "__main__":
    main()
