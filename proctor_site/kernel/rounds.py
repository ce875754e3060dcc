"""Whether what a worker does by itself still comes around: one that hangs is told from one that lives."""

import os
import socket
import time

DEADLINES, JOBS = "sweep_deadlines", "carry_out_jobs"
"""Named like what `proctor_site.lifespan` repeats."""
LONGEST_S = {DEADLINES: 120.0, JOBS: 600.0}
"""A job says at least every minute that it goes on; one that is silent for five goes to another worker.

Rounds that meet an error have come around: an absent database makes a server unready, not stuck.
"""
WATCHED_EVERY_S = 20.0
_seen: dict[str, float] = {}


def begin(name: str) -> None:
    """From now on this work is expected to come around."""
    if name in LONGEST_S:
        _seen[name] = time.monotonic()


def came_around(name: str) -> None:
    """The work of this name gave a sign of life; work that nobody began is not expected."""
    if name in _seen:
        _seen[name] = time.monotonic()


def stuck() -> list[str]:
    """Names of what has not come around for too long, in order."""
    now = time.monotonic()
    return sorted(name for name, at in _seen.items() if now - at > LONGEST_S[name])


def forget() -> None:
    """Nothing is expected any more: the process is about to end."""
    _seen.clear()


def tell_systemd() -> None:
    """Feeds the watchdog of systemd (WatchdogSec=) while nothing is stuck; nothing where there is none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or stuck():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        line.send(b"WATCHDOG=1")
