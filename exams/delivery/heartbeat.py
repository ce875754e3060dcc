"""The pulse of the server: while it beats the server lives; a gap is an outage, noted for who was working.

A clock that is set forwards makes a gap as well, in which nobody had time; the steady clock of the process
tells the two apart (decision 0192).
"""

import logging
import threading
from datetime import datetime, timedelta

from django.db import transaction

from accounts.tenancy import within
from exams import states
from exams.delivery import lost_time
from exams.models import Attempt, ServerPulse
from exams.models.lost_time import Cause
from proctor_site.kernel import clock

log = logging.getLogger(__name__)

EVERY_S = 1.0
OUTAGE_AFTER = timedelta(seconds=5)
"""So long without a beat is an outage; a busy second is none."""
BELIEVED_FOR = timedelta(hours=12)
"""A server that was switched off overnight has no exam running."""
_ONLY = 1
_last: tuple[datetime, float] | None = None
"""When this process beat last, by the clock and by the steady clock, which nobody sets."""
_turn = threading.Lock()


def beat() -> int:
    """One beat, of any web process; how many attempts lost time in the gap before it (0 without a gap).

    Who notices the gap writes it down in the same transaction, so that it is done once and not forgotten.
    Time that a clock has jumped over is given back whole, beyond what the sitting's policy gives for outages;
    after a jump backwards the pulse goes on from the new time, or outages were not noticed until the old one.
    """
    global _last
    with _turn:
        steady, now = clock.steady(), clock.now()
        jump = _jumped(_last, now, steady)
        noted = _beat(now, jump)
        _last = now, steady  # only now: a beat that failed is made up for by the next one
    return noted


def _jumped(last: tuple[datetime, float] | None, now: datetime, steady: float) -> timedelta:
    """By how much the clock was set since; 0 for what clocks are corrected by, second by second."""
    if last is None:
        return timedelta(0)
    jump = (now - last[0]) - timedelta(seconds=steady - last[1])
    return jump if abs(jump) > OUTAGE_AFTER else timedelta(0)


def _beat(now: datetime, jump: timedelta) -> int:
    with transaction.atomic():
        pulse, is_new = ServerPulse.objects.select_for_update().get_or_create(
            pk=_ONLY, defaults={"beat_at": now}
        )
        if jump < timedelta(0) and pulse.beat_at > now:
            log.warning("the clock of the server was set back by %s", -jump)
            pulse.beat_at = now
            pulse.save(update_fields=["beat_at"])
        if is_new or pulse.beat_at >= now:
            return 0
        before, pulse.beat_at = pulse.beat_at, now
        pulse.save(update_fields=["beat_at"])
        if not OUTAGE_AFTER < now - before < BELIEVED_FOR:
            return 0
        return _write_down(before, now, by_policy=jump <= timedelta(0))


def is_stale() -> bool:
    """Whether no web process lives at the moment, although one has: nobody is handed in by the clock then."""
    newest = ServerPulse.objects.filter(pk=_ONLY).values_list("beat_at", flat=True).first()
    return newest is not None and OUTAGE_AFTER < clock.now() - newest < BELIEVED_FOR


def _write_down(before: datetime, now: datetime, *, by_policy: bool) -> int:
    # _base_manager: an outage hits every institution.
    working = Attempt._base_manager.filter(state=states.IN_PROGRESS, started_at__lt=now)
    noted = 0
    for attempt in working.select_related("institution"):
        with within(attempt.institution):
            row = lost_time.note_interval(attempt, Cause.OUTAGE, before, now, by_policy=by_policy)
            noted += row is not None
    what = "server was out" if by_policy else "clock of the server jumped"
    log.warning("the %s from %s to %s: %d attempts lost time", what, before, now, noted)
    return noted
