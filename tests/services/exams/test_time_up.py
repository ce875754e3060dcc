"""When the time is up: handed in by itself, a grace period, or abandoned; what late hand-ins are worth."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Institution, User
from exams import states
from exams.delivery import allowances, attempts, lost_time, time_up
from exams.delivery.expiry import Swept, sweep
from exams.delivery.journal import save_batch
from exams.delivery.late import send_late
from exams.delivery.receipts import journal_matches, verify_receipt
from exams.delivery.verification import verify_journal
from exams.marking import marks, releases
from exams.marking.overview import result_table
from exams.marking.rounds import questions_to_mark
from exams.models import Answer, Attempt, JournalEntry, Sitting
from exams.models.sitting import TimeUp
from exams.reports.columns import Subject, counted
from exams.scheduling.sittings import change_sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLate
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

S = timedelta(seconds=1)
MIN = timedelta(minutes=1)
Make = Callable[[TimeUp], Attempt]


@pytest.fixture
def make(scoped: Institution, candidate: User) -> Make:
    """An attempt of an hour that has begun now, with a grace period of 5 minutes where the rule has one."""

    def made(rule: TimeUp) -> Attempt:
        exam = make_exam(scoped, kinds=("single_choice", "essay"))
        return make_attempt(enrol(make_sitting(exam, time_up=rule, grace_minutes=5), candidate))

    return made


def end(attempt: Attempt) -> datetime:
    assert attempt.deadline_at is not None
    return attempt.deadline_at


def fresh(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_related("enrolment__sitting").get(pk=attempt.pk)


def swept(attempt: Attempt, moment: datetime) -> Attempt:
    with clock.at(moment):
        sweep()
    return fresh(attempt)


def hand_in(attempt: Attempt, moment: datetime, said: datetime | None = None) -> Attempt:
    with clock.at(moment):
        return time_up.hand_in(fresh(attempt), actor=None, device="device-1", handed_in_at=said)


def change(attempt: Attempt, number: int, at: datetime, value: str = "a") -> dict[str, Any]:
    item = attempt.paper.get(position=1).pk
    return {"client_sequence": number, "item": item, "value": value, "client_at": at.isoformat()}


def save(attempt: Attempt, moment: datetime, number: int = 1) -> Any:
    with clock.at(moment):
        return save_batch(fresh(attempt), device="device-1", changes=[change(attempt, number, moment)])


@pytest.mark.parametrize(
    ("rule", "after", "state"),
    [
        (TimeUp.AUTO_SUBMIT, 0 * S, states.IN_PROGRESS),
        (TimeUp.AUTO_SUBMIT, S, states.SUBMITTED),
        (TimeUp.GRACE, 0 * S, states.IN_PROGRESS),
        (TimeUp.GRACE, S, states.OVERDUE),
        (TimeUp.GRACE, 5 * MIN, states.OVERDUE),
        (TimeUp.GRACE, 5 * MIN + S, states.ABANDONED),
        (TimeUp.ABANDON, 0 * S, states.IN_PROGRESS),
        (TimeUp.ABANDON, S, states.ABANDONED),
    ],
)
def test_the_sweep_follows_the_rule_of_the_sitting(
    make: Make, rule: TimeUp, after: timedelta, state: str
) -> None:
    attempt = make(rule)
    assert swept(attempt, end(attempt) + after).state == state
    with clock.at(end(attempt) + after):
        assert sweep() == Swept(0, 0, 0)


def test_in_the_grace_period_one_hands_in_and_changes_nothing(make: Make) -> None:
    attempt = make(TimeUp.GRACE)
    save(attempt, end(attempt) - MIN)
    overdue = swept(attempt, end(attempt) + S)
    assert overdue.hand_in_until == end(attempt) + 5 * MIN
    with pytest.raises(TooLate):
        save(attempt, end(attempt) + MIN, 2)
    done = hand_in(attempt, end(attempt) + 2 * MIN)
    facts = (done.state, done.ended_by, done.ended_at, done.hand_in_until)
    assert facts == (states.SUBMITTED, "candidate", end(attempt) + 2 * MIN, None)
    assert done.marks.get(item__position=1).points == 1
    assert verify_journal(fresh(done)) is None


@pytest.mark.parametrize("rule", [TimeUp.GRACE, TimeUp.ABANDON])
def test_what_is_not_handed_in_keeps_its_answers_unmarked_until_a_person_accepts_it(
    make: Make, officer: User, rule: TimeUp
) -> None:
    attempt = make(rule)
    save(attempt, end(attempt) - MIN)
    last = end(attempt) + attempt.enrolment.sitting.grace
    left = swept(attempt, last + S)
    assert (left.state, left.ended_by, left.ended_at) == (states.ABANDONED, "clock", last)
    assert Answer.objects.get().value == "a"
    sitting = left.enrolment.sitting
    preview = releases.preview(sitting)
    assert (preview.attempts, preview.abandoned) == (0, 1)
    assert releases.preview(sitting, with_terminated=True).attempts == 0
    assert not left.marks.exists() and questions_to_mark(sitting) == []
    assert result_table(sitting, only="abandoned").attempts == [left.pk]
    assert result_table(sitting, only="unmarked").attempts == []
    assert counted(Subject(sitting.exam)).attempts == []
    item = left.paper.get(position=1)
    with pytest.raises(Conflict) as refusal:
        marks.override(item, points="1", comment="", reason="r", actor=officer)
    assert refusal.value.code == "not_handed_in"

    with pytest.raises(InvalidInput):
        time_up.accept(left, actor=officer, reason=" ")
    done = time_up.accept(left, actor=officer, reason="The fire alarm rang at the end")
    assert (done.state, done.ended_by) == (states.SUBMITTED, "officer")
    assert done.marks.get(item__position=1).points == 1
    entry = AuditEntry.objects.get(verb="attempt.accept")
    assert (entry.actor, entry.detail["reason"]) == (officer, "The fire alarm rang at the end")
    assert (releases.preview(sitting).attempts, releases.preview(sitting).abandoned) == (1, 0)


@pytest.mark.parametrize(
    ("rule", "said", "arrives", "state"),
    [
        (TimeUp.ABANDON, -5 * S, MIN, states.SUBMITTED),
        (TimeUp.ABANDON, 1 * S, 3 * S, states.SUBMITTED),  # 2 s of tolerance: on its way at the deadline
        (TimeUp.ABANDON, 30 * S, MIN, states.ABANDONED),
        (TimeUp.ABANDON, -5 * S, 11 * MIN, states.ABANDONED),
        (TimeUp.GRACE, -5 * S, 8 * MIN, states.SUBMITTED),
        (TimeUp.GRACE, 4 * MIN, 14 * MIN, states.SUBMITTED),
        (TimeUp.GRACE, 4 * MIN, 16 * MIN, states.ABANDONED),
        (TimeUp.GRACE, 6 * MIN, 7 * MIN, states.ABANDONED),
        (TimeUp.AUTO_SUBMIT, -5 * S, MIN, states.SUBMITTED),
    ],
)
@pytest.mark.parametrize("is_swept", [True, False], ids=["swept", "before_the_sweep"])
def test_a_hand_in_made_offline_counts_when_it_was_made_and_arrives_in_time(
    make: Make, rule: TimeUp, said: timedelta, arrives: timedelta, state: str, is_swept: bool
) -> None:
    attempt = make(rule)
    if is_swept:
        swept(attempt, end(attempt) + arrives)
    done = fresh(hand_in(attempt, end(attempt) + arrives, end(attempt) + said))
    assert done.state == state
    until = end(attempt) + attempt.enrolment.sitting.grace
    if state == states.ABANDONED:
        assert (done.claimed_hand_in_at, done.ended_at) == (end(attempt) + said, until)
    elif rule != TimeUp.AUTO_SUBMIT:
        assert (done.ended_by, done.ended_at) == ("candidate", min(end(attempt) + said, until))


def test_without_a_word_about_when_a_late_hand_in_is_none(make: Make) -> None:
    attempt = make(TimeUp.ABANDON)
    done = hand_in(attempt, end(attempt) + S)
    assert (done.state, done.claimed_hand_in_at) == (states.ABANDONED, None)


def test_only_the_device_that_holds_the_attempt_hands_in_late(make: Make) -> None:
    attempt = make(TimeUp.ABANDON)
    attempts.take_over(attempt, actor=None, device="phone")
    for moment in (end(attempt) - MIN, end(attempt) + S, end(attempt) + MIN):
        with pytest.raises(Conflict) as refusal:
            hand_in(attempt, moment, end(attempt) - 2 * MIN)
        assert refusal.value.code == "other_device"


@pytest.mark.parametrize("rule", list(TimeUp))
def test_answers_given_in_time_that_come_late_count_for_what_was_handed_in(make: Make, rule: TimeUp) -> None:
    attempt = make(rule)
    swept(attempt, end(attempt) + 90 * S)
    with clock.at(end(attempt) + 90 * S):
        sent = [change(attempt, 1, end(attempt) - 5 * S), change(attempt, 2, end(attempt) + 30 * S, "b")]
        result = send_late(fresh(attempt), device="device-1", changes=sent)
    assert (result.counted, result.kept) == ([1], {2: "given_after_end"})
    done = hand_in(attempt, end(attempt) + 2 * MIN, end(attempt) - S)
    assert done.state == states.SUBMITTED
    assert JournalEntry.objects.get().is_late and Answer.objects.get().value == "a"
    assert done.marks.get(item__position=1).points == 1
    assert journal_matches(fresh(done), verify_receipt(result.receipt))
    with clock.at(end(attempt) + 150 * S):
        again = send_late(fresh(done), device="device-1", changes=[change(attempt, 3, end(attempt) + MIN)])
    assert again.kept == {3: "given_after_end"}  # handed in after it, but answers were closed


def test_extra_time_in_the_grace_period_opens_the_answers_again(make: Make, officer: User) -> None:
    attempt = make(TimeUp.GRACE)
    deadline = end(attempt)
    swept(attempt, deadline + 2 * MIN)
    with clock.at(deadline + 2 * MIN):
        allowances.give(fresh(attempt).enrolment, actor=officer, extra_minutes=1)
    still = fresh(attempt)
    assert (still.state, still.hand_in_until) == (states.OVERDUE, deadline + 6 * MIN)
    with clock.at(deadline + 2 * MIN):
        send_late(still, device="device-1", changes=[change(attempt, 1, deadline - S)])
        allowances.give(fresh(attempt).enrolment, actor=officer, extra_minutes=9)
    back = fresh(attempt)
    assert (back.state, back.hand_in_until, back.deadline_at) == ("in_progress", None, deadline + 10 * MIN)
    save(attempt, deadline + 9 * MIN, 2)
    assert swept(attempt, deadline + 10 * MIN + S).hand_in_until == deadline + 15 * MIN
    # What came late at the first end says nothing about what waits at the second.
    with clock.at(deadline + 11 * MIN):
        result = send_late(
            fresh(attempt), device="device-1", changes=[change(attempt, 3, deadline + 10 * MIN - S)]
        )
    assert result.counted == [3]


def test_lost_time_moves_the_grace_period_as_well(make: Make, officer: User) -> None:
    attempt = make(TimeUp.GRACE)
    deadline = end(attempt)
    swept(attempt, deadline + S)
    with clock.at(deadline + 4 * MIN):
        sitting = fresh(attempt).enrolment.sitting
        lost_time.credit_sitting(
            sitting, deadline + MIN, deadline + 4 * MIN, actor=officer, reason="Power cut"
        )
    held = fresh(attempt)
    assert (held.state, held.hand_in_until) == (states.OVERDUE, deadline + 8 * MIN)


def test_terminated_in_the_grace_period_and_reinstated_has_the_rest_of_it(make: Make, proctor: User) -> None:
    attempt = make(TimeUp.GRACE)
    deadline = end(attempt)
    swept(attempt, deadline + S)
    with clock.at(deadline + 2 * MIN):
        attempts.terminate(fresh(attempt), actor=proctor, reason="Left the room")
    with clock.at(deadline + 30 * MIN):
        attempts.reinstate(fresh(attempt), actor=proctor)
    with clock.at(deadline + 32 * MIN):
        attempts.resume(fresh(attempt), actor=proctor)
    back = swept(attempt, deadline + 32 * MIN + S)
    assert (back.state, back.hand_in_until) == (states.OVERDUE, deadline + 35 * MIN)


def test_the_rule_stands_once_somebody_has_started(make: Make, officer: User) -> None:
    sitting = Sitting.objects.get(pk=make(TimeUp.GRACE).enrolment.sitting_id)
    for changes in ({"time_up": TimeUp.ABANDON}, {"grace_minutes": 1}):
        with pytest.raises(InvalidInput) as refusal:
            change_sitting(Sitting.objects.get(pk=sitting.pk), actor=officer, **changes)
        assert refusal.value.field == next(iter(changes))


@pytest.mark.parametrize("rule", list(TimeUp))
def test_whatever_happens_the_state_is_the_one_that_the_clock_means(
    make: Make, officer: User, rule: TimeUp
) -> None:
    """Forty random acts against a model of three facts: the deadline, the pause, the end."""
    source = random.Random(f"20261121 {rule}")
    for _ in range(2):
        attempt = make(rule)
        now, due, since, ended = clock.now(), end(attempt), None, ""
        grace = attempt.enrolment.sitting.grace
        for _ in range(20):
            act = source.choice(["wait", "wait", "minutes", "pause", "terminate", "late", "hand_in"])
            with clock.at(now):
                sweep()
                here = fresh(attempt)
                is_over = since is None and now > due
                if act == "minutes" and not ended:
                    allowances.give(here.enrolment, actor=officer, extra_minutes=6)
                    due += 6 * MIN
                elif act == "pause" and not ended and not is_over and since is None:
                    attempts.pause(here, actor=officer, reason="r")
                    since = now
                elif act == "pause" and not ended and since is not None:
                    attempts.resume(here, actor=officer)
                    due, since = due + (now - since), None
                elif act == "terminate" and not ended and since is None:
                    attempts.terminate(here, actor=officer, reason="r")
                    attempts.reinstate(fresh(attempt), actor=officer)
                    since = now
                elif act == "hand_in" and is_over and not ended and source.random() < 0.3:
                    time_up.hand_in(here, actor=None, device="device-1")
                    ended = states.SUBMITTED
            if act == "wait":
                now += source.choice([20 * S, 4 * MIN, 11 * MIN])
            is_over = since is None and now > due
            if not ended and is_over and (rule != TimeUp.GRACE or now > due + grace):
                ended = states.SUBMITTED if rule == TimeUp.AUTO_SUBMIT else states.ABANDONED
            expected = ended or (
                states.PAUSED if since else states.OVERDUE if is_over else states.IN_PROGRESS
            )
            assert swept(attempt, now).state == expected
