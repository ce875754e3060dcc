"""Events after an id, for pages that connect or come back."""

from datetime import timedelta
from typing import Any

from django.db.models import Max, Q

from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from proctoring.live import messages
from proctoring.models.live_event import Audience, LiveEvent

MOST = 2_000
"""Events in one answer; a page that missed more reloads its rows instead."""
OVERLAP_IDS = 200
OVERLAP_AGE = timedelta(seconds=60)
# Ids are given before commit: a lower one may appear after a higher one was seen. No transaction of ours
# takes a minute, so looking back that far finds every late one; pages drop the repeats.


def for_proctors(sitting: Sitting, after: int) -> list[dict[str, Any]]:
    """Events of the sitting for proctors after the id `after`, oldest first, the newest `MOST` at most.

    Some ids up to `after` come again.
    """
    return _after(Q(sitting=sitting, audience=Audience.PROCTORS), after)


def for_candidate(attempt: Attempt, after: int) -> list[dict[str, Any]]:
    """Events of the attempt for its candidate after the id `after`, in the same way."""
    return _after(Q(attempt=attempt, audience=Audience.CANDIDATE), after)


def last_id(sitting: Sitting) -> int:
    """The highest id of an event for the sitting's proctors, 0 when there is none."""
    found = LiveEvent.objects.filter(sitting=sitting, audience=Audience.PROCTORS).aggregate(last=Max("id"))
    return found["last"] or 0


def _after(mine: Q, after: int) -> list[dict[str, Any]]:
    late = Q(id__gt=max(0, after - OVERLAP_IDS), created_at__gt=clock.now() - OVERLAP_AGE)
    rows = LiveEvent.objects.filter(mine & (Q(id__gt=after) | late)).order_by("-id")[:MOST]
    return [
        messages.event(row.pk, row.kind, row.created_at, row.attempt_id, row.payload)
        for row in reversed(rows)
    ]
