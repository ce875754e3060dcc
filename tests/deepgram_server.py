"""Deepgram as its documentation describes it, on this machine: hears pure tones, and fails as told."""

import gzip
import io
import json
import socket
import struct
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from proctoring.audio.diarizers.base import Clip
from proctoring.audio.diarizers.scripted import ScriptedDiarizer
from proctoring.audio.exchange import EarsChoice

KEY = "a-key-that-nobody-may-read"
WORD_S = 0.5


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What to answer. `how`: whole, drip or dripping head (slowly), reset (torn half way), silent."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "whole"


def error(status: int, code: str = "", **headers: str) -> Answer:
    """A refusal as documented."""
    said = {"err_code": code or "SOME_CODE", "err_msg": f"not so: {KEY}", "request_id": "request-1"}
    return Answer(status, json.dumps(said).encode(), {k.replace("_", "-"): v for k, v in headers.items()})


def word(text: str, start: float, end: float, speaker: Any, sure: Any = 0.8) -> dict[str, Any]:
    """One word as the service writes it."""
    return {
        "word": text, "punctuated_word": text, "start": start, "end": end, "confidence": 0.99,
        "speaker": speaker, "speaker_confidence": sure,
    }  # fmt: skip


def transcript(words: list[dict[str, Any]]) -> Answer:
    """A good answer with those words."""
    alternative = {"transcript": " ".join(each["word"] for each in words), "confidence": 0.9, "words": words}
    meta = {"request_id": "request-1", "sha256": "0", "created": "2026-01-01T00:00:00Z", "duration": 30.0}
    meta |= {"channels": 1, "models": ["m"], "model_info": {"m": {"name": "general", "version": "1"}}}
    body = {"metadata": meta, "results": {"channels": [{"alternatives": [alternative]}]}}
    return Answer(200, json.dumps(body).encode())


def packed() -> Answer:
    """A small answer that unpacks to a large one."""
    return Answer(200, gzip.compress(b" " * 1_000_000), {"Content-Encoding": "gzip"})


class DeepgramServer:
    """Takes `answers` one after the other; without any it listens: each tone of the scripted twin speaks."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[Asked] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._over = threading.Event()
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def choice(self, **options: str) -> EarsChoice:
        """A choice of the diarizer that asks here."""
        return EarsChoice("deepgram", options={"key": KEY, "url": self.url, "timeout_s": "5", **options})

    def close(self) -> None:
        self._over.set()
        self._http.shutdown()
        self._http.server_close()

    def _handler(server) -> type[BaseHTTPRequestHandler]:  # noqa: N805  (`self` is the request inside)
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                query = dict(parse_qsl(urlsplit(self.path).query))
                names = {name.lower(): value for name, value in self.headers.items()}
                server.asked.append(Asked(query, names, body))
                server._reply(self, server.answers.pop(0) if server.answers else transcript(words_in(body)))

            def log_message(self, *arguments: Any) -> None:
                """Nothing."""

        return Handler

    def _reply(self, request: BaseHTTPRequestHandler, answer: Answer) -> None:
        if answer.how == "silent":
            self._over.wait(30)
            return
        if answer.how == "dripping head":
            with suppress(OSError):  # the other side gives up, as it should
                for each in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 200:
                    request.wfile.write(b"%c" % each)
                    self._over.wait(0.05)
            return
        request.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(answer.body)))
        request.end_headers()
        if answer.how == "reset":
            request.wfile.write(answer.body[: len(answer.body) // 2])
            linger = struct.pack("ii", 1, 0)
            request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        try:
            for part in [answer.body] if answer.how == "whole" else [b"%c" % each for each in answer.body]:
                request.wfile.write(part)
                if answer.how == "drip":
                    self._over.wait(0.05)
        except OSError:
            return  # the other side has given up, as it should


def words_in(recording: bytes) -> list[dict[str, Any]]:
    """A word for each half second that a tone lasts; a tone is a speaker."""
    with wave.open(io.BytesIO(recording)) as source:
        samples = np.frombuffer(source.readframes(source.getnframes()), "<i2").astype(np.float32) / 32_768
    found = ScriptedDiarizer(EarsChoice("scripted")).diarize(Clip(samples, "wav"))
    words = []
    for speaker, voice in enumerate(found.voices):
        for start, end in voice.spans:
            at = start
            while at < end - 0.05:
                words.append(word(f"w{len(words)}", at, min(end, at + WORD_S), speaker))
                at += WORD_S
    return sorted(words, key=lambda each: each["start"])


@pytest.fixture(name="deepgram_server")
def running_server() -> Iterator[DeepgramServer]:
    """A server of its own for a test."""
    server = DeepgramServer()
    yield server
    server.close()


def closed_port() -> int:
    """A port at which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def within(seconds: float, began: float) -> bool:
    """Whether not much more than that has passed: the machine may be busy."""
    return time.monotonic() - began < seconds + 4
