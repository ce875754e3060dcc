"""The Socket.IO side of the VideoProctoring contract, beside Channels only where PROCTOR_COMPAT is on.

A lost connection ends nothing: a page comes back to its session, and the session's own clock ends it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import socketio
from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest

from accounts import limits
from accounts.tenancy import within
from proctor_site.kernel.errors import InvalidInput, NotAllowed, NotSignedIn, Refusal
from proctoring import compat_keys
from proctoring.compat import sessions, video_sessions
from proctoring.compat.calls import Call, clean_text, picture_bytes
from proctoring.models.compat import Contract

PATH = "/socket.io"
_NAMESPACE = "/compat/"
_MINUTE = 60
_MOST_WAITING = 32
_FORM_BYTES = 65_536

Scope = Mapping[str, Any]
Application = Callable[..., Awaitable[Any]]

_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="compat-socket")
_waiting = asyncio.Semaphore(_MOST_WAITING)

server = socketio.AsyncServer(
    async_mode="asgi",
    # Who may connect is decided with the key, in `_connect`; no cookie is ever read.
    cors_allowed_origins="*",
    cors_credentials=False,
    namespaces="*",
    max_http_buffer_size=int(settings.COMPAT_PICTURE_MAX_BYTES * 1.4) + _FORM_BYTES,
)
_application = socketio.ASGIApp(server, socketio_path=PATH)


@dataclass(frozen=True)
class SocketCall(Call):
    """A message: its data are the fields of a call."""

    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> Mapping[str, Any]:
        """What the message says."""
        return self.data


def beside(other: Application) -> Application:
    """The application that answers Socket.IO at its path, and leaves everything else to `other`."""

    async def application(scope: Scope, receive: Any, send: Any) -> None:
        path = str(scope.get("path", ""))
        chosen = _application if path == PATH or path.startswith(f"{PATH}/") else other
        await chosen(scope, receive, send)

    return application


async def _connect(namespace: str, sid: str, environ: Mapping[str, Any], auth: Any = None) -> None:
    secret = shown_key(namespace, environ, auth)
    try:
        await _in_thread(_check, secret, environ.get("HTTP_ORIGIN"))
    except Refusal as refusal:
        raise socketio.exceptions.ConnectionRefusedError(refusal.message) from refusal
    await server.save_session(sid, {"secret": secret}, namespace=namespace)
    await server.emit("connected", {"status": "connected", "sid": sid}, to=sid, namespace=namespace)


def shown_key(namespace: str, environ: Mapping[str, Any], auth: Any) -> str:
    """The key: in the namespace (the path of the client's address), in its `auth`, query or header."""
    if namespace.startswith(_NAMESPACE):
        return namespace.removeprefix(_NAMESPACE).strip("/")
    told = auth.get("compat_key") if isinstance(auth, Mapping) else None
    if isinstance(told, str):
        return told
    asked = parse_qs(str(environ.get("QUERY_STRING", ""))).get("compat_key", [""])
    return str(environ.get("HTTP_X_COMPAT_KEY") or asked[0])


def _check(secret: str, origin: str | None) -> None:
    """Raises NotSignedIn and NotAllowed."""
    key = compat_keys.find_key(secret)
    if Contract.VIDEO not in key.contracts:
        raise NotSignedIn("This key is not for this contract.", code="key_unknown")
    if origin is not None and origin.lower() not in (*key.origins, settings.BASE_URL):
        raise NotAllowed("This key does not list the origin of your page.", code="origin_not_listed")


def _start(call: SocketCall) -> list[tuple[str, Any]]:
    return [("session_started", video_sessions.start(call))]


def _frame(call: SocketCall) -> list[tuple[str, Any]]:
    name = call.text("session_id", most=100, required=True)
    session = sessions.find_live(call, name)
    if not call.data.get("frame"):
        raise InvalidInput("No frame data provided", code="required")
    result = video_sessions.frame_result(session, picture_bytes(call.data["frame"], "frame"))
    told: list[tuple[str, Any]] = [("frame_analysis", {"session_id": name, "result": result})]
    if result.get("alerts"):
        told.append(("alerts", {"session_id": name, "alerts": result["alerts"]}))
    return told


def _metrics(call: SocketCall) -> list[tuple[str, Any]]:
    name = call.text("session_id", most=100, required=True)
    return [("live_metrics", video_sessions.live_metrics(sessions.find(call, name), name))]


def _end(call: SocketCall) -> list[tuple[str, Any]]:
    name = call.text("session_id", most=100, required=True)
    report = video_sessions.ended(call, sessions.find(call, name), name)
    return [("session_ended", {"session_id": name, "report": report})]


_HANDLERS: dict[str, tuple[Callable[[SocketCall], list[tuple[str, Any]]], str]] = {
    "start_session": (_start, "session_error"),
    "analyze_frame": (_frame, "frame_error"),
    "get_live_metrics": (_metrics, "metrics_error"),
    "end_session": (_end, "session_error"),
}


async def _message(event: str, namespace: str, sid: str, data: Any) -> None:
    handler, error_event = _HANDLERS[event]
    if _waiting.locked():
        told: list[tuple[str, Any]] = [(error_event, {"error": "The server is busy; try again"})]
    else:
        async with _waiting:
            known = await server.get_session(sid, namespace=namespace)
            told = await _in_thread(_answer, known.get("secret", ""), handler, error_event, data)
    for name, body in told:
        await server.emit(name, body, to=sid, namespace=namespace)


def _answer(secret: str, handler: Any, error_event: str, data: Any) -> list[tuple[str, Any]]:
    try:
        key = compat_keys.find_key(secret)  # anew: it may have been revoked
        limits.count("compat", str(key.pk), most=settings.COMPAT_CALLS_PER_MINUTE, seconds=_MINUTE)
        given = data if isinstance(data, dict) else {}
        clean_text(given.get("session_id"), "session_id", most=100)
        with within(key.institution):
            found: list[tuple[str, Any]] = handler(SocketCall(key, HttpRequest(), secret, data=given))
            return found
    except Refusal as refusal:
        return [(error_event, {"error": refusal.message, "code": refusal.code})]


async def _in_thread(work: Callable[..., Any], *args: Any) -> Any:
    def call() -> Any:
        close_old_connections()
        try:
            return work(*args)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, call)


def _listen() -> None:
    server.on("connect", _connect, namespace="*")
    for event in _HANDLERS:
        server.on(event, _handler_of(event), namespace="*")


def _handler_of(event: str) -> Callable[..., Awaitable[None]]:
    async def handle(namespace: str, sid: str, data: Any = None, *more: Any) -> None:
        await _message(event, namespace, sid, data)

    return handle


_listen()
