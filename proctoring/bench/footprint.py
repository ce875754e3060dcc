"""What one analysing process needs: memory, and time to load. Loads no Django: it runs in such a process."""

import multiprocessing
import time
from dataclasses import dataclass
from pathlib import Path

from proctoring.analysis.worker import make_pipeline
from proctoring.vision.engines.base import EMPTY_FRAME
from proctoring.vision.exchange import EngineChoice, FrameRequest
from proctoring.vision.image import encode_jpeg


@dataclass(frozen=True, slots=True)
class Footprint:
    """One fresh process with all engines: megabytes in memory, and seconds until it is ready."""

    rss_mb: float
    load_cpu_s: float
    load_s: float


def footprint(choice: EngineChoice) -> Footprint:
    """Loads the engines in a process of its own and shows them one frame with everything due."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_load, (choice,))


def _load(choice: EngineChoice) -> Footprint:
    wall, cpu = time.monotonic(), time.process_time()
    pipeline = make_pipeline(choice)
    loaded_cpu, loaded = time.process_time() - cpu, time.monotonic() - wall
    pipeline.analyse(encode_jpeg(EMPTY_FRAME), FrameRequest(0.0, 0))
    return Footprint(resident_mb(), loaded_cpu, loaded)


def resident_mb() -> float:
    """Megabytes of this process in memory."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("/proc/self/status does not tell the memory")
