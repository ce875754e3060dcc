"""A web service on the loopback that checks each request and fails as told, for stubs of hosted video."""

import json
import socket
import struct
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, None when there is none."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Answer:
    """What to answer. `how`: whole, reset (torn half way) or silent."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    how: str = "whole"


def as_json(value: Any, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(value).encode())


class HostedServer:
    """Gives `trouble` first, one after the other; then what `answer` says. Keeps all requests in `asked`."""

    def __init__(self) -> None:
        self.trouble: list[Answer] = []
        self.asked: list[Asked] = []
        self.wrong: list[str] = []
        """What was not as documented; tests look at it."""
        self._over = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._http.server_port}"

    def answer(self, asked: Asked) -> Answer:
        """What the service would answer."""
        raise NotImplementedError

    def close(self) -> None:
        self._over.set()
        self._http.shutdown()
        self._http.server_close()

    def paths(self) -> list[str]:
        """Method and last part of each address that was asked for."""
        return [f"{each.method} {each.path.rsplit('/', 1)[-1]}" for each in self.asked]

    def _handler(server) -> type[BaseHTTPRequestHandler]:  # noqa: N805  (`self` is the request inside)
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server._take(self)

            do_GET = do_PATCH = do_DELETE = do_POST

            def log_message(self, *arguments: Any) -> None:
                """Nothing."""

        return Handler

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        parts = urlsplit(request.path)
        names = {name.lower(): value for name, value in request.headers.items()}
        asked = Asked(request.command, parts.path, dict(parse_qsl(parts.query)), names, body)
        self.asked.append(asked)
        answer = self.trouble.pop(0) if self.trouble else self.answer(asked)
        if answer.how == "silent":
            self._over.wait(30)
            return
        with suppress(OSError):  # the other side has given up, as it may
            self._reply(request, answer)

    @staticmethod
    def _reply(request: BaseHTTPRequestHandler, answer: Answer) -> None:
        request.send_response(answer.status)
        request.send_header("Content-Type", answer.content_type)
        request.send_header("Content-Length", str(len(answer.body) + (answer.how == "reset")))
        request.end_headers()
        request.wfile.write(answer.body)
        if answer.how == "reset":
            linger = struct.pack("ii", 1, 0)
            request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            request.connection.shutdown(socket.SHUT_RDWR)


def troubles(secret: str) -> Iterable[Answer]:
    """The ways in which a service is documented, or known, to fail; some tell too much."""
    told = {"code": "internal", "msg": f"not so: {secret}", "errors": [{"message": secret}], "success": False}
    for status in (400, 401, 403, 404, 409, 422, 429, 500, 502, 503):
        yield as_json(told, status)
    yield as_json([secret], 500)
    yield Answer(200, f"<html>{secret}</html>".encode(), "text/html")
    yield Answer(503, b"", "text/plain")
    yield Answer(200, b'{"a": ', how="reset")
    yield Answer(how="silent")


def name_of_trouble(trouble: Answer) -> str:
    """A short name of it, for lists of tests."""
    return f"{trouble.status} {trouble.how} {len(trouble.body)}"
