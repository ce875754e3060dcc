"""The socket of a meeting of its own: who is there, letting in and out, and what two pages agree."""

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import Any

from accounts.tenancy import within
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, Refusal
from proctoring.consumers import access
from proctoring.consumers.json_socket import JsonSocket, number, read_message
from proctoring.consumers.threads import in_thread
from proctoring.live import groups, publish
from proctoring.meetings.own import making, queries, room
from proctoring.meetings.own.signals import from_page
from proctoring.meetings.services import SEEN_EVERY_S
from proctoring.meetings.signals import Allowance, NotYours
from proctoring.outside import live_rooms

log = logging.getLogger(__name__)

FLOOD, SENT_AWAY, NOT_NOW = 4429, 4410, 4409
"""Close codes: too many messages; sent away (taken over, over, invitation taken back); cannot come in now."""
RECHECK_S = 10
_BURST, _PER_SECOND = 300, 20.0
"""A page that comes back to four others says some 120 things at once."""


class MeetingConsumer(JsonSocket):
    """One page in one meeting. What it may do is decided anew each time, by the services."""

    async def connect(self) -> None:
        await self.accept()
        publish.bind_loop(asyncio.get_running_loop())
        self.meeting_id = await in_thread(self._meeting_id)
        self.connection = uuid.uuid4().hex
        self.allowance = Allowance(_BURST, _PER_SECOND)
        self.peers: frozenset[str] = frozenset()
        self.ignored = 0
        self.has_entered = False
        self.ticking: asyncio.Task[None] | None = None
        self.groups_here = (groups.meeting_of(self.meeting_id), groups.meeting_page(self.connection))
        try:
            self.guest = await in_thread(self._check)
            for group in self.groups_here:
                await self.channel_layer.group_add(group, self.channel_name)
            entered = await in_thread(self._enter)
        except access.Refused as refused:
            await self.refuse(refused.code)
            return
        except Refusal as refusal:
            self.open = True  # to say why
            await self.send_error(refusal.code, refusal.message)
            await self._close(NOT_NOW, refusal.code)
            return
        self.open = self.has_entered = True
        now = clock.now().isoformat()
        await self.send_message(
            {
                "type": "hello",
                "server_time": now,
                "connection": self.connection,
                "join": entered.join.to_json(),
            }
        )
        await self._look()
        self.ticking = asyncio.get_running_loop().create_task(self._tick_forever())

    async def disconnect(self, code: int) -> None:
        self.open = False
        await self._go("left")

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.open:
            return
        if not self.allowance.take():
            await self._close(FLOOD, "too many messages")
            return
        try:
            if bytes_data is not None:
                raise InvalidInput("This socket takes text messages only.", code="malformed")
            await self._handle(read_message(text_data or ""))
        except NotYours:
            self.ignored += 1
        except Refusal as refusal:
            more = {"field": refusal.field} if refusal.field else {}
            await self.send_error(refusal.code, refusal.message, **more)

    async def room_changed(self, message: dict[str, Any]) -> None:
        """Somebody came, went, was let in or out: this page is told what of it concerns it."""
        await self._look()

    async def room_signal(self, message: dict[str, Any]) -> None:
        """Something of another page; only those with whom this one is connected are heard."""
        signal = message["signal"]
        if signal["from"] not in self.peers:
            await self._look()  # the news that they may may still be on its way
        if signal["from"] in self.peers:
            await self.send_message(signal)
        else:
            self.ignored += 1

    async def room_away(self, message: dict[str, Any]) -> None:
        """This page is sent away: another one of the person came, or the meeting is over for them."""
        self.has_entered = False  # the stay has ended already
        await self._close(SENT_AWAY, message["code"])

    async def _handle(self, content: dict[str, Any]) -> None:
        kind = content["type"]
        if kind == "ping":
            at = number(content, "sent_at", 0, 1e15)
            await self.send_message({"type": "pong", "sent_at": at, "server_time": clock.now().isoformat()})
        elif kind == "live":
            await self._pass_on(content)
        elif kind in ("let_in", "put_out"):
            await in_thread(self._move, room.let_in if kind == "let_in" else room.put_out, _id_in(content))
        elif kind == "end":
            await in_thread(self._end_meeting)
        else:
            raise InvalidInput("There is no message of this type.", code="unknown_type", field="type")

    async def _pass_on(self, content: dict[str, Any]) -> None:
        signal = from_page(content)
        if signal.to not in self.peers:
            self.ignored += 1
            return
        body = {"type": "live", "t": signal.t, **signal.body, "from": self.connection}
        await publish.deliver(groups.meeting_page(str(signal.to)), {"type": room.SIGNAL, "signal": body})

    async def _look(self) -> None:
        if not self.open:
            return
        try:
            seen = await in_thread(self._seen)
        except (Conflict, NotFound) as refusal:
            await self._close(SENT_AWAY, refusal.code)
            return
        self.peers = frozenset(each["connection"] for each in seen["peers"])
        await self.send_message({"type": "room", **seen})

    async def _tick_forever(self) -> None:
        for tick in range(1, 1_000_000_000):
            await asyncio.sleep(RECHECK_S)
            try:
                self.guest = await in_thread(self._check)
                if tick * RECHECK_S % SEEN_EVERY_S == 0:
                    await in_thread(room.note_seen, self.connection)
                await self._look()
            except access.Refused as refused:
                await self._close(refused.code, "")
                return
            except Exception:
                log.exception("meeting %s: looking again failed; it goes on", self.meeting_id)

    async def _close(self, code: int, reason: str) -> None:
        await self._go("sent_away")
        if self.open:
            await self.refuse(code, reason)

    async def _go(self, by: str) -> None:
        """Ends the stay of the page; a second call does nothing."""
        self.peers = frozenset()
        if self.ticking is not None and self.ticking is not asyncio.current_task():
            self.ticking.cancel()
        for group in self.groups_here:
            await self.channel_layer.group_discard(group, self.channel_name)
        if self.has_entered:
            self.has_entered = False
            await in_thread(room.leave, self.connection, by=by)
        if self.ignored:
            log.warning("meeting %s: %s messages were ignored", self.meeting_id, self.ignored)
            self.ignored = 0

    def _meeting_id(self) -> int:
        """Which meeting the address names; 0 for none."""
        return int(self.scope["url_route"]["kwargs"]["meeting"])

    def _check(self) -> access.Guest:
        slug = self.scope["url_route"]["kwargs"]["slug"]
        return access.meeting_guest(self.scope, slug, self.meeting_id)

    def _enter(self) -> room.Entered:
        with within(self.guest.institution):
            return room.enter(self.guest.meeting, user=self.guest.user, connection=self.connection)

    def _seen(self) -> dict[str, Any]:
        with within(self.guest.institution):
            return queries.seen_by(self.guest.user, self.meeting_id, self.connection)

    def _move(self, work: Callable[..., None], invitation_id: int) -> None:
        guest = self._check()
        with within(guest.institution):
            work(guest.meeting, invitation_id, host=guest.user)

    def _end_meeting(self) -> None:
        guest = self._check()
        with within(guest.institution):
            making.end_by_host(guest.meeting, host=guest.user)


class TokenMeetingConsumer(MeetingConsumer):
    """The same for a participant of another system: a token in the address names them, no sign-in."""

    def _meeting_id(self) -> int:
        try:
            return self._place().meeting.pk or 0
        except NotFound:
            return 0

    def _check(self) -> access.Guest:
        try:
            place = self._place()
            with within(place.institution):
                is_theirs = place.meeting.pk == self.meeting_id and place.invitation is not None
                if place.candidate is None or not is_theirs:
                    raise NotFound("There is no such meeting.")
        except NotFound as unknown:
            raise access.Refused(access.NOT_FOUND) from unknown
        return access.Guest(place.candidate, place.institution, place.meeting)

    def _place(self) -> live_rooms.Place:
        return live_rooms.find(self.scope["url_route"]["kwargs"]["token"])


def _id_in(content: dict[str, Any]) -> int:
    found = content.get("invitation")
    if isinstance(found, bool) or not isinstance(found, int) or not 0 < found < 2**63:
        raise InvalidInput("invitation is the id of an invitation.", field="invitation")
    return found
