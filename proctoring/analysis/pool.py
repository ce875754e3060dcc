"""The pool that looks at pictures: the caller waits for its result, or is shed within a short time.

Each client keeps one frame in flight, and a frame waits here for at most `WAIT_S`: overload slows cameras,
never answers. `ANALYSIS_WORKERS = 0` runs the engine inside this process: for tests with the scripted engine.
"""

import atexit
import logging
import threading
import time

from django.conf import settings

from proctoring.analysis.turns import IN_ORDER, LAST, Turn
from proctoring.analysis.worker_pools import InProcessPool, Load, Pool, WorkerLost, WorkerPool
from proctoring.observations import FrameReport
from proctoring.vision.engines.base import Vector
from proctoring.vision.exchange import (
    DocumentReport,
    EngineChoice,
    EnrolmentReport,
    FrameRequest,
    HeadReport,
    Likeness,
    TurnReport,
)
from proctoring.vision.upload import ImageLimits

__all__ = [
    "WorkerLost",
    "analyse",
    "close",
    "compare",
    "compare_document",
    "engine_choice",
    "engine_description",
    "enrol",
    "is_strained",
    "leave_out",
    "load",
    "look",
    "look_at_head",
    "look_at_turn",
    "shrink",
    "start",
]

log = logging.getLogger(__name__)

WAIT_S = 0.4
"""How long a frame may wait for a free worker before it is shed."""
STRAINED_FOR_S = 10.0
"""What gives way to pictures does so when too many of these last seconds had to wait."""
ENROL_WAIT_S = 8.0
LOOK_WAIT_S = 0.1
"""Advice at check-in gives way to the frames of running exams."""

_pool: Pool | None = None
_starting = threading.Lock()


def engine_choice() -> EngineChoice:
    """The engines that the settings choose."""
    return EngineChoice(
        settings.FACE_ENGINE,
        head=settings.HEAD_ENGINE,
        things=settings.THINGS_ENGINE,
        things_model=settings.THINGS_MODEL,
        text=settings.TEXT_ENGINE,
        emotions=settings.EMOTION_ENGINE,
        weights_dir=settings.WEIGHTS_DIR,
        providers=tuple(settings.ONNX_PROVIDERS),
    )


def start() -> Pool:
    """The pool of this process, started on first use (about a second). Raises Unavailable with the reason."""
    global _pool
    with _starting:
        if _pool is None:
            choice = engine_choice()
            count = settings.ANALYSIS_WORKERS
            _pool = WorkerPool(count, choice) if count else InProcessPool(choice)
            log.info("analysis: %s worker(s), %s", _pool.workers, _pool.description)
            atexit.register(close)
        return _pool


def analyse(
    image: bytes, request: FrameRequest, *, turn: Turn | None = None, wait_s: float | None = None
) -> FrameReport:
    """Report on one frame; blocks the calling thread until it is there. `turn`: among those who wait.

    Raises ImageError (not a picture), Overloaded (no worker free within `wait_s`, by default `WAIT_S`),
    WorkerLost, Unavailable.
    """
    waits = WAIT_S if wait_s is None else wait_s
    return start().run("analyse", image, request, wait_s=waits, turn=turn or _in_order())


def enrol(image: bytes, *, with_template: bool = True) -> EnrolmentReport:
    """Judges a reference photo; waits longer than a frame, because a person waits for the answer.

    `with_template` False: without the candidate's consent no template may be made.
    """
    return start().run("enrol", image, with_template, wait_s=ENROL_WAIT_S)


def look(image: bytes) -> EnrolmentReport:
    """Judges a picture as `enrol` does, without a template; shed at once when everybody is busy."""
    return start().run("enrol", image, False, wait_s=LOOK_WAIT_S, turn=(LAST, 0.0))


def compare(a: Vector, b: Vector) -> Likeness:
    """What two templates of the engine at work say about being one person's."""
    return start().run("compare", a, b, wait_s=ENROL_WAIT_S)


def compare_document(image: bytes, references: tuple[Vector, ...]) -> DocumentReport:
    """Compares the photo of an identity document with a person's vectors; waits as `enrol` does."""
    return start().run("compare_document", image, references, wait_s=ENROL_WAIT_S)


def look_at_head(image: bytes) -> HeadReport:
    """One look at how a candidate sits at check-in; sheds like a frame, for another look comes soon."""
    return start().run("look_at_head", image, wait_s=WAIT_S, turn=_in_order())


def shrink(image: bytes, limits: ImageLimits, long_side: int, most_bytes: int) -> bytes:
    """The picture as a JPEG of at most so many bytes, b"" if it cannot be; sheds like a frame."""
    return start().run("shrink", image, limits, long_side, most_bytes, wait_s=WAIT_S, turn=_in_order())


def look_at_turn(image: bytes, references: tuple[Vector, ...]) -> TurnReport:
    """One look at a head that was asked to turn; sheds like a frame. `references`: only under consent."""
    return start().run("look_at_turn", image, references, wait_s=WAIT_S, turn=_in_order())


def engine_description() -> str:
    """Name and model versions of the face engine at work: vectors of another one cannot be compared."""
    return start().description


def load() -> Load | None:
    """Figures of the pool, or None when it has not been started."""
    return _pool.figures() if _pool is not None else None


def leave_out() -> None:
    """Counts a frame that was turned away before it reached the pool: operators are to know of it too."""
    if _pool is not None:
        _pool.leave_out()


def is_strained(within_s: float = STRAINED_FOR_S) -> bool:
    """Whether too many pictures had to wait so lately, as they do before many are left out."""
    return _pool is not None and _pool.is_strained(within_s)


def _in_order() -> Turn:
    return IN_ORDER, time.monotonic()


def close() -> None:
    """Stops the workers; the next call of `analyse` starts new ones."""
    global _pool
    with _starting:
        if _pool is not None:
            _pool.close()
            _pool = None
