"""Deletes what practice attempts hold, for good.

Some days after their end, or at once when their candidate wants it. The attempt itself stays as an empty
shell, with its audit entries (docs/decisions/0058).
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.models import User
from accounts.tenancy import within
from accounts.transitions import lock
from exams import states
from exams.delivery import records
from exams.models import Attempt, Sitting
from exams.signals import attempt_thrown_away, practice_due
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict

log = logging.getLogger(__name__)
BATCH = 50
"""Attempts of one sweep; the rest follows with the next one."""
_VERB = "attempt.thrown_away"


def due_at(attempt: Attempt) -> datetime | None:
    """When everything of an ended practice attempt is deleted; None for all others."""
    sitting = attempt.enrolment.sitting
    if not sitting.is_practice or attempt.ended_at is None:
        return None
    return attempt.ended_at + timedelta(days=sitting.practice_days)


def throw_away(attempt: Attempt, *, actor: User | None) -> Attempt:
    """Deletes answers, journal, files, paper and marks of a practice attempt, and what others keep beside it.

    A second time changes nothing. One audit entry says how many rows of each sort there were. The files
    leave their stores after the commit (`accounts.stored_files`). Raises Conflict: not_practice, not_ended.
    """
    with transaction.atomic():
        lock(attempt)
        if attempt.thrown_away_at is not None:
            return attempt
        if not attempt.enrolment.sitting.is_practice:
            raise Conflict("Only attempts of practice sittings are thrown away.", code="not_practice")
        if attempt.state not in states.ENDED:
            raise Conflict("Hand in first; then you can delete your practice data.", code="not_ended")
        counts: dict[str, int] = {}
        heard: list[Any] = attempt_thrown_away.send(sender=Attempt, attempt=attempt, actor=actor)
        for _, found in heard:
            counts |= found
        counts |= records.delete(attempt, at="thrown_away_at")
        audit.record(attempt.institution, attempt, _VERB, actor=actor, detail=counts)
    return attempt


def in_words(attempt: Attempt) -> str:
    """For commands and pages that look for what is gone: when it went."""
    if attempt.thrown_away_at is not None:
        return f"thrown away on {attempt.thrown_away_at:%Y-%m-%d at %H:%M %Z}, as announced"
    erased_at = attempt.records_erased_at
    return f"erased on {erased_at:%Y-%m-%d at %H:%M %Z}, after its period or on request" if erased_at else ""


def was_announced(attempt: Attempt) -> bool:
    """Whether a thrown away attempt is one of practice and its audit log, unbroken, says so.

    An empty shell alone proves nothing: whoever deletes a journal could set the moment too.
    """
    return attempt.enrolment.sitting.is_practice and records.is_noted(attempt, _VERB)


def sweep() -> int:
    """Throws away what is due, of all institutions, in small batches; how many attempts.

    Each attempt is a transaction of its own: a stop in between loses nothing and the next sweep goes on. One
    that fails is logged and holds up nobody.
    """
    done = 0
    rows: Any = _due()
    for _, free in practice_due.send(sender=Attempt, rows=rows):
        rows = free
    rows = rows.select_related("institution", "enrolment__sitting").order_by("pk")
    for attempt in list(rows[: 4 * BATCH]):
        try:
            with within(attempt.institution):
                throw_away(attempt, actor=None)
        except Exception:  # noqa: BLE001  (whatever is wrong with one must not stop the others)
            log.exception("practice attempt %s could not be thrown away", attempt.pk)
            continue
        done += 1
        if done >= BATCH:
            break
    return done


def _due() -> QuerySet[Attempt]:
    # _base_manager: the sweep means every institution. Adding days of a column to a time differs between
    # databases; there are 90 values at most.
    practice = Sitting._base_manager.filter(is_practice=True)
    now, over = clock.now(), Q(pk__in=[])
    for days in practice.order_by().values_list("practice_days", flat=True).distinct():
        over |= Q(enrolment__sitting__practice_days=days, ended_at__lte=now - timedelta(days=days))
    rows: QuerySet[Attempt] = Attempt._base_manager.filter(
        over, enrolment__sitting__in=practice, state__in=states.ENDED, thrown_away_at=None
    )
    return rows
