"""What made-up candidates do wrong on purpose: messages twice and out of order, clocks that jump."""

import asyncio
import random
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx

from proctor_site.kernel import clock
from proctor_site.rehearsal import camera_line, candidate

JUMP_S = 7_200
JUMPS_AFTER_S = 4.0
"""After the first answer."""


def apply(name: str) -> None:
    """`twice`: saves and frames come twice, saves also out of order. `clock`: browsers jump by two hours."""
    {"": lambda: None, "twice": _twice, "clock": _clock}[name]()


def show_until_raised() -> None:
    """A second face is shown until it is an incident: a busy machine looks at few pictures."""

    def shows_two(self: Any, now: float) -> bool:
        planned = self.plan.has_incident(self.who.place) and self.attempt not in self.log.raised_at
        return planned and now >= self.began + self.plan.incident_after(self.who.place)

    camera_line.CameraLine._shows_two = shows_two  # type: ignore[method-assign]


def _twice() -> None:
    ask = candidate.RehearsingCandidate._ask
    before: dict[int, Any] = {}

    async def asked(self: Any, method: str, path: str, **sent: Any) -> httpx.Response:
        if not path.endswith("/answers/"):
            return await ask(self, method, path, **sent)
        first, second = await asyncio.gather(
            ask(self, method, path, **dict(sent)), ask(self, method, path, **dict(sent))
        )
        older = before.get(self.attempt)
        if older is not None:  # the change before comes again after the newer one
            await ask(self, method, path, **dict(older))
        before[self.attempt] = sent
        return random.choice((first, second))

    candidate.RehearsingCandidate._ask = asked  # type: ignore[method-assign]

    film = camera_line.write_frame
    last: list[bytes] = []

    def frame(sequence: int, captured_ms: int, image: bytes) -> bytes:
        # The picture of another moment under this number: as a network that gives the older one first.
        if last and random.random() < 0.1:
            image = last[-1]
        last[:] = [image]
        return film(sequence, captured_ms, image)

    camera_line.write_frame = frame  # type: ignore[assignment]
    connect = camera_line.ClientConnection.send

    async def send(self: Any, data: Any) -> None:
        await connect(self, data)
        if isinstance(data, bytes) and random.random() < 0.3:
            with suppress(OSError):
                await connect(self, data)

    camera_line.ClientConnection.send = send  # type: ignore[method-assign,assignment]


def _clock() -> None:
    began: list[float] = []
    now, now_ns = clock.now, time.time_ns

    def offset() -> int:
        return JUMP_S if began and time.monotonic() - began[0] > JUMPS_AFTER_S else 0

    class Time:
        """`time` with another clock."""

        perf_counter, time, monotonic = time.perf_counter, time.time, time.monotonic

        @staticmethod
        def time_ns() -> int:
            return now_ns() + offset() * 10**9

    class Clock:
        """`kernel.clock` with another clock."""

        @staticmethod
        def now() -> Any:
            began.append(time.monotonic())  # asked with each answer
            return now() + timedelta(seconds=offset())

    camera_line.time = Time  # type: ignore[assignment]
    candidate.clock = Clock  # type: ignore[assignment]
