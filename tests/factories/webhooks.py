"""A little receiver of webhooks on loopback, and webhooks that point to it."""

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from accounts.models import Institution, WebhookEndpoint
from accounts.roles import Role
from accounts.webhooks import endpoints
from tests.factories.accounts import make_member


@dataclass
class Receiver:
    """What came, and what is answered: status, headers, body, and seconds before each byte of the body."""

    url: str = ""
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"thanks"
    pause_s: float = 0.0

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.came]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that runs while the block does; statuses are used up, then it is 200."""
    here = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            here.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(here.statuses.pop(0) if here.statuses else 200)
            for name, value in here.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                if not here.pause_s:
                    self.wfile.write(here.body)
                for byte in here.body if here.pause_s else b"":
                    self.wfile.write(bytes([byte]))
                    time.sleep(here.pause_s)
            except OSError:
                pass  # the sender has gone

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here.url = f"http://127.0.0.1:{server.server_port}/hooks?of=us"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def new_webhook(
    institution: Institution, url: str, *events: str, **options: Any
) -> tuple[WebhookEndpoint, str]:
    """A webhook of these events (none named: of results) and its secret."""
    admin = options.pop("actor", None) or make_member(institution, Role.ADMIN, name="Wanda Webhooks")
    wanted = events or ("results.released",)
    return endpoints.make(institution, name="Student register", url=url, events=wanted, actor=admin)


def is_signed_by(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """The check of a receiver, written from the text of Standard Webhooks and not with our code."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.split("_", 1)[1])
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(
        hmac.compare_digest(each.removeprefix("v1,"), wanted)
        for each in headers["webhook-signature"].split(" ")
    )
