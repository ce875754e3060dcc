"""Live video on the proctor's socket: asks for a candidate's camera, and carries what both browsers agree."""

import logging
import uuid
from typing import Any

from accounts.tenancy import within
from proctor_site.kernel.errors import Conflict, NotAllowed, NotFound
from proctoring.consumers.json_socket import JsonSocket
from proctoring.consumers.threads import in_patient_thread, in_thread
from proctoring.live import groups, publish
from proctoring.meetings import services
from proctoring.meetings.signals import THUMB, Allowance, NotYours, Signal, from_proctor

log = logging.getLogger(__name__)

FLOOD = 4429
_BURST, _PER_SECOND = 600, 30.0
"""A page of sixteen tiles that comes back says some 250 things at once."""


class ProctorLive:
    """What one page watches live. `connection` is its name, which the server alone gives out."""

    def __init__(self, socket: Any) -> None:
        self.socket: JsonSocket = socket
        self.page = socket
        self.connection = uuid.uuid4().hex
        self.group = groups.watching_page(self.connection)
        self.allowance = Allowance(_BURST, _PER_SECOND)
        self.watching: dict[int, dict[str, Any]] = {}
        self.ignored = 0

    async def join(self) -> None:
        """Candidates' answers reach this page from now on."""
        await self.page.channel_layer.group_add(self.group, self.page.channel_name)

    async def leave(self) -> None:
        """Ends every watch of the page; a second call does nothing."""
        watching, self.watching = list(self.watching), {}
        for attempt_id in watching:
            await self._tell(attempt_id, {"t": "unwatch"})
        if watching:
            await in_thread(services.end_page, self.connection)
        if self.ignored:
            log.warning("sitting %s: %s live messages were ignored", self.page.sitting_id, self.ignored)
            self.ignored = 0
        await self.page.channel_layer.group_discard(self.group, self.page.channel_name)

    async def receive(self, content: dict[str, Any]) -> None:
        """A message of the page. What is not its to say is ignored and counted; a flood closes the socket."""
        if not self.allowance.take():
            await self.leave()
            await self.socket.refuse(FLOOD, "too many live messages")
            return
        try:
            signal = from_proctor(content)
        except NotYours:
            self.ignored += 1
            return
        if signal.t == "watch":
            await self._watch(int(signal.to), signal.body["level"])
        elif signal.to not in self.watching:
            self.ignored += 1
        else:
            await self._pass_on(int(signal.to), signal)

    async def hear(self, signal: dict[str, Any]) -> None:
        """Something from a candidate's page; only those that this page watches are heard."""
        attempt_id = signal["from"]
        if attempt_id not in self.watching:
            self.ignored += 1
            return
        if signal["t"] == "ended":
            del self.watching[attempt_id]
        await self.socket.send_message(signal)

    async def candidate_is_here(self, attempt_id: int) -> None:
        """The candidate's page has come or come back: it is asked again for what is watched."""
        asked = self.watching.get(attempt_id)
        if asked is not None:
            await self._watch(attempt_id, asked["level"])

    async def say_still(self) -> None:
        """Every half minute: the page is still there, for the record and for the candidates' pages."""
        if self.watching:
            await in_thread(services.note_seen, self.connection)
        for attempt_id in self.watching:
            await self._tell(attempt_id, {"t": "still"})

    async def _watch(self, attempt_id: int, level: str) -> None:
        try:
            granted = await in_patient_thread(self._begin, attempt_id, level)
        except (Conflict, NotFound, NotAllowed) as refusal:
            self.watching.pop(attempt_id, None)
            refused = {"type": "live", "t": "refused", "from": attempt_id}
            await self.socket.send_message({**refused, "code": refusal.code, "detail": refusal.message})
            return
        sound = self.watching.get(attempt_id, {}).get("sound", False) and granted.sound
        asked = {"level": level, "sound": sound}
        self.watching[attempt_id] = asked
        watching = {"type": "live", "t": "watching", "from": attempt_id, "sound": granted.sound}
        watching["recorded"] = granted.recorded
        await self.socket.send_message({**watching, "join": granted.for_proctor.to_json()})
        told = {"t": "watch", **asked, "recorded": granted.recorded}
        await self._tell(attempt_id, {**told, "join": granted.for_candidate.to_json()})

    def _begin(self, attempt_id: int, level: str) -> services.Granted:
        watcher = self.page.watcher
        with within(watcher.institution):
            return services.begin_watch(
                watcher.sitting, attempt_id, proctor=watcher.user, connection=self.connection, level=level
            )

    async def _pass_on(self, attempt_id: int, signal: Signal) -> None:
        if signal.t == "unwatch":
            del self.watching[attempt_id]
            await in_thread(services.end_watch, self.connection, attempt_id, by="proctor")
        elif signal.t == "quality":
            level, sound = signal.body["level"], signal.body["sound"]
            if not await in_thread(self._set_quality, attempt_id, level, sound):
                self.ignored += 1
                return
            self.watching[attempt_id] = {"level": level, "sound": sound}
        await self._tell(attempt_id, {"t": signal.t, **signal.body})

    def _set_quality(self, attempt_id: int, level: str, sound: bool) -> bool:
        if level == THUMB and not sound:
            return True  # less than before: nothing to write down
        with within(self.page.watcher.institution):
            return services.set_quality(self.connection, attempt_id, level=level, sound=sound)

    async def _tell(self, attempt_id: int, body: dict[str, Any]) -> None:
        signal = {"type": "live", **body, "from": self.connection}
        await publish.deliver(groups.candidate_of(attempt_id), {"type": services.SIGNAL, "signal": signal})
