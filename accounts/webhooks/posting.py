"""One POST to a checked IP address, without redirects, bounded in time and size.

http.client of Python is used on a socket of our own: the clients that other packages bring along resolve the
name anew, follow proxies of the environment, and bound the time of each read, but not of all.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.webhooks import addresses
from proctor_site.kernel.errors import InvalidInput

CONNECT_S = 4.0
WHOLE_S = 10.0
"""From the look-up of the name to the end of the answer. Who needs longer works later."""
_READ = 4_096
_KEPT = 500
_WORDS = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` None: nothing did, and `problem` says why."""

    status: int | None
    milliseconds: int
    words: str = ""
    problem: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has taken the message: any status from 200 to 299."""
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Sends `body`; never raises for what the other side does."""
    began = time.monotonic()
    try:
        status, words, problem = _send(addresses.read(url), body, headers)
    except addresses.Forbidden as error:
        status, words, problem = None, "", str(error)
    except InvalidInput as error:  # the operator no longer allows this host
        status, words, problem = None, "", error.message
    except (OSError, http.client.HTTPException, ValueError) as error:
        status, words, problem = None, "", _in_words(error, time.monotonic() - began)
    return Answer(status, int((time.monotonic() - began) * 1000), words, problem)


def _send(target: addresses.Target, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, str]:
    until = time.monotonic() + WHOLE_S
    found = addresses.resolve(target)
    with contextlib.closing(_connect(found, target.port)) as plain:
        # Each read has a limit of its own, which a byte now and then never reaches; this ends them all.
        end = threading.Timer(max(0.0, until - time.monotonic()), _cut, [plain])
        end.daemon = True
        end.start()
        try:
            plain.settimeout(WHOLE_S)
            connection = http.client.HTTPConnection(target.host, target.port)
            connection.sock = _secured(plain, target.host) if target.is_secure else plain
            sent = {
                "Host": target.shown,
                "Content-Type": "application/json",
                "User-Agent": "Proctor-Webhooks/1",
            }
            connection.request("POST", target.path, body, {**sent, **headers, "Connection": "close"})
            answer = connection.getresponse()
            words = _clean(answer.read(_READ))
        finally:
            end.cancel()
    is_elsewhere = 300 <= answer.status < 400
    return answer.status, words, "Redirects are not followed; change the address." if is_elsewhere else ""


def _connect(found: list[str], port: int) -> socket.socket:
    last: OSError = OSError("no address")
    for each in found[:2]:
        try:
            return socket.create_connection((each, port), timeout=CONNECT_S)
        except OSError as error:
            last = error
    raise last


def _secured(plain: socket.socket, host: str) -> socket.socket:
    """The certificate has to be good and of this host."""
    return tls_context().wrap_socket(plain, server_hostname=host)


def tls_context() -> ssl.SSLContext:
    """Certificates as this server trusts them."""
    return ssl.create_default_context()


def _cut(plain: socket.socket) -> None:
    with contextlib.suppress(OSError):
        plain.shutdown(socket.SHUT_RDWR)


def _clean(data: bytes) -> str:
    text = data.decode("utf-8", errors="replace")[:_KEPT]
    return "".join(each if each.isprintable() else " " for each in text).strip()


def _in_words(error: Exception, seconds: float) -> str:
    if isinstance(error, TimeoutError) or seconds >= WHOLE_S:
        return f"There was no answer within {WHOLE_S:.0f} seconds."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate is not good: {error.verify_message}"[:_WORDS]
    if isinstance(error, http.client.HTTPException):
        return "The answer was no HTTP, or came to a sudden end."
    if isinstance(error, OSError):
        return f"No connection: {error.strerror or type(error).__name__}"[:_WORDS]
    return "The answer could not be read."


class NotFetched(Exception):
    """Nothing was fetched; its text says why."""


def get(url: str, *, most_bytes: int, whole_s: float = 300.0) -> bytes:
    """What stands at an address that an operator's list allows: the same guards, bounded in size and time.

    Raises NotFetched, also for any answer but 200.
    """
    began = time.monotonic()
    try:
        target = addresses.read(url)
        with contextlib.closing(_connect(addresses.resolve(target), target.port)) as plain:
            end = threading.Timer(whole_s, _cut, [plain])
            end.daemon = True
            end.start()
            try:
                plain.settimeout(WHOLE_S)
                connection = http.client.HTTPConnection(target.host, target.port)
                connection.sock = _secured(plain, target.host) if target.is_secure else plain
                connection.request("GET", target.path, headers={"Host": target.shown, "Connection": "close"})
                answer = connection.getresponse()
                if answer.status != 200:
                    raise NotFetched(f"the host answered {answer.status}")
                data = answer.read(most_bytes + 1)
            finally:
                end.cancel()
    except addresses.Forbidden as error:
        raise NotFetched(str(error)) from error
    except InvalidInput as error:
        raise NotFetched(error.message) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotFetched(_in_words(error, time.monotonic() - began)) from error
    if len(data) > most_bytes:
        raise NotFetched(f"it has more than {most_bytes} bytes")
    return data
