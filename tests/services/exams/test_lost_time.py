"""The ledger of lost time: outages found by the pulse, policy, overlaps, and a whole sitting at once."""

from datetime import timedelta

import pytest

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import across_all
from exams import states
from exams.delivery import attempts, heartbeat, journal, lost_time
from exams.delivery.expiry import sweep
from exams.models import Attempt, LostTime, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, Unavailable
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

S = timedelta(seconds=1)


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    return make_sitting(make_exam(scoped))


@pytest.fixture
def attempt(sitting: Sitting, candidate: User) -> Attempt:
    return make_attempt(enrol(sitting, candidate))


def moved(attempt: Attempt) -> timedelta:
    """How far the deadline is from the one at the start."""
    fresh = Attempt.objects.get(pk=attempt.pk)
    assert fresh.deadline_at is not None and attempt.deadline_at is not None
    return fresh.deadline_at - attempt.deadline_at


def beat_at(moment: object) -> int:
    with clock.at(moment), across_all():  # type: ignore[arg-type]
        return heartbeat.beat()


def test_an_outage_is_found_credited_once_and_holds_back_the_clock(attempt: Attempt) -> None:
    start, before = clock.now(), Attempt.objects.get(pk=attempt.pk)
    assert attempt.deadline_at is not None
    for second in range(3):
        assert beat_at(start + second * S) == 0
    back = attempt.deadline_at + 120 * S
    with clock.at(back):
        assert sweep().ended == 0  # nobody could answer since the last beat
    last = start + 2 * S
    assert beat_at(back) == 1
    assert beat_at(back + S) == 0
    row = LostTime.objects.get()
    assert (row.cause, row.started_at, row.ended_at) == ("outage", last, back)
    assert row.why_not == "most_reached"
    assert moved(before) == 1800 * S
    with clock.at(back + 2 * S):
        beat_at(back + 2 * S)
        assert sweep().ended == 0


def test_a_clock_that_is_set_forwards_takes_nobodys_time_and_no_answer_is_late(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, before = clock.now(), Attempt.objects.get(pk=attempt.pk)
    assert attempt.deadline_at is not None
    monkeypatch.setattr(heartbeat, "_last", None)
    monkeypatch.setattr(clock, "steady", lambda: 0.0)  # the process goes on for no time at all
    beat_at(start)
    after = attempt.deadline_at + 3600 * S
    with clock.at(after):
        with pytest.raises(Unavailable):  # not "too late": the page sends it again
            journal.save_batch(attempt, device="device-1", changes=[])
        assert sweep().ended == 0
        assert beat_at(after) == 1
        assert journal.save_batch(attempt, device="device-1", changes=[]).refused == []
        assert sweep().ended == 0
    assert moved(before) == 7200 * S, "all of it, more than a sitting gives back by itself"


def test_after_a_clock_was_set_back_the_next_outage_is_found(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, before = clock.now(), Attempt.objects.get(pk=attempt.pk)
    steady = [0.0]
    monkeypatch.setattr(heartbeat, "_last", None)
    monkeypatch.setattr(clock, "steady", lambda: steady[0])
    beat_at(start + 3600 * S)
    steady[0] += 1
    beat_at(start + 60 * S)
    assert moved(before) == 0 * S
    steady[0] += 60
    beat_at(start + 120 * S)
    assert moved(before) == 60 * S


def test_the_beat_of_a_slower_clock_sets_nothing_back(attempt: Attempt) -> None:
    start, before = clock.now(), Attempt.objects.get(pk=attempt.pk)
    beat_at(start + 30 * S)  # another host, whose clock is ahead
    beat_at(start + 29 * S)
    beat_at(start + 31 * S)
    assert moved(before) == 0 * S


def test_an_outage_is_credited_to_two_seconds(attempt: Attempt) -> None:
    start, before = clock.now(), Attempt.objects.get(pk=attempt.pk)
    beat_at(start + 10 * S)
    beat_at(start + 250.3 * S)
    assert abs(moved(before) - 240.3 * S) <= 2 * S


def test_intervals_that_overlap_count_once(attempt: Attempt, sitting: Sitting) -> None:
    start, before = clock.now(), Attempt.objects.get(pk=attempt.pk)
    with clock.at(start + 60 * S):
        attempts.pause(attempt, actor=None, reason="Alarm")
    with clock.at(start + 120 * S):
        attempts.resume(attempt, actor=None)
    with clock.at(start + 300 * S):
        lost_time.note_interval(attempt, "outage", start + 90 * S, start + 150 * S)
        lost_time.note_interval(attempt, "outage", start + 90 * S, start + 150 * S)
        how = {"actor": None, "reason": "Network of the hall"}
        lost_time.credit_sitting(sitting, start + 60 * S, start + 200 * S, **how)  # type: ignore[arg-type]
        lost_time.credit_sitting(sitting, start + 60 * S, start + 200 * S, **how)  # type: ignore[arg-type]
    assert moved(before) == 140 * S
    fresh = Attempt.objects.get(pk=attempt.pk)
    assert fresh.credited_seconds == sum(LostTime.objects.values_list("credited_seconds", flat=True)) == 140


def test_a_lost_connection_is_noted_and_given_back_only_where_the_sitting_says_so(attempt: Attempt) -> None:
    start, before = clock.now(), Attempt.objects.get(pk=attempt.pk)
    with clock.at(start + 100 * S):
        row = lost_time.note_interval(attempt, "connection", start + 10 * S, start + 70 * S)
        assert row is not None and (row.credited_seconds, row.why_not) == (0, "not_by_itself")
        Sitting.objects.update(credits_connection=True)
        row = lost_time.note_interval(attempt, "connection", start + 71 * S, start + 99 * S)
    assert row is not None and row.credited_seconds == 28
    assert moved(before) == 28 * S


def test_what_is_no_working_time_is_not_lost(attempt: Attempt, scoped: Institution) -> None:
    start = clock.now()
    assert attempt.started_at is not None
    early = attempt.started_at - 60 * S
    assert lost_time.note_interval(attempt, "outage", early, attempt.started_at) is None
    with clock.at(start + 10 * S):
        attempts.pause(attempt, actor=None, reason="Alarm")
    with clock.at(start + 60 * S):
        assert lost_time.note_interval(attempt, "outage", start + 20 * S, start + 50 * S) is None
    other = enrol(attempt.enrolment.sitting, make_member(scoped, Role.CANDIDATE))
    ended = make_attempt(other, state=states.SUBMITTED)
    assert lost_time.note_interval(ended, "outage", start - 9 * S, start) is None


@pytest.mark.parametrize(
    ("first", "last", "reason", "field"),
    [
        (10, 5, "x", "ended_at"),
        (-5, 60, "x", "ended_at"),
        (-50_000, -1, "x", "started_at"),
        (-10, -5, " ", "reason"),
    ],
)
def test_bad_intervals_are_named(sitting: Sitting, first: int, last: int, reason: str, field: str) -> None:
    now = clock.now()
    with pytest.raises(InvalidInput) as refusal:
        lost_time.credit_sitting(sitting, now + first * S, now + last * S, actor=None, reason=reason)
    assert refusal.value.field == field
