"""Candidates and proctors as the server sees them: sockets with frames, saves of answers, frames over DRF."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import websockets

from proctoring.consumers.frame_message import write_frame
from tests.load.hall import Candidate, Hall

AFTER_SHED_S = 0.02
"""A sender that ignores the pace it is told still waits this long after a shed frame."""
_numbers: dict[int, "itertools.count[int]"] = {}
Pictures = Callable[[int], bytes]
"""The JPEG for the n-th frame."""


@dataclass
class Log:
    """What was measured; moments are `time.perf_counter`."""

    sent: dict[tuple[int, int], float] = field(default_factory=dict)
    """(attempt, sequence): when the frame was sent."""
    answered_ms: list[float] = field(default_factory=list)
    analysed: int = 0
    shed: int = 0
    refused: list[str] = field(default_factory=list)
    flagged: dict[int, int] = field(default_factory=dict)
    """attempt: first sequence whose answer named an incident."""
    pictured_ms: list[float] = field(default_factory=list)
    incident_at: dict[int, float] = field(default_factory=dict)
    """attempt: when the proctor heard of its first incident."""
    saved_ms: list[float] = field(default_factory=list)
    save_errors: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Forgets what was measured so far, but for the frames under way."""
        self.__dict__ |= vars(Log(sent=self.sent))


async def candidate(
    hall: Hall, who: Candidate, pictures: Pictures, log: Log, stop: asyncio.Event, *, every_s: float | None
) -> None:
    """Sends frames over the socket, one in flight. `every_s` None: the next as soon as one is answered."""
    headers = {"Cookie": f"sessionid={who.cookie}", "Origin": hall.server.url}
    address = f"{hall.socket_url}/ws/attempts/{who.attempt}/"
    async with websockets.connect(address, additional_headers=headers, compression=None) as socket:
        for number in range(1_000_000):
            if stop.is_set():
                return
            sequence = _next_sequence(who)
            started = time.perf_counter()
            log.sent[who.attempt, sequence] = started
            await socket.send(write_frame(sequence, time.time_ns() // 1_000_000, pictures(number)))
            answer = await _answer(socket, sequence)
            _note(log, who.attempt, answer, started)
            if every_s is not None:
                await asyncio.sleep(max(0.0, started + every_s - time.perf_counter()))
            elif not answer.get("analysed"):
                await asyncio.sleep(AFTER_SHED_S)


def _next_sequence(who: Candidate) -> int:
    """Numbers of frames grow from one measurement to the next, as a page's do."""
    return next(_numbers.setdefault(who.attempt, itertools.count(1)))


async def _answer(socket: Any, sequence: int) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["type"] in ("frame_result", "error") and message.get("sequence") == sequence:
            return message


def _note(log: Log, attempt: int, answer: dict[str, Any], started: float) -> None:
    log.answered_ms.append((time.perf_counter() - started) * 1000)
    if answer["type"] == "error" or not answer["accepted"]:
        log.refused.append(answer["code"])
    elif answer["analysed"]:
        log.analysed += 1
        if answer["incidents"]:
            log.flagged.setdefault(attempt, answer["sequence"])
    else:
        log.shed += 1


async def proctor(hall: Hall, log: Log, stop: asyncio.Event) -> None:
    """Watches every candidate: notes when pictures and incidents arrive."""
    headers = {"Cookie": f"sessionid={hall.proctor}", "Origin": hall.server.url}
    address = f"{hall.socket_url}/ws/i/{hall.slug}/sittings/{hall.sitting}/"
    async with websockets.connect(address, additional_headers=headers, max_size=2**22) as socket:
        shown = [each.attempt for each in hall.candidates]
        await socket.send(json.dumps({"type": "show", "attempts": shown}))
        while not stop.is_set():
            try:
                message = json.loads(await asyncio.wait_for(socket.recv(), 0.5))
            except TimeoutError:
                continue
            arrived = time.perf_counter()
            if message["type"] == "thumbnail":
                sent = log.sent.get((message["attempt"], message["sequence"]))
                if sent is not None:
                    log.pictured_ms.append((arrived - sent) * 1000)
            for event in message.get("events", []):
                if event["kind"] == "incident.opened":
                    log.incident_at.setdefault(event["attempt"], arrived)


async def writer(hall: Hall, who: Candidate, log: Log, stop: asyncio.Event, *, every_s: float) -> None:
    """Saves an answer every `every_s` seconds over the API, as the exam page does."""
    csrf = "x" * 32
    cookies = {"sessionid": who.cookie, "csrftoken": csrf}
    headers = {"X-CSRFToken": csrf, "Referer": hall.server.url, "Origin": hall.server.url}
    address = f"/api/v1/attempts/{who.attempt}/answers/"
    async with httpx.AsyncClient(
        base_url=hall.server.url, cookies=cookies, headers=headers, timeout=60
    ) as client:
        for number in range(1, 1_000_000):
            if stop.is_set():
                return
            change: dict[str, Any] = {"client_sequence": _next_sequence(who), "item": who.item}
            change |= {"value": f"answer {number}", "client_at": datetime.now(UTC).isoformat()}
            started = time.perf_counter()
            response = await client.post(address, json={"device": "load", "changes": [change]})
            if response.status_code == 200 and response.json()["accepted"]:
                log.saved_ms.append((time.perf_counter() - started) * 1000)
            else:
                log.save_errors.append(response.text[:200])
            await asyncio.sleep(max(0.0, started + every_s - time.perf_counter()))


async def recorder(
    hall: Hall, who: Candidate, piece: bytes, log: Log, stop: asyncio.Event, *, every_s: float | None
) -> None:
    """Sends a recording by token every `every_s` seconds, or (None) as soon as the one before is answered.

    One that is shed is not sent again: what is measured is how many get through.
    """
    address = f"/api/v1/sessions/{who.session}/clips/"
    headers = {"Authorization": f"Bearer {who.token}", "Content-Type": "audio/webm"}
    async with httpx.AsyncClient(base_url=hall.server.url, headers=headers, timeout=90) as client:
        while not stop.is_set():
            started = time.perf_counter()
            own = {"X-Sequence": str(_next_sequence(who)), "X-Captured-At": str(time.time_ns() // 1_000_000)}
            response = await client.post(address, content=piece, headers=own)
            if response.status_code == 200 and response.json()["analysed"]:
                log.analysed += 1
                log.answered_ms.append((time.perf_counter() - started) * 1000)
            elif response.status_code == 503:
                log.shed += 1
            else:
                log.refused.append(response.text[:200])
            left = (every_s or 0.0) - (time.perf_counter() - started)
            while left > 0 and not stop.is_set():
                await asyncio.sleep(min(0.5, left))
                left -= 0.5


async def poster(hall: Hall, who: Candidate, pictures: Pictures, log: Log, stop: asyncio.Event) -> None:
    """Sends frames to the DRF endpoint by token, one in flight, the next as soon as one is answered."""
    address = f"/api/v1/sessions/{who.session}/frames/"
    headers = {"Authorization": f"Bearer {who.token}", "Content-Type": "image/jpeg"}
    async with httpx.AsyncClient(base_url=hall.server.url, headers=headers, timeout=60) as client:
        for number in range(1_000_000):
            if stop.is_set():
                return
            sequence = _next_sequence(who)
            started = time.perf_counter()
            own = {"X-Sequence": str(sequence), "X-Captured-At": str(time.time_ns() // 1_000_000)}
            response = await client.post(address, content=pictures(number), headers=own)
            if response.status_code == 200:
                _note(log, who.attempt, response.json(), started)
                if not response.json()["analysed"]:
                    await asyncio.sleep(AFTER_SHED_S)
            else:
                log.refused.append(response.text[:200])
