"""Tells proctors that a candidate's page has come or gone; short gaps are not worth telling."""

import asyncio
import logging
from datetime import UTC, datetime

from django.core.cache import cache
from django.db import transaction

from accounts.tenancy import within
from exams import states
from exams.delivery import lost_time
from exams.models import Attempt
from exams.models.lost_time import Cause
from proctor_site.kernel import clock
from proctoring import coverage, sessions
from proctoring.audio.microphone_names import program_of
from proctoring.browser.device_names import program_behind
from proctoring.browser.events import BrowserKind
from proctoring.consumers.threads import in_thread
from proctoring.ingest import browser_events
from proctoring.live import presence
from proctoring.live.publish import record_event
from proctoring.models.live_event import Audience

log = logging.getLogger(__name__)

GRACE_S = 5.0
"""A page that is back within this time (a reload, a flicker of the network) was never gone."""
_TTL_S = 24 * 60 * 60
_tasks: "set[asyncio.Task[None]]" = set()


def came(attempt: Attempt, connection: str) -> None:
    """A page has connected; blocking. A gap since the last one is written down as lost time."""
    gone_at = cache.get(_gone_key(attempt.pk))
    if gone_at is not None:
        cache.delete(_gone_key(attempt.pk))
        now = clock.now()
        if now.timestamp() - gone_at > GRACE_S:
            lost_time.note_interval(attempt, Cause.CONNECTION, datetime.fromtimestamp(gone_at, UTC), now)
            _note_offline(attempt, gone_at, now.timestamp())
    presence.update(attempt.pk, connection=connection, connected=True)
    if cache.get(_key(attempt.pk)) is not True:
        cache.set(_key(attempt.pk), True, _TTL_S)
        _tell(attempt, connected=True)


def went(attempt: Attempt, connection: str) -> None:
    """A page has disconnected; blocking. Call `tell_later` afterwards."""
    seen = presence.read(attempt.pk)
    if seen.connection == connection:
        # The last sign of life: a dead line is noticed later than it broke.
        cache.set(_gone_key(attempt.pk), seen.last_seen or clock.now().timestamp(), _TTL_S)
    presence.disconnect(attempt.pk, connection)


def _note_offline(attempt: Attempt, begin: float, end: float) -> None:
    """Only of the exam itself: before the start and after the end nobody has to be there."""
    session = sessions.session_of(attempt)
    if session is None or attempt.started_at is None or attempt.state not in states.RUNNING:
        return
    coverage.note_offline(session.pk, max(begin, attempt.started_at.timestamp()), end)


def tell_later(attempt: Attempt) -> None:
    """Tells proctors after the grace, unless a page is back by then; call it on the event loop."""
    task = asyncio.get_running_loop().create_task(_tell_when_gone(attempt))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _tell_when_gone(attempt: Attempt) -> None:
    await asyncio.sleep(GRACE_S)
    try:
        await in_thread(_check_gone, attempt)
    except Exception:
        log.exception("attempt %s: its disconnection could not be told", attempt.pk)


def _check_gone(attempt: Attempt) -> None:
    if presence.read(attempt.pk).connected or cache.get(_key(attempt.pk)) is not True:
        return
    cache.set(_key(attempt.pk), False, _TTL_S)
    state = Attempt._base_manager.values_list("state", flat=True).get(pk=attempt.pk)
    if state in states.LIVE:  # who has handed in may go
        _tell(attempt, connected=False)


def _tell(attempt: Attempt, *, connected: bool) -> None:
    with within(attempt.institution), transaction.atomic():
        record_event(
            attempt.institution,
            kind="connection.changed",
            payload={"connected": connected, "candidate": _who(attempt)},
            audience=Audience.PROCTORS,
            sitting=attempt.enrolment.sitting,
            attempt=attempt,
        )


def tell_device(attempt: Attempt, device: str, state: str, label: str) -> None:
    """Keeps the state of "camera", "microphone" or "screen"; tells proctors when it has changed; blocking."""
    before = presence.read(attempt.pk)
    if device == "camera":
        presence.update(attempt.pk, camera=state, camera_label=label)
        is_new = (before.camera, before.camera_label) != (state, label)
    elif device == "screen":
        is_other_state = before.screen != state
        since = clock.now().timestamp() if is_other_state else before.screen_since
        presence.update(attempt.pk, screen=state, screen_label=label, screen_since=since)
        is_new = is_other_state or before.screen_label != label
    else:
        is_other_state = before.microphone != state
        since = clock.now().timestamp() if is_other_state else before.microphone_since
        presence.update(attempt.pk, microphone=state, microphone_label=label, microphone_since=since)
        is_new = is_other_state or before.microphone_label != label
    if not is_new:
        return
    payload = {"state": state, "label": label, "candidate": _who(attempt)}
    if device == "microphone":
        payload["program"] = program_of(label)
    with within(attempt.institution), transaction.atomic():
        record_event(
            attempt.institution,
            kind=f"{device}.changed",
            payload=payload,
            audience=Audience.PROCTORS,
            sitting=attempt.enrolment.sitting,
            attempt=attempt,
        )
    if device == "screen":
        return  # what is shared has no name of a program
    named = before.camera_label if device == "camera" else before.microphone_label
    program = program_behind(label) or (program_of(label) if device == "microphone" else "")
    if program and named != label:
        browser_events.note_own(attempt, BrowserKind.VIRTUAL_DEVICE, program)


def _who(attempt: Attempt) -> dict[str, object]:
    candidate = attempt.enrolment.candidate
    return {"id": candidate.pk, "name": str(candidate)}


def _gone_key(attempt_id: int) -> str:
    return f"connection-gone:{attempt_id}"


def _key(attempt_id: int) -> str:
    return f"connection-told:{attempt_id}"
