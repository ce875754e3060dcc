"""Minutes that a proctor gives while an attempt runs, and takes back again while it does."""

import uuid
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states
from exams.delivery import allowances
from exams.models import Allowance, Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring.models import TimeGift
from proctoring.models.supervision import ActKind
from proctoring.permissions import require_watch
from proctoring.supervision.telling import tell_both
from proctoring.wording import reason_for

MOST_MINUTES = 120


def give_time(
    attempt: Attempt, *, proctor: User, minutes: Any, reason: Any = "", reason_code: Any = ""
) -> TimeGift:
    """Gives minutes at once, on top of what else was agreed; the candidate reads how many, and why.

    Raises InvalidInput (`minutes`, `reason`, `reason_code`), Conflict `not_running`.
    """
    require_watch(attempt, proctor)
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= minutes <= MOST_MINUTES:
        raise InvalidInput(f"Give whole minutes from 1 to {MOST_MINUTES}.", field="minutes")
    why = reason_for(attempt, ActKind.GIVE_TIME, reason=reason, reason_code=reason_code, required=True)
    with transaction.atomic():
        batch = uuid.uuid4()
        terms = {"extra_minutes": minutes, "reason": f"Given by {proctor} in the exam: {why.told}"[:1_000]}
        # Locks enrolment and attempt, in the order in which the office's actions do.
        allowances.give(attempt.enrolment, actor=proctor, batch=batch, **terms)
        _require_running(attempt)
        gift = TimeGift.objects.create(
            institution=attempt.institution,
            attempt=attempt,
            proctor=proctor,
            minutes=minutes,
            reason=why.told,
            reason_code=why.code,
            batch=batch,
            given_at=clock.now(),
        )
        detail = {"minutes": minutes, "gift": gift.pk, "reason": why.told, **why.detail}
        audit.record(attempt.institution, attempt, "attempt.time_given", actor=proctor, detail=detail)
        told = {"id": gift.pk, "minutes": minutes, "reason": why.told, "language": why.language}
        tell_both(attempt, "time.given", told)
    return gift


def take_time_back(gift: TimeGift, *, proctor: User) -> TimeGift:
    """Takes all of a gift back while the attempt runs. A repeat changes nothing.

    Raises Conflict `not_running`, and `would_end` when its time is used already.
    """
    attempt = gift.attempt
    require_watch(attempt, proctor)
    with transaction.atomic():
        lock(gift)
        if gift.taken_back_at is not None:
            return gift
        allowance = Allowance.objects.filter(enrolment=attempt.enrolment, batch=gift.batch).first()
        if allowance is not None:
            allowance.enrolment = attempt.enrolment
            allowances.withdraw(allowance, actor=proctor)
        _require_running(attempt)
        gift.taken_back_at, gift.taken_back_by = clock.now(), proctor
        gift.save(update_fields=["taken_back_at", "taken_back_by"])
        detail = {"minutes": gift.minutes, "gift": gift.pk}
        audit.record(attempt.institution, attempt, "attempt.time_taken_back", actor=proctor, detail=detail)
        tell_both(attempt, "time.taken_back", {"id": gift.pk, "minutes": gift.minutes})
    return gift


def _require_running(attempt: Attempt) -> None:
    """Reads the attempt anew: it was locked, and has its new deadline."""
    attempt.refresh_from_db(fields=["state", "deadline_at", "extra_seconds", "hand_in_until"])
    if attempt.state not in states.RUNNING:
        raise Conflict(
            f"This attempt is {states.WORDS[attempt.state]}; time is given while it runs.", code="not_running"
        )
