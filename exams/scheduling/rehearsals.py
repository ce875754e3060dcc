"""What only a rehearsal with made-up people may do to a sitting (decision 0189)."""

from django.db import transaction

from accounts import audit
from exams.models import Sitting
from proctor_site.kernel import clock

_DAYS = 1


def turn_into_practice(sitting: Sitting) -> None:
    """Makes the sitting practice although it has begun: from here on nobody counts it.

    What its attempts hold can then be thrown away. A second time changes nothing.
    """
    if sitting.is_practice:
        return
    sitting.is_practice, sitting.practice_days = True, _DAYS
    with transaction.atomic():
        sitting.save(update_fields=["is_practice", "practice_days"])
        audit.record(sitting.institution, sitting, "sitting.turned_into_practice")


def close_now(sitting: Sitting) -> None:
    """Closes the window at this moment, so that who has not started no longer can."""
    now = clock.now()
    if sitting.closes_at <= now:
        return
    sitting.closes_at = now
    with transaction.atomic():
        sitting.save(update_fields=["closes_at"])
        audit.record(sitting.institution, sitting, "sitting.closed")
