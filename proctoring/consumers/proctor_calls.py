"""Private calls on the proctor's socket: asks a candidate, and carries what both browsers agree."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from accounts.tenancy import within
from proctor_site.kernel.errors import Refusal
from proctoring import states
from proctoring.consumers.json_socket import JsonSocket
from proctoring.consumers.proctor_live import FLOOD
from proctoring.consumers.threads import in_thread
from proctoring.live import groups, publish
from proctoring.meetings import calls
from proctoring.meetings.call_signals import CallSignal, from_proctor
from proctoring.meetings.signals import Allowance, NotYours
from proctoring.models import Call

log = logging.getLogger(__name__)

BURST, PER_SECOND = 200, 10.0
"""A connection takes some thirty messages; a page that comes back makes a new one."""
GRACE_S = 10.0
"""A page that is back within this time (a reload) goes on with its call."""
_tasks: "set[asyncio.Task[None]]" = set()


class ProctorCalls:
    """The call of one page, at most one. `connection`: the page's name, as live video has it."""

    def __init__(self, socket: Any, connection: str) -> None:
        self.socket: JsonSocket = socket
        self.page = socket
        self.connection = connection
        self.allowance = Allowance(BURST, PER_SECOND)
        self.current: Call | None = None
        self.ignored = 0

    async def greet(self) -> None:
        """Tells the page of the person's call that goes on, perhaps from before a reload."""
        call = await in_thread(self._mine)
        if call is not None:
            await self._say({"t": "yours", **calls.for_proctors(call)})

    async def leave(self) -> None:
        """The page goes. Its call ends unless another page of the person goes on with it soon."""
        call, self.current = self.current, None
        if call is not None:
            await self._tell(call, {"t": "gone"})
            task = asyncio.get_running_loop().create_task(_end_when_gone(self.connection))
            _tasks.add(task)
            task.add_done_callback(_tasks.discard)
        if self.ignored:
            log.warning(
                "sitting %s: %s messages about calls were ignored", self.page.sitting_id, self.ignored
            )
            self.ignored = 0

    async def receive(self, content: dict[str, Any]) -> None:
        """A message of the page. What is not its to say is ignored and counted; a flood closes the socket."""
        if not self.allowance.take():
            await self.leave()
            await self.socket.refuse(FLOOD, "too many messages about calls")
            return
        try:
            signal = from_proctor(content)
        except NotYours:
            self.ignored += 1
            return
        if signal.t == "ask":
            await self._begin(signal, self._ask)
        elif signal.t == "resume":
            await self._begin(signal, self._resume)
        elif signal.t == "end":
            await self._end(signal)
        elif self.current is not None and self.current.pk == signal.call:
            await self._tell(self.current, {"t": signal.t, **signal.body})
        else:
            self.ignored += 1

    async def hear(self, signal: dict[str, Any]) -> None:
        """Something from the candidate of the call of this page, or that another page goes on with it."""
        if self.current is None or self.current.pk != signal["call"]:
            self.ignored += 1
            return
        if signal["t"] == "moved":
            self.current = None
        await self.socket.send_message(signal)

    def take_event(self, event: dict[str, Any]) -> None:
        """An event of the sitting: a call that is over is not this page's any more."""
        if event["kind"] != calls.CHANGED or self.current is None:
            return
        payload = event["payload"]
        if payload["call"] == self.current.pk and payload["state"] not in states.CALL_GOES_ON:
            self.current = None

    async def say_still(self) -> None:
        """Every half minute: the page is still there."""
        if self.current is not None:
            await in_thread(calls.note_seen, self.connection)

    async def _begin(
        self, signal: CallSignal, work: Callable[[CallSignal], tuple[Call, dict[str, Any]]]
    ) -> None:
        try:
            call, join = await in_thread(work, signal)
        except Refusal as refusal:
            about = {"attempt": signal.to} if signal.t == "ask" else {"call": signal.call}
            await self._say({"t": "refused", **about, "code": refusal.code, "detail": refusal.message})
            return
        self.current = call
        await self._say({"t": "joined", **calls.for_proctors(call), "join": join})

    def _ask(self, signal: CallSignal) -> tuple[Call, dict[str, Any]]:
        watcher = self.page.watcher
        with within(watcher.institution):
            call = calls.ask(
                watcher.sitting,
                signal.to,
                proctor=watcher.user,
                connection=self.connection,
                kind=signal.kind,
            )
            return call, calls.join_for(call, "proctor")

    def _resume(self, signal: CallSignal) -> tuple[Call, dict[str, Any]]:
        watcher = self.page.watcher
        with within(watcher.institution):
            call = calls.resume(
                watcher.sitting, signal.call, proctor=watcher.user, connection=self.connection
            )
            return call, calls.join_for(call, "proctor")

    async def _end(self, signal: CallSignal) -> None:
        try:
            await in_thread(self._hang_up, signal.call)
        except Refusal as refusal:
            refused = {"t": "refused", "call": signal.call}
            await self._say({**refused, "code": refusal.code, "detail": refusal.message})

    def _hang_up(self, call_id: int) -> None:
        watcher = self.page.watcher
        with within(watcher.institution):
            calls.hang_up_by_proctor(watcher.sitting, call_id, proctor=watcher.user)

    def _mine(self) -> Call | None:
        watcher = self.page.watcher
        with within(watcher.institution):
            return calls.running_by(watcher.sitting, watcher.user)

    async def _say(self, body: dict[str, Any]) -> None:
        await self.socket.send_message({"type": "call", **body})

    async def _tell(self, call: Call, body: dict[str, Any]) -> None:
        signal = {"type": "call", **body, "call": call.pk, "from": self.connection}
        await publish.deliver(groups.candidate_of(call.attempt_id), {"type": calls.SIGNAL, "signal": signal})


async def _end_when_gone(connection: str) -> None:
    await asyncio.sleep(GRACE_S)
    try:
        await in_thread(calls.page_gone, connection)
    except Exception:
        log.exception("the call of a page that is gone could not be ended; the sweep ends it")
