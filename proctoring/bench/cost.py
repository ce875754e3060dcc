"""What a frame costs: CPU time of one thread by stage, and frames a second on all cores."""

import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from proctoring.analysis.worker_pools import WorkerPool
from proctoring.bench import films, replaced
from proctoring.bench.clips import check_in
from proctoring.bench.dataset import LabelledClip
from proctoring.bench.player import Player
from proctoring.observations import FrameReport
from proctoring.observations import ObservationKind as Kind
from proctoring.vision.exchange import EngineChoice, FrameRequest
from proctoring.vision.pipeline import Pipeline

COUNTING = frozenset({Kind.NO_FACE, Kind.SEVERAL_FACES})
POLICY_FRAMES = 120  # two minutes of exam: every dear part comes round several times
_COUNT_FRAMES = 40
_POOL_S = 4.0


@dataclass(frozen=True, slots=True)
class PolicyCost:
    """CPU milliseconds of one thread under the default policy; ``stages``: mean over all frames."""

    clip: str
    frames: int
    mean: float
    worst: float
    stages: dict[str, float]


def cost_of_policy(pipeline: Pipeline, clip: LabelledClip) -> PolicyCost:
    """The full default policy at one frame a second, the quiet ``clip`` over and over for two minutes."""
    frames = quiet_frames(clip)
    player = check_in(pipeline, clip)
    reports = [
        player.look(pipeline, frames[number % len(frames)], float(number)) for number in range(POLICY_FRAMES)
    ]
    totals = [each.cpu_ms["total"] for each in reports]
    return PolicyCost(clip.file, len(reports), statistics.fmean(totals), max(totals), _stages(reports))


def quiet_frames(clip: LabelledClip) -> list[bytes]:
    """A clip's frames at one a second."""
    return films.frames_of(clip.path, tuple(float(second) for second in range(int(clip.seconds))))


def _stages(reports: Sequence[FrameReport]) -> dict[str, float]:
    names = dict.fromkeys(name for each in reports for name in each.cpu_ms if name != "total")
    return {name: sum(each.cpu_ms.get(name, 0.0) for each in reports) / len(reports) for name in names}


def sample_frames(clips: Sequence[LabelledClip]) -> list[bytes]:
    """About forty JPEG frames spread over all clips."""
    each = max(1, _COUNT_FRAMES // max(1, len(clips)))
    return [
        frame
        for clip in clips
        for frame in films.frames_of(clip.path, tuple(clip.seconds * n / each for n in range(each)))
    ]


def cost_of_counting(pipeline: Pipeline, frames: Sequence[bytes]) -> float:
    """Median CPU milliseconds to decode a frame and count its faces, nothing of the one before known."""
    reports = [
        pipeline.analyse(data, FrameRequest(float(n), n, detectors=COUNTING, due=()))
        for n, data in enumerate(frames)
    ]
    return statistics.median(each.cpu_ms["total"] for each in reports)


def replaced_cost_of_counting(frames: Sequence[bytes]) -> float:
    """The same of the replaced pipeline, from the body of its request on."""
    times = []
    for data in frames:
        body = replaced.encode_request(films.pixels(data))
        start = time.thread_time()
        replaced.count_faces(body)
        times.append((time.thread_time() - start) * 1000)
    return statistics.median(times)


def frames_per_second(choice: EngineChoice, workers: int, frames: Sequence[bytes]) -> float:
    """Frames of the default policy that a pool of ``workers`` processes answers in a second of wall time.

    As many cameras as workers, each sending its next frame as soon as the last is answered. What else the
    machine does at the time takes its share.
    """
    pool = WorkerPool(workers, choice)
    done = [0] * workers
    try:
        end = time.monotonic() + _POOL_S

        def camera(place: int) -> None:
            player = Player()
            while time.monotonic() < end:
                request = player.request(float(done[place]))
                report = pool.run("analyse", frames[done[place] % len(frames)], request, wait_s=60.0)
                player.note(request, report)
                done[place] += 1

        start = time.monotonic()
        threads = [threading.Thread(target=camera, args=(place,)) for place in range(workers)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return sum(done) / (time.monotonic() - start)
    finally:
        pool.close()
