"""Breaks of a candidate's own: the clock stands still, the journal refuses, the server keeps the limit."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Institution, User
from exams import states
from exams.delivery import attempts, breaks, expiry
from exams.delivery.journal import save_batch
from exams.models import Allowance, Attempt, LostTime
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, TooLate
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

MINUTE = timedelta(minutes=1)


@pytest.fixture
def attempt(scoped: Institution, candidate: User) -> Attempt:
    enrolment = enrol(make_sitting(make_exam(scoped)), candidate)
    Allowance.objects.create(institution=scoped, enrolment=enrolment, break_minutes=10)
    return make_attempt(enrolment)


def take(attempt: Attempt, **how: Any) -> Attempt:
    return breaks.take(attempt, actor=None, **{"device": "device-1", **how})


def test_a_break_costs_no_working_time(attempt: Attempt) -> None:
    start, before = clock.now(), attempt.deadline_at
    assert before is not None
    with clock.at(start + MINUTE):
        assert take(attempt).state == states.PAUSED
        assert take(attempt).break_until == start + 11 * MINUTE
        with pytest.raises(Conflict) as refusal:
            save_batch(attempt, device="device-1", changes=[])
        assert refusal.value.code == "paused"
    with clock.at(start + 4 * MINUTE):
        assert breaks.end(attempt, actor=None, device="device-1").state == states.IN_PROGRESS
        assert breaks.end(attempt, actor=None, device="device-1").break_until is None
        assert breaks.seconds_left(attempt) == 7 * 60
    assert attempt.deadline_at == before + 3 * MINUTE
    assert LostTime.objects.get().cause == "break"


def test_a_break_ends_by_itself_to_the_second_however_late_the_sweep_is(attempt: Attempt) -> None:
    start, before = clock.now(), attempt.deadline_at
    assert before is not None
    with clock.at(start + MINUTE):
        take(attempt)
    with clock.at(start + 30 * MINUTE):
        assert expiry.sweep().breaks_ended == 1
        attempt.refresh_from_db()
        assert (attempt.state, attempt.deadline_at) == (states.IN_PROGRESS, before + 10 * MINUTE)
        with pytest.raises(Conflict) as refusal:
            take(attempt)
        assert refusal.value.code == "no_break"


def test_a_proctors_pause_is_not_the_candidates_to_end(attempt: Attempt, proctor: User) -> None:
    attempts.pause(attempt, actor=proctor, reason="Please wait")
    with pytest.raises(Conflict) as refusal:
        breaks.end(attempt, actor=None, device="device-1")
    assert refusal.value.code == "paused"


def test_who_may_not_take_a_break(attempt: Attempt) -> None:
    with pytest.raises(Conflict) as refusal:
        take(attempt, device="other")
    assert refusal.value.code == "other_device"
    assert attempt.deadline_at is not None
    with clock.at(attempt.deadline_at + MINUTE), pytest.raises(TooLate):
        take(attempt)
    Allowance.objects.all().delete()
    with pytest.raises(Conflict) as refusal:
        take(attempt)
    assert refusal.value.code == "no_break"
    assert attempt.state == states.IN_PROGRESS


def test_handing_in_during_a_break(attempt: Attempt) -> None:
    take(attempt)
    done = attempts.submit(attempt, actor=None, ended_by="candidate")
    assert (done.state, done.break_until, done.paused_at) == (states.SUBMITTED, None, None)
