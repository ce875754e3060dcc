"""Shapes of everything that is said on the sockets, so that both ends and the tests read one file (pure)."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

Message = dict[str, Any]
LAYER_TYPE = "live.event"
"""Type of the group message that carries an event; consumers handle it in `live_event`."""
CAPTURE_TAKEN = "capture.taken"
"""Type of the group message by which a newer page of the same candidate takes over the camera."""


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 with offset, or None."""
    return None if moment is None else moment.isoformat()


def event(
    event_id: int, kind: str, at: datetime, attempt_id: int | None, payload: Mapping[str, Any]
) -> Message:
    """One event as proctors and the replay call receive it."""
    return {"id": event_id, "kind": kind, "at": iso(at), "attempt": attempt_id, "payload": dict(payload)}


def candidate_event(event_id: int, kind: str, payload: Mapping[str, Any]) -> Message:
    """One event as the candidate's page receives it. Id 0: only for this page, not stored."""
    return {"type": "event", "id": event_id, "kind": kind, "payload": dict(payload)}


def proctor_hello(server_time: datetime, last_event_id: int) -> Message:
    """First message to a proctor's page."""
    return {"type": "hello", "server_time": iso(server_time), "last_event_id": last_event_id}


def events(batch: Sequence[Message]) -> Message:
    """A batch of events; ids may repeat."""
    return {"type": "events", "events": list(batch)}


def pulse(attempts: Mapping[int, Mapping[str, Any]]) -> Message:
    """Who is connected, and how well, by attempt."""
    return {"type": "pulse", "attempts": {str(key): dict(value) for key, value in attempts.items()}}


def thumbnail(attempt_id: int, sequence: int, jpeg: bytes) -> Message:
    """The newest small picture of one attempt as a data URL."""
    image = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
    return {"type": "thumbnail", "attempt": attempt_id, "sequence": sequence, "image": image}


def pong(sent_at: Any, server_time: datetime) -> Message:
    """Answer to a ping; `sent_at` goes back as it came."""
    return {"type": "pong", "sent_at": sent_at, "server_time": iso(server_time)}


def error(code: str, detail: str, **more: Any) -> Message:
    """Something was wrong with a message; the socket stays open."""
    return {"type": "error", "code": code, "detail": detail, **more}
