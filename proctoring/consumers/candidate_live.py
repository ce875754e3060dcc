"""Live video on the candidate's socket: hears who watches, and answers those pages and nobody else."""

import logging
import time
from typing import Any

from proctoring.consumers.json_socket import JsonSocket
from proctoring.consumers.proctor_live import FLOOD
from proctoring.live import groups, publish
from proctoring.meetings import services
from proctoring.meetings.signals import Allowance, NotYours, from_candidate

log = logging.getLogger(__name__)

_BURST, _PER_SECOND = 200, 10.0
"""An offer and some twenty ways to reach it for each page that watches."""


class CandidateLive:
    """Which pages watch this candidate now, as they said themselves through the server."""

    def __init__(self, socket: Any) -> None:
        self.socket: JsonSocket = socket
        self.page = socket
        self.allowance = Allowance(_BURST, _PER_SECOND)
        self.watchers: dict[str, float] = {}
        self.ignored = 0

    async def receive(self, content: dict[str, Any]) -> None:
        """A message of the page. Only pages that watch can be spoken to; a flood closes the socket."""
        if not self.allowance.take():
            await self.leave()
            await self.socket.refuse(FLOOD, "too many live messages")
            return
        try:
            signal = from_candidate(content)
        except NotYours:
            self.ignored += 1
            return
        if not self.page.has_capture:
            return  # a newer page has the camera
        if signal.t == "here":
            sitting_id = self.page.attempt.enrolment.sitting_id
            await publish.deliver(
                groups.proctors_of(sitting_id), {"type": "live.here", "attempt": self.page.attempt.pk}
            )
        elif signal.to in self.watchers:
            await self._tell(str(signal.to), {"t": signal.t, **signal.body})
        else:
            self.ignored += 1

    async def hear(self, signal: dict[str, Any]) -> None:
        """Something from a page that watches, which had the right to say it when it did."""
        connection, kind = signal["from"], signal["t"]
        if not self.page.has_capture:
            return
        if kind == "watch" or connection in self.watchers:
            self.watchers[connection] = time.monotonic()
        if kind == "unwatch":
            self.watchers.pop(connection, None)
        if kind != "still":
            await self.socket.send_message(signal)

    async def forget_lost(self) -> None:
        """Pages that have said nothing for long are gone, though nobody saw them go."""
        oldest = time.monotonic() - services.STALE_AFTER.total_seconds()
        for connection in [each for each, at in self.watchers.items() if at < oldest]:
            del self.watchers[connection]
            await self.socket.send_message({"type": "live", "t": "unwatch", "from": connection})

    async def leave(self) -> None:
        """The page goes: those who watch are told."""
        watchers, self.watchers = list(self.watchers), {}
        for connection in watchers:
            await self._tell(connection, {"t": "gone"})
        if self.ignored:
            log.warning("attempt %s: %s live messages were ignored", self.page.attempt.pk, self.ignored)
            self.ignored = 0

    def leave_to_newer_page(self) -> None:
        """Another page of the candidate has the camera now, and says so itself."""
        self.watchers = {}

    async def _tell(self, connection: str, body: dict[str, Any]) -> None:
        signal = {"type": "live", **body, "from": self.page.attempt.pk}
        await publish.deliver(groups.watching_page(connection), {"type": services.SIGNAL, "signal": signal})
