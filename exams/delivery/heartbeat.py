"""The pulse of the server: while it beats the server lives; a gap is an outage, noted for who was working."""

import logging
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


def beat() -> int:
    """One beat, of any web process; how many attempts lost time in the gap before it (0 without a gap).

    Who notices the gap writes it down in the same transaction, so that it is done once and not forgotten.
    """
    with transaction.atomic():
        now = clock.now()
        pulse, is_new = ServerPulse.objects.select_for_update().get_or_create(
            pk=_ONLY, defaults={"beat_at": now}
        )
        if is_new or pulse.beat_at >= now:
            return 0
        before, pulse.beat_at = pulse.beat_at, now
        pulse.save(update_fields=["beat_at"])
        if not OUTAGE_AFTER < now - before < BELIEVED_FOR:
            return 0
        return _write_down(before, now)


def is_stale() -> bool:
    """Whether no web process lives at the moment, although one has: nobody is handed in by the clock then."""
    newest = ServerPulse.objects.filter(pk=_ONLY).values_list("beat_at", flat=True).first()
    return newest is not None and OUTAGE_AFTER < clock.now() - newest < BELIEVED_FOR


def _write_down(before: datetime, now: datetime) -> int:
    # _base_manager: an outage hits every institution.
    working = Attempt._base_manager.filter(state=states.IN_PROGRESS, started_at__lt=now)
    noted = 0
    for attempt in working.select_related("institution"):
        with within(attempt.institution):
            noted += lost_time.note_interval(attempt, Cause.OUTAGE, before, now) is not None
    log.warning("the server was out from %s to %s: %d attempts lost time", before, now, noted)
    return noted
