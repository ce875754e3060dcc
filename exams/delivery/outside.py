"""Attempts of exams that another system delivers: that system says when they begin and end (decision 0173).

There is no paper, no check-in and no hand-in here. One candidate has one such attempt at a time in a sitting,
and any number one after the other.
"""

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states, timing
from exams.delivery import admission, attempts
from exams.models import Attempt, Enrolment, Sitting
from exams.models.attempt import EndedBy
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput

NO_PAGE_OF_OURS = "Another system delivers this exam: nothing written or asked here reaches the candidate."
_WAY_IN = ("check_in", "admit")
_DEVICE = "outside"


def require_open(sitting: Sitting) -> None:
    """Raises InvalidInput `not_outside`, and Conflict (cancelled, too_early, closed) unless one may begin."""
    if not sitting.exam.is_outside:
        raise InvalidInput(
            "This sitting is of an exam that is taken here. Name one that another system delivers.",
            field="sitting",
            code="not_outside",
        )
    if sitting.cancelled_at is not None:
        raise Conflict("This sitting has been cancelled.", code="cancelled", field="sitting")
    now, window = clock.now(), sitting.window
    if now < window.opens_at:
        opens = admission.in_words(window.opens_at, sitting)
        raise Conflict(f"This sitting opens on {opens}.", code="too_early", field="sitting")
    if now > timing.latest_start(window):
        until = admission.in_words(timing.latest_start(window), sitting)
        raise Conflict(f"Sessions of this sitting could begin until {until}.", code="closed", field="sitting")


def begin(enrolment: Enrolment, *, actor: User | None) -> Attempt:
    """A running attempt of the enrolment, which ends with the sitting's working time at the latest.

    Raises what `require_open` raises, and Conflict `candidate_active` while the candidate has another one.
    """
    with transaction.atomic():
        lock(enrolment, "sitting__exam", "institution", "candidate")
        require_open(enrolment.sitting)
        if enrolment.attempts.filter(state__in=states.LIVE).exists():
            raise Conflict(
                "Another session of this candidate goes on in this sitting. End it first.",
                code="candidate_active",
                field="candidate_id",
            )
        attempt = Attempt.objects.create(institution=enrolment.institution, enrolment=enrolment, seed=0)
        audit.record(enrolment.institution, attempt, "attempt.opened", actor=actor)
        for verb in _WAY_IN:
            attempts.move(attempt, verb, actor=actor)
        now, extra = clock.now(), admission.extra_of(enrolment)
        deadline = timing.deadline_at_start(now, admission.window_of(enrolment), extra=extra)
        values = {
            "started_at": now,
            "deadline_at": deadline,
            "device": _DEVICE,
            "devices": [_DEVICE],
            "extra_seconds": round(extra.total_seconds()),
        }
        attempts.move(attempt, "start", actor=actor, values=values)
    return attempt


def end(attempt: Attempt, *, actor: User | None) -> Attempt:
    """The other system says that it is over. Nothing happens when it has ended already."""
    with transaction.atomic():
        lock(attempt)
        if attempt.state in states.ENDED:
            return attempt
        return attempts.submit(attempt, actor=actor, ended_by=EndedBy.SYSTEM)
