"""The sweep: hands in what is over, closes what cannot start, twice is once, one bad row stops nothing."""

from datetime import timedelta

import pytest

from accounts.models import Institution, User
from accounts.tenancy import across_all, within
from exams import states
from exams.delivery.expiry import Swept, sweep
from exams.models import Attempt, QuestionVersion
from proctor_site.kernel import clock
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting


def state_of(attempt: Attempt) -> str:
    attempt.refresh_from_db()
    return attempt.state


def test_overdue_attempts_of_all_institutions_are_handed_in_once(
    institution: Institution, other_institution: Institution, candidate: User, foreign_candidate: User
) -> None:
    here = make_attempt(enrol(make_sitting(make_exam(institution)), candidate))
    there = make_attempt(enrol(make_sitting(make_exam(other_institution)), foreign_candidate))
    assert here.deadline_at is not None
    with clock.at(max(here.deadline_at, there.deadline_at or here.deadline_at)):
        assert state_of(here) == states.IN_PROGRESS
    with clock.at(here.deadline_at + timedelta(seconds=30)):
        assert sweep() == Swept(2, 0, 0)
        assert sweep() == Swept(0, 0, 0)
    assert (state_of(here), here.ended_by, here.ended_at) == ("submitted", "clock", here.deadline_at)
    with across_all():
        assert there.marks.count() == 2
    assert state_of(there) == states.SUBMITTED


def test_time_left_pauses_and_ends_are_left_alone(institution: Institution, candidate: User) -> None:
    sitting = make_sitting(make_exam(institution), closes_at=clock.now() + timedelta(days=2))
    kept = (states.PAUSED, states.SUBMITTED, states.TERMINATED, states.READY)
    attempts = [
        make_attempt(enrol(make_sitting(sitting.exam, closes_at=sitting.closes_at), candidate), state=state)
        for state in kept
    ]
    running = make_attempt(enrol(sitting, candidate), deadline_at=clock.now() + timedelta(days=2))
    with clock.at(clock.now() + timedelta(days=1)):
        assert sweep() == Swept(0, 0, 0)
    assert [state_of(each) for each in attempts] == list(kept)
    assert state_of(running) == states.IN_PROGRESS


@pytest.mark.parametrize("state", states.WAITING)
@pytest.mark.parametrize(("late_entry", "hours"), [(None, 3), (90, 0.5)])
def test_waiting_attempts_lapse_after_the_last_start(
    institution: Institution, candidate: User, state: str, late_entry: int | None, hours: float
) -> None:
    sitting = make_sitting(make_exam(institution), late_entry_minutes=late_entry)
    attempt = make_attempt(enrol(sitting, candidate), state=state)
    last = sitting.opens_at + timedelta(hours=1 + hours)
    with clock.at(last - timedelta(seconds=1)):
        assert sweep() == Swept(0, 0, 0)
    with clock.at(last + timedelta(seconds=1)):
        assert sweep() == Swept(0, 1, 0)
        assert sweep() == Swept(0, 0, 0)
    assert state_of(attempt) == states.MISSED


def test_a_row_that_fails_does_not_hold_up_the_others(
    institution: Institution, candidate: User, second_candidate: User, caplog: pytest.LogCaptureFixture
) -> None:
    broken = make_attempt(enrol(make_sitting(make_exam(institution)), candidate))
    good = make_attempt(enrol(make_sitting(make_exam(institution)), second_candidate))
    with within(institution):
        item = broken.paper.order_by("position").first()
        assert item is not None
        QuestionVersion.objects.filter(pk=item.version_id).update(content={})
        broken.answers.create(
            institution=institution, item=item, value="a", saved_at=clock.now(), journal_sequence=1
        )
    with clock.at(clock.now() + timedelta(days=1)):
        assert sweep() == Swept(1, 0, 1)
    assert (state_of(broken), state_of(good)) == ("in_progress", "submitted")
    assert f"attempt {broken.pk}" in caplog.text
