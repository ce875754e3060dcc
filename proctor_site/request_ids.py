"""Gives each request and each socket its number, in and out: `X-Request-ID`."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from proctor_site.kernel import request_ids
from proctor_site.kernel.figures import REQUEST_SECONDS, REQUESTS, SOCKETS

_META = "HTTP_X_REQUEST_ID"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SOCKETS = {"attempts": "candidate", "sittings": "proctor", "meetings": "meeting"}
_RAW = request_ids.HEADER.lower().encode()
Message = dict[str, Any]
Application = Callable[[Message, Callable[..., Any], Callable[..., Any]], Awaitable[None]]


class RequestIdMiddleware:
    """Takes the proxy's number of a request, or makes one, and says it in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with request_ids.bound(request_ids.choose(request.META.get(_META))) as number:
            start = time.perf_counter()
            response = self.get_response(request)
            _count(request, response.status_code, time.perf_counter() - start)
            response[request_ids.HEADER] = number
            return response


def _count(request: HttpRequest, status: int, seconds: float) -> None:
    """By name of the route, which has no number or link in it; addresses that are none are one."""
    match = getattr(request, "resolver_match", None)
    route = (match.view_name or match.route) if match else "none"
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(route, method, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)


class SocketIds:
    """The same for sockets: a number while the socket is open, said when it is accepted; and counts them."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(
        self, scope: Message, receive: Callable[..., Any], send: Callable[..., Awaitable[None]]
    ) -> None:
        told = dict(scope.get("headers", ())).get(_RAW, b"").decode("latin-1")
        parts = scope.get("path", "").split("/")
        kind = next((_SOCKETS[part] for part in parts if part in _SOCKETS), "other")
        opened = SOCKETS.labels(kind)
        with request_ids.bound(request_ids.choose(told)) as number, opened.track_inprogress():

            async def send_with_number(message: Message) -> None:
                if message["type"] == "websocket.accept":
                    headers = [*message.get("headers", ()), (_RAW, number.encode())]
                    message = {**message, "headers": headers}
                await send(message)

            await self.application(scope, receive, send_with_number)
