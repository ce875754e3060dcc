"""Interviews of cases for tests, brought to a state the way people bring them there."""

from datetime import datetime, timedelta

from accounts.models import User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring import states
from proctoring.interviews import answers, offers, outcome
from proctoring.models import Case, Interview


def slot_in(days: float) -> datetime:
    """A time so many days ahead, on the minute."""
    return (clock.now() + timedelta(days=days)).replace(second=0, microsecond=0)


def make_case_interview(
    case: Case, host: User, *, state: str = states.INTERVIEW_OFFERED, reason: str = "How you worked."
) -> Interview:
    """An interview of the case that `host` offers and holds, in `state` (offered, agreed or held).

    Its times are in two and in three days; one that is agreed or held begins in two days.
    """
    candidate = case.session.candidate
    assert candidate is not None
    with within(case.institution):
        times = [slot_in(2), slot_in(3)]
        found = offers.offer(case, actor=host, host=host, minutes=30, slots=times, reason=reason)
        if state in (states.INTERVIEW_AGREED, states.INTERVIEW_HELD):
            slot = answers.choosable(found)[0]
            answers.agree(found, candidate=candidate, slot_id=slot.pk)
        if state == states.INTERVIEW_HELD:
            with clock.at(times[0] + timedelta(minutes=20)):
                outcome.record(found, actor=host, outcome="consistent", text="Each step was explained.")
    return found
