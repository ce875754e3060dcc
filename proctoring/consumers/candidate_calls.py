"""Private calls on the candidate's socket: hears a proctor ask, answers, and speaks to that page alone."""

import logging
from typing import Any

from accounts.tenancy import within
from proctor_site.kernel.errors import Refusal
from proctoring import states
from proctoring.consumers.json_socket import JsonSocket
from proctoring.consumers.proctor_calls import BURST, PER_SECOND
from proctoring.consumers.proctor_live import FLOOD
from proctoring.consumers.threads import in_thread
from proctoring.live import groups, publish
from proctoring.meetings import calls
from proctoring.meetings.call_signals import CallSignal, from_candidate
from proctoring.meetings.signals import Allowance, NotYours
from proctoring.models import Call

log = logging.getLogger(__name__)


class CandidateCalls:
    """The call that rings or is open for this candidate, as the server told of it."""

    def __init__(self, socket: Any) -> None:
        self.socket: JsonSocket = socket
        self.page = socket
        self.allowance = Allowance(BURST, PER_SECOND)
        self.current: dict[str, Any] | None = None
        self.ignored = 0

    def take_event(self, kind: str, payload: dict[str, Any]) -> None:
        """An event for the candidate, as it passes to the page."""
        if kind == calls.CHANGED:
            self.current = payload if payload["state"] in states.CALL_GOES_ON else None

    async def receive(self, content: dict[str, Any]) -> None:
        """A message of the page. Only the proctor of an open call is spoken to; a flood closes the socket."""
        if not self.allowance.take():
            await self.leave()
            await self.socket.refuse(FLOOD, "too many messages about calls")
            return
        try:
            signal = from_candidate(content)
        except NotYours:
            self.ignored += 1
            return
        if not self.page.has_capture:
            return  # a newer page has the microphone
        if signal.t in _WORK:
            await self._act(signal)
        elif self._is_open(signal.call):
            await self._tell({"t": signal.t, **signal.body})
        else:
            self.ignored += 1

    async def hear(self, signal: dict[str, Any]) -> None:
        """Something from the proctor's page; only from the one whose call it is, while it is open."""
        if not self.page.has_capture or self.current is None:
            return
        if (signal["call"], signal["from"]) != (self.current["call"], self.current["page"]):
            self.ignored += 1
        elif self._is_open(signal["call"]):
            await self.socket.send_message({name: value for name, value in signal.items() if name != "from"})

    async def leave(self) -> None:
        """The page goes: the proctor's page is told, and the call waits for it."""
        if self.current is not None and self._is_open(self.current["call"]) and self.page.has_capture:
            await self._tell({"t": "gone"})
        self.current = None
        if self.ignored:
            log.warning(
                "attempt %s: %s messages about calls were ignored", self.page.attempt.pk, self.ignored
            )
            self.ignored = 0

    def _is_open(self, call_id: int) -> bool:
        current = self.current
        return current is not None and current["call"] == call_id and current["state"] == states.CALL_OPEN

    async def _act(self, signal: CallSignal) -> None:
        try:
            call = await in_thread(self._do, signal)
        except Refusal as refusal:
            refused = {"type": "call", "t": "refused", "call": signal.call}
            await self.socket.send_message({**refused, "code": refusal.code, "detail": refusal.message})
            return
        if signal.t == "accept":  # or once more, after a reload
            # The event says the same, but may come after what the page says next.
            self.current = calls.for_candidate(call)
            joined = {"type": "call", "t": "joined", **self.current}
            join = await in_thread(calls.join_for, call, "candidate")
            await self.socket.send_message({**joined, "join": join})

    def _do(self, signal: CallSignal) -> Call:
        with within(self.page.attempt.institution):
            return _WORK[signal.t](self.page.attempt, signal.call, candidate=self.page.user)

    async def _tell(self, body: dict[str, Any]) -> None:
        assert self.current is not None  # `_is_open`
        signal = {"type": "call", **body, "call": self.current["call"], "from": self.page.attempt.pk}
        await publish.deliver(
            groups.watching_page(self.current["page"]), {"type": calls.SIGNAL, "signal": signal}
        )


_WORK = {
    "accept": calls.accept,
    "decline": calls.decline,
    "end": calls.hang_up_by_candidate,
}
