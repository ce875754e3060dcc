"""The candidate's socket: frames and recordings up, orders down."""

import asyncio
import logging
import uuid
from dataclasses import replace
from typing import Any

from django.conf import settings

from accounts.tenancy import within
from exams.delivery import announced, question_views
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Refusal, TooLarge
from proctoring import coverage, sessions, supervision
from proctoring.analysis import context, pace, pool, recent
from proctoring.consumers import access, connection, threads
from proctoring.consumers.candidate_calls import CandidateCalls
from proctoring.consumers.candidate_live import CandidateLive
from proctoring.consumers.clip_line import ClipLine
from proctoring.consumers.clip_message import is_clip
from proctoring.consumers.frame_message import HEADER, FrameMessage, read_frame
from proctoring.consumers.json_socket import JsonSocket, number, read_message
from proctoring.consumers.threads import NoThreadFree, in_thread
from proctoring.identity.consent import valid_consent
from proctoring.ingest import browser_events, clips, counting, screens
from proctoring.ingest.limits import believed_moment
from proctoring.ingest.services import FrameAnswer, accept_frame
from proctoring.live import announcements, attempt_state, groups, messages, presence, publish
from proctoring.live.battery import read_battery
from proctoring.meetings import calls
from proctoring.models import MonitoringSession
from proctoring.states import SESSION_LIVE

log = logging.getLogger(__name__)

DEVICE_STATES = {
    "camera": ("ok", "denied", "ended", "none"),
    "microphone": ("ok", "muted", "denied", "ended", "none"),
    "screen": ("ok", "window", "ended", "none"),
}
_MOST_LABEL = 200
SHED_HELD_MS = 1_000
"""How long the answer to a shed frame is held back. A client has one frame under way, so even one that does
not keep the pace it is told cannot send more than that a second, and answers of the exam stay quick."""


class CandidateConsumer(JsonSocket):
    """One page of one candidate's attempt. The newest page holds the camera, older ones are told."""

    async def connect(self) -> None:
        await self.accept()
        publish.bind_loop(asyncio.get_running_loop())
        self.connection, self.opened_at = uuid.uuid4().hex, clock.now().timestamp()
        self.has_capture, self.tells_battery = True, False
        self.live = CandidateLive(self)
        self.calls = CandidateCalls(self)
        self.frame: asyncio.Task[None] | None = None
        self.session: MonitoringSession | None = None
        attempt_id = int(self.scope["url_route"]["kwargs"]["attempt"])
        try:
            self.user, self.attempt = await in_thread(access.candidate_attempt, self.scope, attempt_id)
        except access.Refused as refused:
            await self.refuse(refused.code)
            return
        self.open = True
        self.recordings = ClipLine(self.attempt, self.send_message)
        self.group = groups.candidate_of(self.attempt.pk)
        # First the group, then the state: what happens between the two is heard twice rather than never.
        await self.channel_layer.group_add(self.group, self.channel_name)
        taken = {"connection": self.connection, "opened_at": self.opened_at}
        publish.send(self.group, {"type": messages.CAPTURE_TAKEN, **taken})
        for message in await in_thread(self._begin):
            await self.send_message(message)

    async def disconnect(self, code: int) -> None:
        if not self.open:
            return
        await self.live.leave()
        await self.calls.leave()
        self.open = False
        await self.channel_layer.group_discard(self.group, self.channel_name)
        await in_thread(connection.went, self.attempt, self.connection)
        connection.tell_later(self.attempt)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.open:
            return
        try:
            if bytes_data is not None and is_clip(bytes_data):
                await self.recordings.take(bytes_data)
            elif bytes_data is not None:
                await self._receive_frame(bytes_data)
            else:
                await self._receive_text(read_message(text_data or ""))
        except Refusal as refusal:
            await self._send_refusal(refusal)

    async def _receive_frame(self, data: bytes) -> None:
        if len(data) > settings.FRAME_MAX_BYTES + HEADER.size:
            raise TooLarge(f"At most {settings.FRAME_MAX_BYTES} bytes are accepted.", field="frame")
        frame = read_frame(data)
        if not self.has_capture:
            await self._answer_without_work(frame, "taken_over")
        elif self.frame is not None and not self.frame.done():
            await self._answer_without_work(frame, "frame_in_flight")
        else:
            # Not awaited: warnings and pings must not wait behind a frame.
            self.frame = asyncio.create_task(self._handle_frame(frame))

    async def _answer_without_work(self, frame: FrameMessage, code: str) -> None:
        answer = FrameAnswer(frame.sequence, False, False, settings.FRAME_INTERVAL_MS, code=code)
        await self.send_message(answer.to_json())

    async def _handle_frame(self, frame: FrameMessage) -> None:
        try:
            session = self.session.pk if self.session is not None else 0
            answer = await threads.frames.run(self._accept, frame, first=pace.goes_first(session))
        except Refusal as refusal:
            await self._send_refusal(refusal, sequence=frame.sequence)
        except NoThreadFree:
            wait_ms = self._turn_away(session, frame)
            await self._answer_shed(FrameAnswer(frame.sequence, True, False, wait_ms, code="overloaded"))
        except Exception:
            log.exception("attempt %s: a frame could not be handled", self.attempt.pk)
            await self.send_error(
                "server_error", "This frame was lost by a fault of ours.", sequence=frame.sequence
            )
        else:
            if answer.code == "overloaded":
                await self._answer_shed(answer)
            else:
                await self.send_message(answer.to_json())

    def _turn_away(self, session: int, frame: FrameMessage) -> int:
        """Counts a frame that nobody could take, in memory only; milliseconds until the next one."""
        counting.note("frame", counting.SHED)
        pool.leave_out()
        if session:
            pace.note(session)
            coverage.note_frame(session, believed_moment(frame.captured_at).at, None)
        return pace.next_frame_after_ms(session, settings.FRAME_INTERVAL_MS, shed=True)

    async def _answer_shed(self, answer: FrameAnswer) -> None:
        """Answers late, and takes the time off the pause that the client is told."""
        await asyncio.sleep(SHED_HELD_MS / 1000)
        if self.open:
            left = max(0, answer.next_frame_after_ms - SHED_HELD_MS)
            await self.send_message(replace(answer, next_frame_after_ms=left).to_json())

    def _accept(self, frame: FrameMessage) -> FrameAnswer:
        with within(self.attempt.institution):
            return accept_frame(
                self._known_session(), frame.image, sequence=frame.sequence, captured_at=frame.captured_at
            )

    async def _receive_text(self, content: dict[str, Any]) -> None:
        if content["type"] == "ping":
            rtt = number(content, "rtt", 0, 120_000)
            loss = number(content, "loss", 0, 100)
            battery = read_battery(content.get("battery"))
            sent_at = number(content, "sent_at", 0, 1e14)
            if self.has_capture:
                seen: dict[str, Any] = {} if rtt is None else {"rtt_ms": rtt}
                seen |= {} if loss is None else {"loss": loss}
                seen |= {"battery": battery} if battery and self.tells_battery else {}
                await in_thread(presence.update, self.attempt.pk, **seen)
            await self.send_message(messages.pong(sent_at, clock.now()))
            await self.live.forget_lost()
        elif content["type"] == "live":
            await self.live.receive(content)
        elif content["type"] == "call":
            await self.calls.receive(content)
        elif content["type"] in DEVICE_STATES:
            device, states = content["type"], DEVICE_STATES[content["type"]]
            state, label = content.get("state"), content.get("label", "")
            if state not in states:
                raise InvalidInput(f"state is one of {', '.join(states)}.", field="state")
            if not isinstance(label, str) or len(label) > _MOST_LABEL or "\x00" in label:
                raise InvalidInput(f"label is a text of at most {_MOST_LABEL} characters.", field="label")
            if self.has_capture:
                await in_thread(connection.tell_device, self.attempt, device, state, label)
        elif content["type"] == "browser_events":
            await self.send_message(await in_thread(self._note, content))
        elif content["type"] == "question_views":
            await self.send_message(await in_thread(self._note_views, content))
        else:
            raise InvalidInput("There is no message of this type.", code="unknown_type", field="type")

    def _note(self, content: dict[str, Any]) -> dict[str, Any]:
        """The answer to browser events; a refusal carries the type too, so that the page knows what for."""
        try:
            with within(self.attempt.institution):
                return browser_events.accept_browser_events(self._known_session(), content).to_json()
        except Refusal as refusal:
            return {"type": "browser_events_result", "code": refusal.code, "detail": refusal.message}

    def _note_views(self, content: dict[str, Any]) -> dict[str, Any]:
        """Kept only beside what is watched: without an agreement nobody is to know what is on the screen."""
        answer: dict[str, Any] = {"type": "question_views_result"}
        try:
            with within(self.attempt.institution):
                if valid_consent(self._known_session()) is None:
                    raise Conflict("Nothing is kept before the candidate agrees.", code="consent_missing")
                return answer | {"accepted": question_views.note(self.attempt, content)}
        except Refusal as refusal:
            return answer | {"code": refusal.code, "detail": refusal.message}

    def _known_session(self) -> MonitoringSession:
        if self.session is None:
            self.session = self._load_session()
        if self.session is None:
            raise InvalidInput("Nothing is taken before the candidate agrees.", code="consent_missing")
        return self.session

    async def live_event(self, message: dict[str, Any]) -> None:
        """An event for the candidate; what changes the attempt is read anew before the next frame."""
        event = message["event"]
        if event["kind"].startswith("attempt."):
            await in_thread(self._reload)
        self.calls.take_event(event["kind"], event["payload"])
        await self.send_message(messages.candidate_event(event["id"], event["kind"], event["payload"]))

    async def live_signal(self, message: dict[str, Any]) -> None:
        """Something a page that watches says about live video."""
        await self.live.hear(message["signal"])

    async def call_signal(self, message: dict[str, Any]) -> None:
        """Something the proctor's page says in a private call."""
        await self.calls.hear(message["signal"])

    async def capture_taken(self, message: dict[str, Any]) -> None:
        """A newer page of the same candidate has connected."""
        # Through Redis, what an older page sent when it opened may arrive after this page has joined.
        is_older = message["opened_at"] < self.opened_at
        if message["connection"] == self.connection or is_older or not self.has_capture:
            return
        self.has_capture = False
        self.live.leave_to_newer_page()
        await self.send_error(
            "capture_taken_over", "This exam was opened on another page, which now holds the camera."
        )

    async def _send_refusal(self, refusal: Refusal, **more: Any) -> None:
        if refusal.field is not None:
            more["field"] = refusal.field
        await self.send_error(refusal.code, refusal.message, **more)

    def _begin(self) -> list[dict[str, Any]]:
        """Greeting, open warnings, and announcements: what the page may have missed; blocking."""
        with within(self.attempt.institution):
            connection.came(self.attempt, self.connection)
            self.session = self._load_session()
            shapes = [supervision.warning_shape(each) for each in supervision.open_warnings(self.attempt)]
            warnings = [messages.candidate_event(0, "warning.sent", each) for each in shapes]
            views = announced.views_of(self.attempt)
            shown = announcements.for_candidate(views)
            news = [messages.candidate_event(0, announcements.SHOWN, shown)] if views else []
            return [self._hello(), *warnings, *news, *self._ringing()]

    def _ringing(self) -> list[dict[str, Any]]:
        call = calls.running_of(self.attempt)
        if call is None:
            return []
        shape = calls.for_candidate(call)
        self.calls.take_event(calls.CHANGED, shape)
        return [messages.candidate_event(0, calls.CHANGED, shape)]

    def _hello(self) -> dict[str, Any]:
        session = self.session
        live = session is not None and session.state == SESSION_LIVE
        return {
            "type": "hello",
            "server_time": messages.iso(clock.now()),
            **attempt_state.for_candidate(self.attempt),
            "frame_interval_ms": settings.FRAME_INTERVAL_MS,
            "capture": bool(live and session and context.of(session).may_capture),
            "frame_sequence": recent.load(session.pk).last_sequence if session else -1,
            "clips": clips.wanted(session).to_json() if session else clips.NOT_WANTED.to_json(),
            "screens": screens.wanted(session).to_json() if session else screens.NOT_WANTED.to_json(),
        }

    def _reload(self) -> None:
        with within(self.attempt.institution):
            self.attempt.refresh_from_db()
            self.session = self._load_session()

    def _load_session(self) -> MonitoringSession | None:
        session = sessions.session_of(self.attempt)
        consent = valid_consent(session)
        self.tells_battery = consent is not None and consent.battery
        if session is not None:
            session.attempt = self.attempt
        return session
