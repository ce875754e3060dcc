"""The proctor's socket: events of a sitting in batches, a pulse of all candidates, pictures on demand."""

import asyncio
import logging
import time
from typing import Any
from urllib.parse import parse_qs

from accounts.tenancy import within
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, Refusal
from proctoring.consumers import access
from proctoring.consumers.json_socket import JsonSocket, read_message
from proctoring.consumers.proctor_calls import ProctorCalls
from proctoring.consumers.proctor_live import ProctorLive
from proctoring.consumers.threads import in_thread
from proctoring.evidence import custody
from proctoring.live import groups, messages, presence, proctor_presence, publish, replay
from proctoring.meetings.services import SEEN_EVERY_S

log = logging.getLogger(__name__)

BATCH_EVERY_S = 0.2
TICK_S = 1.0
PULSE_EVERY = 2
"""Ticks between two pulses; small pictures go out every tick."""
RECHECK_EVERY = 10
MOST_SHOWN = 100
_BATCH_MOST = 200


class ProctorConsumer(JsonSocket):
    """One page that watches one sitting."""

    async def connect(self) -> None:
        await self.accept()
        publish.bind_loop(asyncio.get_running_loop())
        self.tasks: set[asyncio.Task[None]] = set()
        self.pending: list[dict[str, Any]] = []
        self.last_batch = 0.0
        self.flushing = False
        self.shown: frozenset[int] = frozenset()
        self.pictured: dict[int, int] = {}
        self.attempts: list[int] = []
        route = self.scope["url_route"]["kwargs"]
        self.live = ProctorLive(self)
        self.calls = ProctorCalls(self, self.live.connection)
        self.slug, self.sitting_id = route["slug"], int(route["sitting"])
        try:
            await in_thread(self._check)
        except access.Refused as refused:
            await self.refuse(refused.code)
            return
        self.open = True
        self.group = groups.proctors_of(self.sitting_id)
        # First the group, then the replay: what happens between the two comes twice rather than never.
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.live.join()
        await in_thread(self._say_here)
        await self._greet()
        await self.calls.greet()
        self._start(self._tick_forever())

    async def disconnect(self, code: int) -> None:
        await self.calls.leave()
        await self.live.leave()
        if not self.open:
            return
        self.open = False
        await in_thread(self._say_gone)
        for task in self.tasks:
            task.cancel()
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.open:
            return
        try:
            if bytes_data is not None:
                raise InvalidInput("This socket takes text messages only.", code="malformed")
            content = read_message(text_data or "")
            if content["type"] == "show":
                self._show(content.get("attempts"))
            elif content["type"] == "live":
                await self.live.receive(content)
            elif content["type"] == "call":
                await self.calls.receive(content)
            else:
                raise InvalidInput("There is no message of this type.", code="unknown_type", field="type")
        except Refusal as refusal:
            more = {"field": refusal.field} if refusal.field else {}
            await self.send_error(refusal.code, refusal.message, **more)

    async def live_event(self, message: dict[str, Any]) -> None:
        """Collects events; they go out at most every `BATCH_EVERY_S` seconds."""
        self.pending.append(message["event"])
        self.calls.take_event(message["event"])
        if not self.flushing:
            self.flushing = True
            self._start(self._flush())

    async def live_signal(self, message: dict[str, Any]) -> None:
        """Something a candidate's page says about live video to this page."""
        await self.live.hear(message["signal"])

    async def live_here(self, message: dict[str, Any]) -> None:
        """A candidate's page is ready to be watched, perhaps again."""
        await self.live.candidate_is_here(message["attempt"])

    async def call_signal(self, message: dict[str, Any]) -> None:
        """Something about the private call of this page."""
        await self.calls.hear(message["signal"])

    async def _flush(self) -> None:
        await asyncio.sleep(max(0.0, self.last_batch + BATCH_EVERY_S - time.monotonic()))
        self.flushing = False
        batch, self.pending = self.pending, []
        self.last_batch = time.monotonic()
        await self._send_events(batch)

    async def _send_events(self, batch: list[dict[str, Any]]) -> None:
        for first in range(0, len(batch), _BATCH_MOST):
            part = batch[first : first + _BATCH_MOST]
            await self.send_message(messages.events([self._addressed(each) for each in part]))

    def _addressed(self, event: dict[str, Any]) -> dict[str, Any]:
        return {**event, "payload": custody.with_links(event["payload"], self.watcher.user, self.slug)}

    async def _greet(self) -> None:
        text = parse_qs(self.scope.get("query_string", b"").decode("latin-1")).get("after", [""])[0]
        after = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
        last, missed = await in_thread(self._catch_up, after)
        await self.send_message(messages.proctor_hello(clock.now(), last))
        if text and after is None:
            await self.send_error("invalid", "after must be the id of an event.", field="after")
        await self._send_events(missed)

    def _catch_up(self, after: int | None) -> tuple[int, list[dict[str, Any]]]:
        with within(self.watcher.institution):
            sitting = self.watcher.sitting
            return replay.last_id(sitting), [] if after is None else replay.for_proctors(sitting, after)

    async def _tick_forever(self) -> None:
        for tick in range(1_000_000_000):
            try:
                if tick and tick % RECHECK_EVERY == 0:
                    await in_thread(self._check)
                    await in_thread(self._say_here)
                if tick and tick % SEEN_EVERY_S == 0:
                    await self.live.say_still()
                    await self.calls.say_still()
                await self._tick(with_pulse=tick % PULSE_EVERY == 0)
            except access.Refused as refused:
                await self.calls.leave()
                await self.live.leave()
                await self.refuse(refused.code)
                return
            except Exception:
                log.exception("sitting %s: the pulse failed; it goes on", self.sitting_id)
            await asyncio.sleep(TICK_S)

    async def _tick(self, *, with_pulse: bool) -> None:
        if with_pulse:
            seen = await in_thread(presence.read_many, self.attempts)
            now = clock.now().timestamp()
            await self.send_message(messages.pulse({key: value.to_pulse(now) for key, value in seen.items()}))
        wanted = self.shown.intersection(self.attempts)
        pictures = await in_thread(presence.thumbnails, wanted) if wanted else {}
        for attempt_id, (sequence, jpeg) in pictures.items():
            if self.pictured.get(attempt_id) != sequence:
                self.pictured[attempt_id] = sequence
                await self.send_message(messages.thumbnail(attempt_id, sequence, jpeg))

    def _show(self, wanted: Any) -> None:
        if (
            not isinstance(wanted, list)
            or len(wanted) > MOST_SHOWN
            or any(isinstance(each, bool) or not isinstance(each, int) for each in wanted)
        ):
            raise InvalidInput(f"attempts is a list of at most {MOST_SHOWN} ids.", field="attempts")
        fresh = frozenset(wanted) - self.shown
        for attempt_id in fresh:  # a tile that comes back into view wants its picture again
            self.pictured.pop(attempt_id, None)
        self.shown = frozenset(wanted)

    def _check(self) -> None:
        """Right to watch and list of attempts, read anew; blocking."""
        self.watcher = access.sitting_watcher(self.scope, self.slug, self.sitting_id)
        with within(self.watcher.institution):
            rows = Attempt.objects.filter(enrolment__sitting_id=self.sitting_id)
            self.attempts = list(rows.order_by("pk").values_list("pk", flat=True))

    def _say_here(self) -> None:
        proctor_presence.here(self.sitting_id, self.watcher.user.pk, self.live.connection)

    def _say_gone(self) -> None:
        proctor_presence.gone(self.sitting_id, self.watcher.user.pk, self.live.connection)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
