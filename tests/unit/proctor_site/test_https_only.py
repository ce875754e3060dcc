"""Programs that call by plain http are refused with a reason; people are sent on."""

import asyncio
import json
from typing import Any

import pytest

from proctor_site.https_only import HttpsOnly

TOKEN = (b"authorization", b"Bearer pi_0123456789abcdef")
KEY = (b"x-compat-key", b"ck_0123456789abcdef")
TOLD = (b"x-forwarded-proto", b"https")


async def _passed_on(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "passed on"})


def call(path: str, *headers: tuple[bytes, bytes], believes_proxy: bool = True, **more: Any) -> list[Any]:
    """What the server says to one call, as ASGI messages."""
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    scope = {"type": "http", "scheme": "http", "path": path, "headers": list(headers), **more}
    asyncio.run(HttpsOnly(_passed_on, believes_proxy=believes_proxy)(scope, receive, send))
    return said


@pytest.mark.parametrize(
    ("path", "headers", "query"),
    [
        ("/api/v1/institution/exams/", [TOKEN], b""),
        ("/api/v1/institution/exams/", [], b""),
        ("/api/v1/sessions/3/frames/", [], b""),
        ("/api/docs/", [TOKEN], b""),
        ("/compat/ck_0123456789abcdef/register", [], b""),
        ("/register", [KEY], b""),
        ("/health", [], b"a=1&compat_key=ck_0123456789abcdef"),
        ("/socket.io/", [], b"EIO=4&transport=polling"),
    ],
)
def test_a_program_is_refused_and_told_to_replace_its_token(path: str, headers: Any, query: bytes) -> None:
    start, body = call(path, *headers, query_string=query)
    assert start["status"] == 403 and (b"location", b"") not in start["headers"]
    assert dict(start["headers"])[b"content-type"] == b"application/problem+json"
    problem = json.loads(body["body"])
    assert (problem["code"], problem["status"]) == ("https_required", 403)
    assert "replace" in problem["detail"] and problem["request_id"]


def test_a_socket_of_a_program_is_closed_before_it_is_open() -> None:
    assert call("/socket.io/", type="websocket", scheme="ws") == [{"type": "websocket.close", "code": 4403}]


@pytest.mark.parametrize(
    "path", ["/", "/register/", "/api/docs/", "/health/ready/", "/api/v1/live/events/janus/", "/static/a.js"]
)
def test_people_and_neighbours_pass(path: str) -> None:
    assert call(path) == [{"type": "passed on"}]


def test_what_came_by_https_passes_and_only_a_proxy_that_is_believed_says_so() -> None:
    passed = [{"type": "passed on"}]
    assert call("/api/v1/institution/exams/", TOKEN, scheme="https") == passed
    assert call("/api/v1/institution/exams/", TOKEN, TOLD) == passed
    assert call("/health/metrics/", TOKEN) == passed, "asked past the proxy, on the inside"
    assert call("/api/v1/institution/exams/", TOKEN, TOLD, believes_proxy=False) != passed
    assert call("/api/v1/institution/exams/", TOKEN, (b"x-forwarded-proto", b"http"), TOLD) != passed
