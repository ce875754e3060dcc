"""A client for one request to a provider, whose answer ends in time and within bounds."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

import httpx

MOST_ANSWER_BYTES = 4 << 20
"""A minute of speech is about 40 kB; more than this is no answer."""
_CONNECT_S = 5.0
_LEAST_S = 0.5


class AnswerError(Exception):
    """The answer is not one that may be read; the text says why."""


@contextmanager
def open_client(ends: float, tls: ssl.SSLContext | bool) -> Iterator[httpx.Client]:
    """For one request that ends at the moment ``ends`` (`time.monotonic`), whatever the other side does.

    A client for each: nothing is shared by threads, and no connection grows stale in between. Follows no
    redirect, which would carry key and recording somewhere else. AnswerError, or an error of httpx.
    """
    left = max(_LEAST_S, ends - time.monotonic())
    with (
        _Deadline(ends) as deadline,
        httpx.Client(
            timeout=httpx.Timeout(left, connect=min(left, _CONNECT_S)),
            verify=tls,
            headers={"Accept-Encoding": "identity"},
            event_hooks={"request": [deadline.watch], "response": [_bound]},
            follow_redirects=False,
        ) as client,
    ):
        yield client


class _Deadline:
    """Tears the connection at a moment: timeouts hold for each read, and stop no slow drip."""

    def __init__(self, ends: float) -> None:
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(max(0.0, ends - time.monotonic()), self._tear)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._timer.cancel()

    def watch(self, request: httpx.Request) -> None:
        """Follows the connection that the request gets; a hook of httpx."""
        request.extensions["trace"] = self._note

    def _note(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")

    def _tear(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # it was closed in this very moment
                self._socket.shutdown(socket.SHUT_RDWR)


def _bound(response: httpx.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise AnswerError("packed although it was asked not to")
    response.stream = _Bounded(response.stream)


class _Bounded(httpx.SyncByteStream):
    """An answer's body that is no longer than an answer can be."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._stream:
            size += len(part)
            if size > MOST_ANSWER_BYTES:
                raise AnswerError("too long")
            yield part

    def close(self) -> None:
        self._stream.close()
