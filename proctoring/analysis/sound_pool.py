"""The bounded pool of processes that listen to recordings, apart from those that look at frames.

They start with the first recording, not with the server. A caller waits some seconds, because the browser
keeps its copy of a recording that was refused. While pictures have to wait, recordings are put off at once:
sound gives way before frames do (decision 0192).
"""

import atexit
import logging
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from django.conf import settings

from proctor_site.kernel.errors import Overloaded, Unavailable
from proctor_site.kernel.figures import SHED
from proctoring.analysis import pool as pictures
from proctoring.analysis import sound_worker
from proctoring.analysis.worker_pools import InProcessPool, Pool, WorkerPool
from proctoring.audio.call_sound import CallPieces, CallSound
from proctoring.audio.exchange import (
    ClipCut,
    ClipReport,
    ClipRequest,
    EarsChoice,
    EarsError,
    ForProvider,
    Span,
    VoiceEnrolment,
    VoiceResult,
)

log = logging.getLogger(__name__)

WAIT_S = 20.0
TASK_TIMEOUT_S = 60.0
CROWDED_S = 60.0
RETRY_AFTER_MS = 15_000
_shed_at = 0.0


class _OwnProcess(InProcessPool):
    counted_as = "sound"

    def make(self, choice: Any) -> tuple[Any, str]:
        return sound_worker.make(choice)


class _Workers(WorkerPool):
    process_name = "listening"
    counted_as = "sound"

    @property
    def serve(self) -> Callable[[Connection, Any], None]:
        return sound_worker.serve

    @property
    def task_timeout_s(self) -> float:
        return TASK_TIMEOUT_S


_pool: Pool | None = None
_starting = threading.Lock()


def ears_choice() -> EarsChoice:
    """What the settings choose for this house; providers are asked elsewhere (`analysis.provider`)."""
    return EarsChoice(settings.DIARIZER, settings.WEIGHTS_DIR, tuple(settings.ONNX_PROVIDERS))


def start() -> Pool:
    """The pool of this process, started on first use. Raises Unavailable with the reason."""
    global _pool
    with _starting:
        if _pool is None:
            count = settings.SOUND_WORKERS
            _pool = _Workers(count, ears_choice()) if count else _OwnProcess(ears_choice())
            log.info("listening: %s worker(s), %s", _pool.workers, _pool.description)
            atexit.register(close)
        return _pool


def analyse(recording: bytes, request: ClipRequest, told: VoiceResult | None = None) -> ClipReport:
    """Report on one recording; blocks the calling thread until it is there. `told`: a provider's voices.

    Raises ClipError (no recording), Unavailable (code `overloaded`: nobody free within `WAIT_S`, or pictures
    have to wait), WorkerLost.
    """
    if told is None:  # a provider's answer was paid for
        _stand_back()
    report: ClipReport = _run("analyse_clip", recording, request, told)
    return report


def prepare(
    recording: bytes, request: ClipRequest, *, longest_s: float, only_speech: bool
) -> ClipReport | ForProvider:
    """What a provider may be sent of a recording, or the report where there is none. Raises as `analyse`."""
    _stand_back()
    found: ClipReport | ForProvider = _run("prepare", recording, request, longest_s, only_speech)
    return found


def cut(recording: bytes, spans: Sequence[Span], *, margin_s: float, longest_s: float) -> ClipCut:
    """A playable piece of a recording. Raises as `analyse`."""
    piece: ClipCut = _run("cut", recording, tuple(spans), margin_s, longest_s)
    return piece


def join(pieces: CallPieces, *, longest_s: float) -> CallSound:
    """The pieces of a call as one recording. Raises as `analyse`, but for ClipError."""
    joined: CallSound = _run("join", pieces, longest_s)
    return joined


def enrol(recording: bytes) -> VoiceEnrolment:
    """Judges a recording as a candidate's voice. Raises as `analyse`."""
    judged: VoiceEnrolment = _run("enrol_voice", recording)
    return judged


def engine_description() -> str:
    """What the house's own pipeline listens with; voices that another one enrolled cannot be compared."""
    return start().description[:200]


def crowded(message: str, retry_after_ms: int) -> Unavailable:
    """The refusal of a recording that is to come again: 503, upon which a browser keeps its copy."""
    return Unavailable(message, code="overloaded", details={"retry_after_ms": retry_after_ms})


def is_crowded() -> bool:
    """Whether a recording was shed by this process a moment ago."""
    return _shed_at > 0 and time.monotonic() - _shed_at < CROWDED_S


def gives_way() -> bool:
    """Whether this process puts recordings off, or did a moment ago: for operators.

    For as long as pictures that were left out are told of, so that nobody reads the steps out of order.
    """
    return is_crowded() or pictures.is_strained(CROWDED_S)


def close() -> None:
    """Stops the workers; the next recording starts new ones."""
    global _pool, _shed_at
    with _starting:
        _shed_at = 0.0
        if _pool is not None:
            _pool.close()
            _pool = None


def _stand_back() -> None:
    """Puts a recording off while pictures wait; one that was begun is finished, as is a person's voice."""
    global _shed_at
    if pictures.is_strained():
        _shed_at = time.monotonic()
        SHED.labels("sound").inc()
        raise crowded("Pictures come first just now; keep this recording for later.", RETRY_AFTER_MS)


def _run(method: str, *arguments: Any) -> Any:
    global _shed_at
    try:
        return start().run(method, *arguments, wait_s=WAIT_S)
    except Overloaded as error:
        _shed_at = time.monotonic()
        raise crowded("Recordings are coming faster than they can be heard.", RETRY_AFTER_MS) from error
    except EarsError as error:
        log.error("%s", error)
        raise Unavailable("Recordings cannot be listened to now.", code="analysis_unavailable") from error
