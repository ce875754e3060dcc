"""Sockets of the real application: signed-in communicators, and a running attempt in a watched sitting."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.layers import channel_layers
from django.conf import settings
from django.test import Client

from accounts.models import Institution, User
from exams.models import Attempt
from proctoring.models import MonitoringSession
from tests.capture import give_consent, scripted  # noqa: F401
from tests.conftest import BACKEND
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session

ORIGIN = (b"origin", b"http://localhost")
LONG_S = 20.0
"""How long a message is waited for that has to come: the cores may be busy with other things."""


@pytest.fixture
def sitting(institution: Institution, proctor: User) -> Any:
    return make_sitting(make_exam(institution), proctors=[proctor])


@pytest.fixture
def attempt(sitting: Any, candidate: User) -> Attempt:
    return make_attempt(enrol(sitting, candidate))


@pytest.fixture
def session(attempt: Attempt) -> MonitoringSession:
    session = make_session(attempt)
    give_consent(session)
    return session


class WebsocketCommunicator(ApplicationCommunicator):
    """A browser's end of a socket. channels.testing has one too, but importing it needs daphne."""

    def __init__(self, application: Any, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        address, _, query = path.partition("?")
        scope = {
            "type": "websocket",
            "path": address,
            "query_string": query.encode(),
            "headers": headers,
            "subprotocols": [],
        }
        super().__init__(application, scope)

    async def connect(self, timeout: float) -> bool:
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(timeout))["type"] == "websocket.accept"

    async def send_to(self, *, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.send_input({"type": "websocket.receive", "text": text_data, "bytes": bytes_data})

    async def send_json_to(self, content: Any) -> None:
        await self.send_to(text_data=json.dumps(content))

    async def receive_json_from(self, timeout: float) -> Any:
        message = await self.receive_output(timeout)
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def disconnect(self) -> None:
        if self.future.done():
            return
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(LONG_S)


class Socket:
    """A communicator that knows how to wait for one kind of message."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self.inner = communicator
        self.seen: list[dict[str, Any]] = []

    async def receive(self, kind: str, *, timeout: float = LONG_S) -> dict[str, Any]:
        """The next message of this type within `timeout` seconds; others are kept in `seen`."""
        until = time.monotonic() + timeout
        while True:
            message = await self.inner.receive_json_from(timeout=until - time.monotonic())
            self.seen.append(message)
            if message["type"] == kind:
                return message

    async def event(self, kind: str, *, timeout: float = LONG_S) -> dict[str, Any]:
        """The next event of this kind on either socket within `timeout` seconds."""
        until = time.monotonic() + timeout
        while True:
            message = await self.inner.receive_json_from(timeout=until - time.monotonic())
            self.seen.append(message)
            for each in message.get("events", [message]):
                if each.get("kind") == kind:
                    return each

    async def send(self, content: Any) -> None:
        await self.inner.send_json_to(content)

    async def close_code(self) -> int:
        """The code with which the server closes next."""
        while True:
            message = await self.inner.receive_output(timeout=LONG_S)
            if message["type"] == "websocket.close":
                return message["code"]


@pytest_asyncio.fixture
async def connect(transactional_db: None) -> AsyncIterator[Callable[..., Awaitable[Socket]]]:
    """`await connect(user, path)`: an accepted socket of the whole application, closed after the test."""
    from proctor_site.asgi import application

    channel_layers.backends.clear()
    opened: list[WebsocketCommunicator] = []

    async def make(user: User | None, path: str, *, origin: tuple[bytes, bytes] = ORIGIN) -> Socket:
        headers = [origin, (b"host", b"localhost")]
        if user is not None:
            cookie = await database_sync_to_async(_session_cookie, thread_sensitive=False)(user)
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
        communicator = WebsocketCommunicator(application, path, headers=headers)
        assert await communicator.connect(timeout=LONG_S)
        opened.append(communicator)
        return Socket(communicator)

    yield make
    for each in opened:
        await each.disconnect()
    await asyncio.sleep(0)


def _session_cookie(user: User) -> str:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


async def in_thread(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Runs services in another thread, as requests do."""
    return await database_sync_to_async(work, thread_sensitive=False)(*args, **kwargs)
