"""Deepgram's service as a diarizer: one request a clip, bounded in time, bytes and tries.

Recordings of voices leave the house here. Whoever calls it has checked that the policy says so, that the
candidate was told, and that the operator has a contract (docs/operations.md). No key, no audio and no words
ever get into a log or an error.
"""

import email.utils
import logging
import math
import re
import ssl
import time
from typing import Any

import httpx
from deepgram import DeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.core.parse_error import ParsingError
from deepgram.environment import DeepgramClientEnvironment

from proctoring.audio.cutting import cut
from proctoring.audio.diarizers import provider_codes as codes
from proctoring.audio.diarizers.base import Clip, Diarizer, DiarizerError
from proctoring.audio.diarizers.bounded_http import AnswerError, open_client
from proctoring.audio.diarizers.spoken_words import SpokenWord, voices_of
from proctoring.audio.exchange import EarsChoice, EarsError, VoiceResult

log = logging.getLogger(__name__)

URL = "https://api.deepgram.com"
MODEL = "nova-3"
DIARIZE = "latest"
DIARIZE_FLAG = "flag"
"""Asks by `diarize=true`, as older systems do; the SDK calls it deprecated."""
FIRST_PAUSE_S = 0.5
_LEAST_LEFT_S = 0.5
_SAFE_CODE = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_WRONG_SHAPE = (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)

_ACCOUNT = {401: codes.KEY_REFUSED, 402: codes.UNPAID, 403: codes.KEY_REFUSED}


class DeepgramDiarizer(Diarizer):
    """Options of the choice: key (needed), url, model, diarize (latest, v1, v2, flag), language ("" for the
    service's own default), timeout_s (for everything, pauses included), retries.

    Holds no state between clips: may be used by several threads, unlike other diarizers.
    """

    name = "deepgram"

    def __init__(self, choice: EarsChoice) -> None:
        super().__init__(choice)
        options = choice.options
        self._key = options.get("key", "")
        if not self._key:
            raise EarsError("there is no key for Deepgram")
        if not (self._key.isascii() and self._key.isprintable()) or " " in self._key:
            raise EarsError("the key for Deepgram holds characters that no key has")
        self._url = options.get("url", URL).rstrip("/")
        self._model = options.get("model", MODEL)
        self._diarize = options.get("diarize", DIARIZE)
        self._language = options.get("language", "")
        self.timeout_s = float(options.get("timeout_s", "12"))
        self._retries = int(options.get("retries", "2"))
        self._tls: ssl.SSLContext | bool = (
            httpx.create_ssl_context() if self._url.startswith("https") else True
        )
        self.model_versions = {self._model: self._diarize}

    def diarize(self, clip: Clip) -> VoiceResult:
        """See the base class; the bytes as they were uploaded, or the samples where there are none."""
        data = clip.data or cut(clip.samples, (), 0.0, clip.seconds).data
        return self.ask(data, clip.seconds)

    def warm_up(self) -> None:
        """Nothing: each answer is paid for."""

    def ask(self, data: bytes, seconds: float, within_s: float = math.inf) -> VoiceResult:
        """Voices of a recording of ``seconds``; no words gives no voices, which is not the same as silence.

        Tries again after failures that pass, for `timeout_s` or ``within_s`` in all, whichever is less.
        What may have been listened to already (a timeout) is not asked, and paid for, again. DiarizerError.
        """
        ends = time.monotonic() + min(self.timeout_s, within_s)
        for tried in range(self._retries + 1):
            try:
                return self._result(self._once(data, ends), seconds)
            except _Passing as failure:
                pause = failure.error.retry_after_s or FIRST_PAUSE_S * 2**tried
                if tried == self._retries or time.monotonic() + pause + _LEAST_LEFT_S > ends:
                    raise failure.error from None
                time.sleep(pause)
        raise AssertionError("unreachable: the last try returns or raises")

    def _once(self, data: bytes, ends: float) -> Any:
        """The service's answer to one request. _Passing when another try may help, else DiarizerError."""
        try:
            return self._send(data, ends)
        except AnswerError as error:
            raise _unreadable(str(error)) from None
        except ApiError as error:
            if time.monotonic() >= ends:  # the rest of its answer was torn off
                raise _late() from None
            raise self._judged(error) from None
        except (httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout):
            raise _late() from None
        except httpx.TransportError as error:  # from None: its request holds the key
            if time.monotonic() >= ends:
                raise _late() from None
            raise _Passing(_failure(codes.UNREACHABLE, type(error).__name__)) from None
        except (ParsingError, httpx.HTTPError, *_WRONG_SHAPE) as error:
            raise _unreadable(type(error).__name__) from None

    def _send(self, data: bytes, ends: float) -> Any:
        options: dict[str, Any] = {"punctuate": True, "mip_opt_out": True}  # nothing is trained with it
        options |= {"diarize": True} if self._diarize == DIARIZE_FLAG else {"diarize_model": self._diarize}
        options |= {"language": self._language} if self._language else {}
        with open_client(ends, self._tls) as http:
            client = DeepgramClient(
                api_key=self._key, environment=_environment(self._url), httpx_client=http, max_retries=0
            )
            return client.listen.v1.media.transcribe_file(request=data, model=self._model, **options)

    def _judged(self, error: ApiError) -> Exception:
        """What an answer other than words means; told to the operator where only they can mend it."""
        status = error.status_code or 0
        if 200 <= status < 300:
            return _unreadable("not JSON")
        if status in (408, 409, 429) or status >= 500:
            code = codes.BUSY if status == 429 else codes.UNAVAILABLE
            return _Passing(_failure(code, f"HTTP {status}", retry_after_s=_retry_after(error.headers or {})))
        why = f"HTTP {status}{self._said(error.body)}"
        if status in _ACCOUNT:
            log.error("Deepgram refuses this server's account: %s", why)
            return _failure(_ACCOUNT[status], why)
        log.error("Deepgram refuses a recording, which will not change by itself: %s", why)
        return DiarizerError(codes.REFUSED, why, is_temporary=False)

    def _said(self, body: Any) -> str:
        """The service's own code and request number, as far as they are nothing but that."""
        if not isinstance(body, dict):
            return ""
        named = ((name, str(body.get(name, ""))) for name in ("err_code", "request_id"))
        return "".join(
            f", {name} {value}"
            for name, value in named
            if _SAFE_CODE.fullmatch(value) and self._key not in value
        )

    def _result(self, answer: Any, seconds: float) -> VoiceResult:
        try:
            heard = voices_of(_words_of(answer), seconds)
        except _WRONG_SHAPE as error:
            raise _unreadable(type(error).__name__) from None
        return VoiceResult(
            diarizer=self.name,
            model=self.description,
            speakers=len(heard.voices),
            speech_seconds=heard.speech_seconds,
            voices=heard.voices,
            overlap_spans=heard.overlaps,
            transcript=heard.lines,
        )


class _Passing(Exception):
    """A failure after which another try may help."""

    def __init__(self, error: DiarizerError) -> None:
        super().__init__(error.code)
        self.error = error


def _words_of(answer: Any) -> list[SpokenWord]:
    """The words of the first channel; one of `_WRONG_SHAPE` when the answer is not what is documented.

    The SDK checks nothing: a field may be missing or of any type.
    """
    found = []
    for word in answer.results.channels[0].alternatives[0].words or ():
        start, end, speaker, sure = word.start, word.end, word.speaker, word.speaker_confidence
        if speaker is None:
            raise ValueError("a word without speaker")
        numbers = [float(start), float(end), 0.0 if sure is None else float(sure)]
        if isinstance(speaker, bool) or not isinstance(speaker, int) or not all(map(math.isfinite, numbers)):
            raise TypeError("no number")
        text = word.punctuated_word or word.word
        found.append(
            SpokenWord(str(text), numbers[0], numbers[1], speaker, None if sure is None else numbers[2])
        )
    return found


def _environment(url: str) -> DeepgramClientEnvironment:
    sockets = url.replace("http", "ws", 1)
    return DeepgramClientEnvironment(base=url, production=sockets, agent=sockets, agent_rest=url)


def _retry_after(headers: dict[str, str]) -> float:
    """Seconds that the service asks to wait; 0 when it asks nothing that can be read."""
    value = {name.lower(): each for name, each in headers.items()}.get("retry-after", "").strip()
    if value.isdecimal() and len(value) < 10:
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return 0.0


def _failure(code: str, message: str, *, retry_after_s: float = 0.0) -> DiarizerError:
    return DiarizerError(code, message, is_temporary=True, retry_after_s=retry_after_s)


def _late() -> DiarizerError:
    return _failure(codes.TIMEOUT, "it did not answer in time")


def _unreadable(why: str) -> DiarizerError:
    """Not temporary: the same recording would be paid for again, most likely to no other end."""
    return DiarizerError(codes.UNREADABLE, f"its answer cannot be read: {why}", is_temporary=False)
