"""Refuses a call before Django sees it: problem details for requests, a close for sockets."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from proctor_site.kernel import request_ids

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


async def refuse(
    scope: Message, receive: Receive, send: Send, *, status: int, code: str, detail: str
) -> None:
    """Answers a request with `status`; a socket is closed before it is accepted (4000 + `status`)."""
    if scope["type"] == "websocket":
        await receive()  # its connect
        await send({"type": "websocket.close", "code": 4000 + status})
        return
    body = {
        "type": "about:blank",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_ids.choose(None),
    }
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
