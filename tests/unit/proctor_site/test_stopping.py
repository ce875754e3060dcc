"""SIGTERM makes a process unready first; it ends after its delay, or at a second signal."""

import asyncio
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from proctor_site import health, stopping


@pytest.fixture(autouse=True)
def ended() -> Iterator[list[int]]:
    """Signals that reached the server, which stands in for uvicorn's handler."""
    reached: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: reached.append(number))
    yield reached
    signal.signal(signal.SIGTERM, before)
    stopping._asked.clear()


def _status(rf: Any) -> int:
    return health.ready(rf.get("/health/ready/")).status_code


@pytest.mark.django_db
def test_a_process_is_unready_before_it_ends(ended: list[int], rf: Any) -> None:
    async def scene() -> None:
        stopping.watch(asyncio.get_running_loop(), 0.2)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0)
        assert stopping.is_asked() and ended == []
        while not ended:
            await asyncio.sleep(0.01)

    assert _status(rf) == 200
    asyncio.run(asyncio.wait_for(scene(), 10))
    assert ended == [signal.SIGTERM]
    answer = health.ready(rf.get("/health/ready/"))
    assert answer.status_code == 503 and b'"stopping"' in answer.content
    assert health.live(rf.get("/health/live/")).status_code == 200


@pytest.mark.parametrize(("delay", "signals"), [(0, 1), (3_600, 2)])
def test_without_a_delay_or_asked_twice_it_ends_at_once(ended: list[int], delay: float, signals: int) -> None:
    async def scene() -> None:
        stopping.watch(asyncio.get_running_loop(), delay)
        for _ in range(signals):
            assert ended == []
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0)

    asyncio.run(scene())
    assert ended == [signal.SIGTERM]
