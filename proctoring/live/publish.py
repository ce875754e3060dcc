"""Tells live pages: an event is a row in the caller's transaction, and a message once that is committed."""

import asyncio
import logging
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any

from channels.layers import get_channel_layer
from django.db import transaction

from accounts.models import Institution
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from proctoring.live import groups, messages
from proctoring.models.live_event import Audience, LiveEvent

log = logging.getLogger(__name__)

_main_loop: asyncio.AbstractEventLoop | None = None
_own_loop: asyncio.AbstractEventLoop | None = None
_lock = threading.Lock()


def bind_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Remembers the loop on which this process's sockets live; every send goes through it.

    Trap: a group_send from another loop reaches the in-memory layer's queues without waking their readers
    (seconds of delay), and opens a connection per call on Redis layers.
    """
    global _main_loop
    _main_loop = loop


def record_event(
    institution: Institution,
    *,
    kind: str,
    payload: Mapping[str, Any],
    audience: str,
    sitting: Sitting | None = None,
    attempt: Attempt | None = None,
) -> LiveEvent:
    """Writes an event in the caller's transaction and sends it when that commits.

    `kind` is a fact name ("incident.opened"), `payload` plain JSON values, `audience` an `Audience`. Proctors
    need a sitting, candidates an attempt: ValueError otherwise. Delivery is at most once; pages that missed
    it ask `replay`.
    """
    told = {audience: payload}
    return record_events(institution, kind=kind, told=told, sitting=sitting, attempt=attempt)[0]


def record_events(
    institution: Institution,
    *,
    kind: str,
    told: Mapping[str, Mapping[str, Any]],
    sitting: Sitting | None = None,
    attempt: Attempt | None = None,
) -> list[LiveEvent]:
    """`record_event` for several audiences at once; `told` is the payload for each."""
    groups_of = {audience: _group(audience, sitting, attempt) for audience in told}
    at = clock.now()
    events = LiveEvent.objects.bulk_create(
        LiveEvent(
            institution=institution,
            sitting=sitting,
            attempt=attempt,
            audience=audience,
            kind=kind,
            payload=dict(payload),
            created_at=at,
        )
        for audience, payload in told.items()
    )
    for event in events:
        body = messages.event(event.pk, kind, at, event.attempt_id, event.payload)
        message = {"type": messages.LAYER_TYPE, "event": body}
        transaction.on_commit(partial(send, groups_of[event.audience], message))
    return events


def record_for_candidates(
    institution: Institution, sitting: Sitting, *, kind: str, payloads: Mapping[int, Mapping[str, Any]]
) -> None:
    """Writes one event for each candidate, by attempt id, and sends them when the transaction commits.

    As `record_event` for many at once: one INSERT, so that a whole sitting hears within a second.
    """
    now = clock.now()
    events = LiveEvent.objects.bulk_create(
        [
            LiveEvent(
                institution=institution,
                sitting=sitting,
                attempt_id=attempt_id,
                audience=Audience.CANDIDATE,
                kind=kind,
                payload=dict(payload),
                created_at=now,
            )
            for attempt_id, payload in payloads.items()
        ],
        batch_size=500,
    )
    bodies = {
        groups.candidate_of(attempt_id): messages.event(event.pk, kind, now, attempt_id, event.payload)
        for attempt_id, event in zip(payloads, events, strict=True)
    }
    transaction.on_commit(partial(_send_all, bodies))


def _send_all(bodies: Mapping[str, messages.Message]) -> None:
    for group, body in bodies.items():
        send(group, {"type": messages.LAYER_TYPE, "event": body})


def _group(audience: str, sitting: Sitting | None, attempt: Attempt | None) -> str:
    if audience == Audience.PROCTORS and sitting is not None:
        return groups.proctors_of(sitting.pk)
    if audience == Audience.CANDIDATE and attempt is not None:
        return groups.candidate_of(attempt.pk)
    raise ValueError(f"an event for {audience} names no {'sitting' if attempt else 'attempt'} to send it to")


def send(group: str, message: Mapping[str, Any]) -> None:
    """Sends to a group from any thread, without waiting; the one place that talks to the channel layer.

    A failure is logged, never raised: the event is stored, and pages fetch what they missed.
    """
    work = deliver(group, dict(message))
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run_coroutine_threadsafe(work, _loop())
        return
    task = running.create_task(work)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


_tasks: "set[asyncio.Task[None]]" = set()
"""The loop holds tasks weakly; without this one could be collected before it has sent."""


async def deliver(group: str, message: dict[str, Any]) -> None:
    """Sends from the sockets' own loop and waits, so that several messages keep their order."""
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("no channel layer is configured")
    try:
        await layer.group_send(group, message)
    except Exception:
        log.exception("a live message to %s could not be sent; pages will replay it", group)


def _loop() -> asyncio.AbstractEventLoop:
    """The sockets' loop, or in processes without sockets (commands) one of our own in a thread."""
    global _own_loop
    if _main_loop is not None and _main_loop.is_running():
        return _main_loop
    with _lock:
        if _own_loop is None or not _own_loop.is_running():
            loop = asyncio.new_event_loop()
            started: Future[None] = Future()
            loop.call_soon(started.set_result, None)
            threading.Thread(target=loop.run_forever, name="live-publish", daemon=True).start()
            started.result(timeout=5)
            _own_loop = loop
        return _own_loop


def flush(timeout_s: float = 5.0) -> None:
    """Waits until what this thread has sent so far is with the layer; for commands before they exit."""
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), _loop()).result(timeout=timeout_s)
