"""The socket of one made-up candidate: frames, recordings, browser events, pings; reconnects by itself."""

import asyncio
import itertools
import json
import random
import time
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

from proctor_site.rehearsal.log import Log
from proctor_site.rehearsal.pictures import Media
from proctor_site.rehearsal.plan import KIND, Candidate, End, Plan, Stage
from proctoring.consumers.clip_message import write_clip
from proctoring.consumers.frame_message import write_frame

FIRST_RETRY_S, LONGEST_RETRY_S = 0.5, 15.0
"""As static/js/candidate/exam_socket.js."""
DEAD_S = 25.0
"""An answer that does not come for so long: the line is taken for dead, as by the page."""
SHOWN_LEAST = 4
"""Looks at two faces after which an incident must be there: the rule wants less (incidents.rule_table)."""
LOST = (OSError, TimeoutError, websockets.WebSocketException)


class CameraLine:
    """Numbers of frames and recordings go on from those of the page before."""

    def __init__(
        self, stage: Stage, plan: Plan, who: Candidate, attempt: int, media: Media, log: Log
    ) -> None:
        self.stage, self.plan, self.who, self.attempt = stage, plan, who, attempt
        self.media, self.log = media, log
        self.random = random.Random(who.place)
        self.answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.clip_answer: asyncio.Future[dict[str, Any]] | None = None
        self.clip_numbers = itertools.count(int(time.time() * 10) % 1_000_000_000)
        self.events = itertools.count(int(time.time() * 10) % 1_000_000_000)
        self.began, self.shown, self.pinged = 0.0, 0, 0.0

    async def keep_up(self, began: float, end: End) -> None:
        """Holds a line until the end; a line that is lost is taken up again, later and later."""
        self.began = began
        wait, lost_at = FIRST_RETRY_S, None
        while end.left() > 0:
            try:
                async with self._connect() as socket:
                    hello = json.loads(await asyncio.wait_for(socket.recv(), DEAD_S))
                    if hello["type"] != "hello":
                        self.log.errors[f"socket: {hello.get('code', hello['type'])}"] += 1
                        raise TimeoutError
                    if lost_at is not None:
                        self.log.back_s.append(time.perf_counter() - lost_at)
                        self.log.away.discard(self.attempt)
                    wait, lost_at = FIRST_RETRY_S, None
                    await self._talk(socket, int(hello["frame_sequence"]) + 1, end)
            except LOST as error:
                if lost_at is None:
                    lost_at = time.perf_counter()
                    self.log.lost_lines += 1
                    self.log.away.add(self.attempt)
                else:
                    self.log.errors[f"socket: {type(error).__name__}"] += 1
                await asyncio.sleep(wait * (0.5 + self.random.random()))
                wait = min(2 * wait, LONGEST_RETRY_S)
        if lost_at is not None:
            self.log.errors["socket: not back at the end"] += 1

    def _connect(self) -> websockets.connect:
        cookie = f"{self.stage.session_cookie}={self.who.cookie}"
        return websockets.connect(
            f"{self.stage.socket_address}/ws/attempts/{self.attempt}/",
            additional_headers={"Cookie": cookie, "Origin": self.stage.address},
            compression=None,
            open_timeout=DEAD_S,
            close_timeout=1.0,
            ping_interval=None,
            max_size=2**20,
            proxy=None,
        )

    async def _talk(self, socket: ClientConnection, frame: int, end: End) -> None:
        """Everything on one line; ends with it. Raises one of LOST."""
        work = [
            asyncio.create_task(self._hear(socket)),
            asyncio.create_task(self._film(socket, frame, end)),
            asyncio.create_task(self._record(socket)),
            asyncio.create_task(self._note(socket)),
        ]
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            self.answers.clear()

    async def _hear(self, socket: ClientConnection) -> None:
        async for text in socket:
            said = json.loads(text)
            kind = said["type"]
            if kind in ("frame_result", "error") and said.get("sequence") in self.answers:
                self.answers.pop(said["sequence"]).set_result(said)
            elif kind == "clip_result" or (kind == "error" and "clip_sequence" in said):
                if self.clip_answer is not None and not self.clip_answer.done():
                    self.clip_answer.set_result(said)
            elif kind == "pong":
                self.log.answered_pings_s.append(time.perf_counter() - self.pinged)
            elif kind == "browser_events_result":
                self.log.events_taken += len(said.get("accepted", ()))
            elif kind == "error":
                self.log.errors[f"socket: {said.get('code')}"] += 1
        raise ConnectionResetError("the server closed the line")

    async def _film(self, socket: ClientConnection, frame: int, end: End) -> None:
        """One frame under way at a time, at the pace that the server tells."""
        while end.left() > 0:
            started = time.perf_counter()
            two = self._shows_two(started)
            if two:
                self.log.shown_from.setdefault(self.attempt, started)
            answer = self.answers[frame] = asyncio.get_running_loop().create_future()
            data = write_frame(frame, time.time_ns() // 1_000_000, self._picture(frame, two=two))
            self.log.bytes_up += len(data)
            await socket.send(data)
            said = await asyncio.wait_for(answer, DEAD_S)
            pause = self._take(said, started)
            if two and said.get("analysed"):
                self.shown += 1
                if self.shown >= SHOWN_LEAST:
                    self.log.planned.add(self.attempt)
            frame += 1
            await asyncio.sleep(max(0.0, started + pause - time.perf_counter()))

    def _take(self, said: dict[str, Any], sent_at: float) -> float:
        """Notes the answer; seconds until the next frame."""
        if KIND in said.get("incidents", ()):
            self.log.raised_at.setdefault(self.attempt, sent_at)
            self.log.planned.add(self.attempt)
        if said.get("analysed"):
            self.log.analysed += 1
        elif said.get("accepted"):
            self.log.shed += 1
        else:
            self.log.frame_codes[str(said.get("code"))] += 1
        return float(said.get("next_frame_after_ms", 1_000)) / 1_000

    def _shows_two(self, now: float) -> bool:
        if not self.plan.has_incident(self.who.place):
            return False
        first = self.began + self.plan.incident_after(self.who.place)
        return first <= now < first + self.plan.two_faces_for

    def _picture(self, frame: int, *, two: bool) -> bytes:
        """In an order of its own, so that no camera seems to repeat itself."""
        return self.media.frame(self.random.randrange(10_000) * 97 + frame, two=two)

    async def _record(self, socket: ClientConnection) -> None:
        await asyncio.sleep(self.plan.clip_seconds * (0.3 + 0.7 * self.random.random()))
        while True:
            began = time.time() - self.plan.clip_seconds
            data = write_clip(next(self.clip_numbers), int(began * 1_000), self.media.clip)
            started = time.perf_counter()
            while True:
                self.clip_answer = asyncio.get_running_loop().create_future()
                self.log.bytes_up += len(data)
                await socket.send(data)
                said = await asyncio.wait_for(self.clip_answer, 3 * DEAD_S)
                if "retry_after_ms" not in said:
                    break
                self.log.clips_put_off += 1
                await asyncio.sleep(float(said["retry_after_ms"]) / 1_000)
            if said["type"] == "error":
                self.log.errors[f"recording: {said.get('code')}"] += 1
            else:
                self.log.clips_heard += 1
            await asyncio.sleep(max(0.5, started + self.plan.clip_every - time.perf_counter()))

    async def _note(self, socket: ClientConnection) -> None:
        """Browser events, and pings between them."""
        while True:
            await asyncio.sleep(self.plan.event_every * (0.5 + 0.5 * self.random.random()))
            now = time.time_ns() // 1_000_000
            event = {"n": next(self.events), "kind": "window_left", "at": now - 900, "seconds": 0.8}
            await socket.send(json.dumps({"type": "browser_events", "now": now, "events": [event]}))
            self.pinged = time.perf_counter()
            await socket.send(json.dumps({"type": "ping", "sent_at": now, "rtt": 20}))
