"""The Socket.IO side of the VideoProctoring contract, by a client over a real server."""

import asyncio
import base64
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import socketio
import uvicorn

from accounts.models import Institution
from accounts.tenancy import within
from proctoring.compat import sockets
from proctoring.models import MonitoringSession
from tests.capture import BLUE, RED, frame
from tests.factories.compat import ORIGIN, new_key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted", "switched_on")]


async def nobody(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("only Socket.IO is asked here")


@pytest.fixture
def served(transactional_db: None) -> Iterator[str]:
    """Socket.IO alone on a free loopback port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(sockets.beside(nobody), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


class Page:
    """A client of the older pages: says something, waits for what comes."""

    def __init__(self, namespace: str) -> None:
        self.namespace, self.heard = namespace, asyncio.Queue[tuple[str, Any]]()
        self.client = socketio.AsyncClient(reconnection=False)
        self.client.on("*", self._hear, namespace=namespace)

    async def _hear(self, event: str, data: Any = None) -> None:
        await self.heard.put((event, data))

    async def connect(self, address: str, **headers: str) -> None:
        await self.client.connect(
            address, headers=headers, namespaces=[self.namespace], transports=["websocket"]
        )
        assert (await self.next())[0] == "connected"

    async def say(self, event: str, data: Any) -> tuple[str, Any]:
        await self.client.emit(event, data, namespace=self.namespace)
        return await self.next()

    async def next(self) -> tuple[str, Any]:
        return await asyncio.wait_for(self.heard.get(), 20)


async def _sit(address: str, secret: str) -> tuple[str, Any]:
    page = Page(f"/compat/{secret}")
    await page.connect(address, origin=ORIGIN)
    event, told = await page.say("start_session", {"job_data": {"candidateName": "Carla"}})
    assert event == "session_started" and told["status"] == "active"
    name = told["session_id"]
    picture = base64.b64encode(frame(RED, BLUE)).decode()
    event, told = await page.say("analyze_frame", {"session_id": name, "frame": picture})
    assert event == "frame_analysis" and told["result"]["face_count"] == 2
    event, told = await page.next()
    assert event == "alerts" and told["alerts"][0]["type"] == "multiple_faces_detected"
    assert (await page.say("get_live_metrics", {"session_id": name}))[0] == "live_metrics"
    assert await page.say("analyze_frame", {"session_id": "nobody", "frame": picture}) == (
        "frame_error",
        {"error": "Invalid session", "code": "not_found"},
    )
    assert (await page.say("start_session", ["no", "object"]))[0] in ("session_started", "session_error")
    await page.client.disconnect()

    again = Page("/")
    await again.connect(f"{address}?compat_key={secret}")
    assert (await again.say("get_live_metrics", {"session_id": name}))[1]["is_active"] is True
    ended = await again.say("end_session", {"session_id": name, "questionsWithAnswer": []})
    await again.client.disconnect()
    return ended


def test_an_older_client_over_socket_io_and_a_lost_line_ends_nothing(
    served: str, institution: Institution
) -> None:
    _, secret = new_key(institution)
    event, told = asyncio.run(_sit(served, secret))
    assert event == "session_ended" and told["report"]["report"]["alert_history"]
    with within(institution):
        assert MonitoringSession.objects.filter(state="ended").count() == 1


@pytest.mark.parametrize("origin", ["https://evil.example", None])
def test_who_has_no_key_or_comes_from_elsewhere_is_turned_away(
    served: str, institution: Institution, origin: str | None
) -> None:
    _, secret = new_key(institution)
    headers = {"origin": origin} if origin else {}
    page = Page(f"/compat/{secret}" if origin else "/compat/prc_wrong")
    with pytest.raises(socketio.exceptions.ConnectionError):
        asyncio.run(page.connect(served, **headers))
