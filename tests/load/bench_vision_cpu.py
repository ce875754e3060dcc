"""CPU time of our frame analysis and of the replaced one, side by side in one run.

``python -m tests.load.bench_vision_cpu [--frames N]``. Prints figures and gates nothing. CPU time is that of
the process, with one OpenCV thread; medians. Uses the development data where it is, else made-up clips.
What is found, and what is not: ``manage.py bench_vision``.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from proctoring.bench import replaced
from proctoring.incidents.rules import RuleState, advance
from proctoring.incidents.work_pace import work_due, work_if_moved
from proctoring.vision.engines.base import Engines
from proctoring.vision.engines.opencv_faces import OpenCVFaces
from proctoring.vision.image import ImageLimits, decode, encode_jpeg
from proctoring.vision.pipeline import FrameRequest, Pipeline
from tests import media

# Development pictures are photographs of any size; the product's limit is about frames.
_ANY_SIZE = ImageLimits(max_bytes=50_000_000)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=40, help="frames to time")
    wanted = parser.parse_args().frames
    pipeline = Pipeline(Engines(OpenCVFaces()), _ANY_SIZE)
    pipeline.engines.faces.warm_up()
    data = media.development_data()
    source = "development clips" if data else "made-up clips"
    frames = _clip_frames(data, wanted)
    jpegs = [encode_jpeg(frame) for frame in frames]
    bodies = [replaced.encode_request(frame) for frame in frames]
    print(f"{len(frames)} frames of 640x480 from {source}; process CPU, one thread, medians")
    print(f"opencv {cv2.__version__}, python {sys.version.split()[0]}, {os.cpu_count()} cores")
    ours, default = _time_ours(pipeline, jpegs), _time_default_policy(pipeline, jpegs)
    theirs = [_cpu_ms(lambda body=body: replaced.count_faces(body)) for body in bodies]
    print(f"{'':34}{'ours':>10}{'replaced':>10}")
    _line("bytes per upload", statistics.median(map(len, jpegs)), statistics.median(map(len, bodies)), 0)
    _line("CPU ms, count faces", statistics.median(ours["none"]), statistics.median(theirs))
    _line("CPU ms, count and compare", statistics.median(ours["identity"]), None)
    _line("CPU ms, default policy, mean", statistics.fmean(default), statistics.fmean(theirs))
    _line("CPU ms, default policy, worst", max(default), max(theirs))
    _line("frames per second and core", 1000 / statistics.fmean(default), 1000 / statistics.fmean(theirs))


def _line(label: str, ours: float, theirs: float | None, places: int = 1) -> None:
    right = f"{theirs:10.{places}f}" if theirs is not None else f"{'-':>10}"
    print(f"{label:34}{ours:10.{places}f}{right}")


def _cpu_ms(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def _time_ours(pipeline: Pipeline, jpegs: list[bytes]) -> dict[str, list[float]]:
    """CPU ms per frame without and with a comparison."""
    reference = np.ones(128, np.float32) / np.sqrt(np.float32(128))
    requests = {
        "none": FrameRequest(0.0, 0, due=()),
        "identity": FrameRequest(0.0, 0, references=(reference,)),
    }
    return {
        name: [_cpu_ms(lambda data=data, request=request: pipeline.analyse(data, request)) for data in jpegs]
        for name, request in requests.items()
    }


def _time_default_policy(pipeline: Pipeline, jpegs: list[bytes]) -> list[float]:
    """CPU ms per frame with rules and the default identity pace, on a quiet clip of one still person."""
    clip = media.clip("quiet", quiet_seconds=1.0, event_seconds=9.0)
    vector = pipeline.enrol(clip.reference).vector
    assert vector is not None
    state, times, left = RuleState(), [], b""
    for index in range(len(jpegs)):
        data = clip.frames[index % len(clip.frames)]
        at = float(index)
        request = FrameRequest(
            at,
            index,
            (vector,),
            due=work_due(state, at),
            if_moved=work_if_moved(state, at),
            last_look=left,
        )
        start = time.process_time()
        report = pipeline.analyse(data, request)
        state, left = advance(state, report)[0], report.left
        times.append((time.process_time() - start) * 1000)
    return times


def _clip_frames(data: Path | None, wanted: int) -> list[np.ndarray]:
    """Frames spread over all clips, 640x480."""
    frames: list[np.ndarray] = []
    if data is None:
        for name in media.CLIPS:
            frames += [decode(jpeg) for jpeg in media.clip(name).frames[::3]]
    else:
        for path in sorted((data / "clips").glob("*.mp4")):
            film = cv2.VideoCapture(str(path))
            frames += [
                frame for index in range(10_000) if (frame := _next(film)) is not None and index % 15 == 0
            ]
    step = max(1, len(frames) // wanted)
    return frames[::step][:wanted]


def _next(film: cv2.VideoCapture) -> np.ndarray | None:
    done, frame = film.read()
    return frame if done else None


if __name__ == "__main__":
    main()
