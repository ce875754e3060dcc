"""The real server with the real engine in worker processes: frames go in, the proctor's page hears of it."""

import asyncio
import json
import os
import signal
from typing import Any

import pytest
import websockets
from channels.db import database_sync_to_async
from django.conf import settings as django_settings

from proctor_site.kernel import clock
from proctoring.analysis import context, pool, worker_pools
from proctoring.consumers.frame_message import write_frame
from proctoring.models import Incident
from tests.capture import frame
from tests.channels.conftest import _session_cookie
from tests.pace import Stopwatch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def server(settings: Any, asgi_server: str) -> Any:
    context._known.clear()
    yield asgi_server.replace("http", "ws")
    pool.close()


async def _open(server: str, path: str, user: Any) -> Any:
    cookie = await database_sync_to_async(_session_cookie, thread_sensitive=False)(user)
    headers = {"Cookie": f"{django_settings.SESSION_COOKIE_NAME}={cookie}"}
    return await websockets.connect(
        server + path, additional_headers=headers, origin="http://localhost", max_size=2**20
    )


async def _until(socket: Any, wanted: Any) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            message = json.loads(await socket.recv())
            if wanted(message):
                return message


def _has(kind: str) -> Any:
    return lambda message: any(each["kind"] == kind for each in message.get("events", []))


async def test_from_camera_to_proctor_within_two_seconds_and_over_a_crash(
    server: str, session: Any, candidate: Any, proctor: Any
) -> None:
    wall = await _open(server, f"/ws/i/north-college/sittings/{session.sitting_id}/", proctor)
    await _until(wall, lambda message: message["type"] == "hello")
    page = await _open(server, f"/ws/attempts/{session.attempt_id}/", candidate)
    await _until(page, lambda message: message["type"] == "hello")
    moment = clock.now().timestamp() - 9

    async def send(number: int) -> dict[str, Any]:
        await page.send(write_frame(number, round((moment + number) * 1000), frame(seed=number)))
        return await _until(page, lambda message: message["type"] == "frame_result")

    for number in range(1, 4):
        answer = await send(number)
        assert answer["analysed"] is True, answer
    with Stopwatch() as watch:
        opened = await _until(wall, _has("incident.opened"))
    assert watch.own_seconds < 2.0
    assert opened["events"][0]["payload"]["kind"] == "no_face"

    running = pool.start()
    assert isinstance(running, worker_pools.WorkerPool)
    os.kill(running._idle.queue[0].process.pid, signal.SIGKILL)
    lost = await send(4)
    assert (lost["accepted"], lost["analysed"], lost["code"]) == (True, False, "analysis_interrupted")
    for number in range(5, 60):
        answer = await send(number)
        if answer["analysed"]:
            break
        await asyncio.sleep(0.1)
    assert answer["analysed"] is True  # the exam went on; one frame was lost
    await page.close()
    await wall.close()
    assert await database_sync_to_async(Incident._base_manager.count, thread_sensitive=False)() == 1
