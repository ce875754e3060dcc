"""Which addresses may be called: public ones by https. No webhook reaches into the operator's network."""

import ipaddress
import queue
import socket
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from proctor_site.kernel.errors import InvalidInput

_LONGEST = 500
RESOLVE_S = 4.0
"""For the look-up of the name; long enough to end a round when the name server is dead."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: an IPv4 address in its last 32 bits."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(Exception):
    """The address may not be called, or does not resolve; its text says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes. `host`: as written, for the certificate; `path`: with query."""

    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def is_private(self) -> bool:
        """Whether the operator has named the host as one of their own network."""
        return self.host in settings.WEBHOOK_PRIVATE_HOSTS

    @property
    def shown(self) -> str:
        """For the header Host: with the port where it is not the usual one."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.is_secure else 80) else f"{name}:{self.port}"


def read(url: str) -> Target:
    """The parts of an address. Raises InvalidInput (url): no https, a password in it, unreadable.

    Plain http only for hosts that the operator named in PROCTOR_WEBHOOK_PRIVATE_HOSTS.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except (ValueError, UnicodeError) as error:
        raise _wrong("This is no address.") from error
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise _wrong(f"Give an address of at most {_LONGEST} plain characters, without spaces.")
    if not host or port == 0:
        raise _wrong("This is no address.")
    if parts.username is not None or parts.password is not None:
        raise _wrong("Leave name and password out: what is sent is signed.")
    if parts.fragment:
        raise _wrong("Leave out what stands after #: it is never sent.")
    is_secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(is_secure, host, port or (443 if is_secure else 80), path)
    if not target.is_private and _is_private_number(host):
        raise _wrong("This address is not on the public internet.")
    if not is_secure and not (parts.scheme == "http" and target.is_private):
        raise _wrong("The address begins with https://.")
    return target


def resolve(target: Target) -> list[str]:
    """The IP addresses to connect to; these and no others, so that a second look-up cannot lead elsewhere.

    Raises Forbidden when one of them is not public, unless the operator allowed the host.
    """
    addresses = _looked_up(target)
    if not target.is_private:
        for each in addresses:
            if not is_public(each):
                raise Forbidden("The host leads into a network that is not public.")
    return addresses


def _looked_up(target: Target) -> list[str]:
    """The look-up has no limit of its own, so a thread waits for it, and is left behind when it is late."""
    told: queue.SimpleQueue[list[str] | None] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            told.put(None)
        else:
            told.put(list(dict.fromkeys(str(each[4][0]) for each in found)))

    threading.Thread(target=look_up, name="webhook look-up", daemon=True).start()
    try:
        addresses = told.get(timeout=RESOLVE_S)
    except queue.Empty as error:
        raise Forbidden(f"The host's address was not found within {RESOLVE_S:.0f} seconds.") from error
    if not addresses:
        raise Forbidden("The host has no address.")
    return addresses


def is_public(text: str) -> bool:
    """Whether an IP address is reached over the public internet; what is wrapped in it is unwrapped."""
    address: Address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    # Reserved: such as ::10.0.0.1, IPv4 in IPv6 of old, which some systems still route.
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_private_number(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        return False


def _wrong(message: str) -> InvalidInput:
    return InvalidInput(message, field="url")
