"""Empties what is held in memory of a session, once that is committed; tried again while the cache is down.

What was committed cannot be taken back, so a cache that does not answer must not make the request fail.
"""

import logging
import threading
from collections.abc import Callable

from proctoring.analysis import context, heard, pace, recent
from proctoring.evidence import screen_ring
from proctoring.live import presence
from proctoring.models import MonitoringSession

log = logging.getLogger(__name__)
MOST_WAITING = 10_000
"""More sessions are not remembered for another try; what is held of them leaves the cache by age."""
_waiting: dict[tuple[int, int | None], Callable[[int, int | None], None]] = {}
_lock = threading.Lock()


def everything(session: MonitoringSession) -> None:
    """Drops reference, recent frames, voices, pictures of the screen and the small picture. Never raises."""
    _carry_out(session.pk, session.attempt_id, _everything)


def ended(session: MonitoringSession) -> None:
    """The same at the end of a session; numbers of recordings stay for those that come late. Never raises."""
    _carry_out(session.pk, session.attempt_id, _ended)


def try_again() -> int:
    """What could not be forgotten before, by this process; how many still wait."""
    with _lock:
        due = list(_waiting.items())
    for (session, attempt), work in due:
        try:
            work(session, attempt)
        except Exception as error:  # noqa: BLE001  (each cache back end has errors of its own)
            log.warning("session %s is still in the cache: %s", session, type(error).__name__)
            return len(due)  # the cache is down: the others would wait for it one after the other
        with _lock:
            if _waiting.get((session, attempt)) is work:
                del _waiting[session, attempt]
    return len(_waiting)


def _carry_out(session: int, attempt: int | None, work: Callable[[int, int | None], None]) -> None:
    try:
        work(session, attempt)
    except Exception:
        log.exception("what is held of session %s is not forgotten yet; it is tried again", session)
        with _lock:
            if len(_waiting) < MOST_WAITING and _waiting.get((session, attempt)) is not _everything:
                _waiting[session, attempt] = work


def _everything(session: int, attempt: int | None) -> None:
    context.forget(session)  # first: a capture under way looks at it last (`ingest.afterwards`)
    recent.forget(session)
    heard.forget(session)
    screen_ring.forget(session)
    if attempt is not None:
        presence.forget(attempt)


def _ended(session: int, attempt: int | None) -> None:
    context.forget(session)
    recent.forget(session)
    heard.end(session)
    screen_ring.forget(session)
    pace.forget(session)
    if attempt is not None:
        presence.forget(attempt)
