"""Recordings that a provider is asked about: checked here first, sent from this process, and judged here.

The processes that listen have no business on the network: one checks the recording, this thread sends it,
and one of them measures and judges what came back. Who is asked, and what happens when no answer comes:
decision 0102.
"""

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache

from proctor_site.kernel import clock
from proctor_site.kernel.errors import Unavailable
from proctoring.analysis import sound_pool
from proctoring.analysis.breaker import Breaker
from proctoring.audio.diarizers.base import DiarizerError
from proctoring.audio.diarizers.provider_codes import NO_WORDS, RESTING, TOO_MUCH
from proctoring.audio.exchange import ClipReport, ClipRequest, EarsChoice, EarsError, VoiceResult
from proctoring.models import MonitoringSession

if TYPE_CHECKING:
    from proctoring.audio.diarizers.deepgram_api import DeepgramDiarizer

log = logging.getLogger(__name__)

LONGEST_S = 75.0
"""The longest piece of a policy with some slack; what is beyond is neither sent nor paid for."""
TOTAL_S = 20.0
LEAST_LEFT_S = 1.0
KEPT_MS = 60_000
SLACK_S = 180.0
MOST_OF_TIME = 1.25
"""A session may cost so many seconds, and so much of the time it has lasted: pieces overlap a little."""
_SPENT_TTL_S = 12 * 60 * 60
_STATE_KEY = "provider:deepgram"
_STATE_TTL_S = 15 * 60

breaker = Breaker()
_diarizer: "DeepgramDiarizer | None" = None
_making = threading.Lock()


def analyse(recording: bytes, request: ClipRequest, session: MonitoringSession) -> ClipReport:
    """As `sound_pool.analyse`, but the voices are told by the provider where anybody speaks.

    Without an answer: our own diarizer, or (PROCTOR_DEEPGRAM_FALL_BACK off) Unavailable, upon which the
    browser keeps the recording; or a report that cannot say, where the same recording would fail again.
    """
    began = time.monotonic()
    if not breaker.lets_through():
        return _without(recording, request, _resting())
    try:
        found = sound_pool.prepare(
            recording, request, longest_s=LONGEST_S, only_speech=settings.DEEPGRAM_ONLY_SPEECH
        )
        if isinstance(found, ClipReport):
            return found
        _spend(session, found.seconds)
        told = _ask(found.data, found.seconds, max(LEAST_LEFT_S, TOTAL_S - (time.monotonic() - began)))
    except DiarizerError as error:
        return _without(recording, request, error)
    if not told.voices:
        return _without(
            recording, request, DiarizerError(NO_WORDS, "no word was understood", is_temporary=False)
        )
    return sound_pool.analyse(recording, request, told)


def state() -> dict[str, Any]:
    """What is known of the provider on all servers: `state` is unused, working, failing or resting."""
    return cache.get(_STATE_KEY) or {"state": "unused"}


def close() -> None:
    """Forgets the client and what failed; the next recording makes a new one."""
    global _diarizer
    with _making:
        _diarizer = None
    breaker.reset()
    cache.delete(_STATE_KEY)


def _ask(data: bytes, seconds: float, within_s: float) -> VoiceResult:
    """The provider's answer. DiarizerError; every outcome is noted."""
    try:
        told = _client().ask(data, seconds, within_s)
    except DiarizerError as error:
        opened = breaker.failed(error)
        log.warning("Deepgram did not tell the voices of a recording: %s (%s)", error.code, error.message)
        if opened:
            log.error("Deepgram is left alone for %.0f s after %s", breaker.seconds_left(), error.code)
        _note("resting" if opened else "failing", error.code)
        raise
    breaker.worked()
    _note("working")
    return told


def _spend(session: MonitoringSession, seconds: float) -> None:
    """Notes what is sent for a session. DiarizerError when that is more than it can have recorded.

    One recording of a session is handled at a time (`heard.begin`), so that nothing is lost between the two.
    """
    key = f"provider-seconds:{session.pk}"
    spent = float(cache.get(key, 0.0)) + seconds
    lasted = (clock.now() - session.started_at).total_seconds()
    if spent > SLACK_S + MOST_OF_TIME * lasted:
        log.warning("session %s: more is sent than it can have recorded; it is not paid for", session.pk)
        raise DiarizerError(TOO_MUCH, "more than the session lasted", is_temporary=True)
    cache.set(key, spent, _SPENT_TTL_S)


def _without(recording: bytes, request: ClipRequest, error: DiarizerError) -> ClipReport:
    """The recording without the provider's answer, as the settings want it."""
    if settings.DEEPGRAM_FALL_BACK:
        return sound_pool.analyse(recording, request)
    if error.is_temporary:
        wait_ms = max(KEPT_MS, round(1000 * error.retry_after_s))
        raise sound_pool.crowded("Voices cannot be told apart now; keep this recording for later.", wait_ms)
    description = _client().description
    return sound_pool.analyse(recording, request, VoiceResult("deepgram", description, error=error.code))


def _resting() -> DiarizerError:
    return DiarizerError(
        RESTING, "left alone after failures", is_temporary=True, retry_after_s=breaker.seconds_left()
    )


def _note(word: str, code: str = "") -> None:
    cache.set(_STATE_KEY, {"state": word, "code": code, "at": time.time()}, _STATE_TTL_S)


def _client() -> "DeepgramDiarizer":
    """The client of this process. Raises Unavailable when the settings do not allow one."""
    global _diarizer
    with _making:
        if _diarizer is None:
            # Here, not above: servers that never ask the provider need not load its library.
            from proctoring.audio.diarizers.deepgram_api import DeepgramDiarizer  # noqa: PLC0415

            try:
                _diarizer = DeepgramDiarizer(_choice())
            except EarsError as error:
                log.error("%s", error)
                raise Unavailable(
                    "Recordings cannot be listened to now.", code="analysis_unavailable"
                ) from error
        return _diarizer


def _choice() -> EarsChoice:
    options = {
        "key": settings.DEEPGRAM_KEY,
        "url": settings.DEEPGRAM_URL,
        "model": settings.DEEPGRAM_MODEL,
        "diarize": settings.DEEPGRAM_DIARIZE,
        "language": settings.DEEPGRAM_LANGUAGE,
        "timeout_s": str(settings.DEEPGRAM_TIMEOUT_S),
        "retries": str(settings.DEEPGRAM_RETRIES),
    }
    return EarsChoice("deepgram", options=options)
