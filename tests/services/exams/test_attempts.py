"""The verbs of an attempt: windows, deadlines, pauses, devices, repeats, and the signal of each move."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.audit import first_broken_entry, stream_of
from accounts.models import AuditEntry, Institution, User
from exams import states
from exams.delivery import attempts
from exams.models import Allowance, Attempt, Enrolment, LostTime, Sitting
from exams.signals import attempt_moved
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Refusal, TooLate
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

OPENS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    """9:00 to 12:00, an hour of working time, late entry for 30 minutes."""
    return make_sitting(
        make_exam(scoped),
        opens_at=OPENS,
        closes_at=OPENS + 180 * MINUTE,
        duration_minutes=60,
        late_entry_minutes=30,
    )


@pytest.fixture
def enrolment(sitting: Sitting, candidate: User) -> Enrolment:
    return enrol(sitting, candidate)


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """Every signal that is sent during the test."""
    heard: list[dict[str, Any]] = []

    def listen(sender: object, **facts: Any) -> None:
        heard.append(facts)

    attempt_moved.connect(listen)
    yield heard
    attempt_moved.disconnect(listen)


def ready(enrolment: Enrolment, at: datetime) -> Attempt:
    with clock.at(at):
        attempt = attempts.open_attempt(enrolment, actor=enrolment.candidate)
        attempts.check_in(attempt, actor=enrolment.candidate)
        return attempts.admit(attempt, actor=None)


def started(enrolment: Enrolment, at: datetime = OPENS) -> Attempt:
    attempt = ready(enrolment, at)
    with clock.at(at):
        return attempts.start(attempt, actor=enrolment.candidate, device="laptop")


def code_of(refusal: pytest.ExceptionInfo[Refusal]) -> str:
    return refusal.value.code


def test_the_whole_line_writes_audit_and_tells_each_move(
    enrolment: Enrolment, proctor: User, told: list[dict[str, Any]]
) -> None:
    attempt = started(enrolment)
    with clock.at(OPENS + 10 * MINUTE):
        attempts.pause(attempt, actor=proctor, reason="Fire alarm")
    with clock.at(OPENS + 15 * MINUTE):
        attempts.resume(attempt, actor=proctor)
        attempts.submit(attempt, actor=enrolment.candidate, ended_by="candidate", device="laptop")
    moves = [(each["before"], each["verb"], each["reason"]) for each in told]
    assert moves == [
        ("scheduled", "check_in", ""),
        ("checking_in", "admit", ""),
        ("ready", "start", ""),
        ("in_progress", "pause", "Fire alarm"),
        ("paused", "resume", ""),
        ("in_progress", "submit", ""),
    ]
    verbs = AuditEntry.objects.filter(stream=stream_of(attempt)).order_by("sequence")
    assert list(verbs.values_list("verb", flat=True))[0] == "attempt.opened"
    assert verbs.count() == 7
    assert first_broken_entry(attempt.institution, stream_of(attempt)) is None
    attempt.refresh_from_db()
    assert (attempt.state, attempt.ended_by, attempt.ended_at) == (
        "submitted",
        "candidate",
        OPENS + 15 * MINUTE,
    )


def test_opening_twice_gives_the_same_attempt_and_paper(enrolment: Enrolment, candidate: User) -> None:
    with clock.at(OPENS):
        first = attempts.open_attempt(enrolment, actor=candidate)
        paper = list(first.paper.values_list("pk", flat=True))
        second = attempts.open_attempt(enrolment, actor=candidate)
    assert first == second
    assert len(paper) == 2
    assert list(second.paper.values_list("pk", flat=True)) == paper


@pytest.mark.parametrize(
    ("minutes", "code"), [(-61, "too_early"), (-60, None), (0, None), (30, None), (31, "too_late")]
)
def test_check_in_opens_an_hour_before_and_closes_with_late_entry(
    enrolment: Enrolment, candidate: User, minutes: int, code: str | None
) -> None:
    with clock.at(OPENS + minutes * MINUTE):
        if code is None:
            assert attempts.open_attempt(enrolment, actor=candidate).state == states.SCHEDULED
            return
        with pytest.raises(Conflict) as refusal:
            attempts.open_attempt(enrolment, actor=candidate)
    assert code_of(refusal) == code
    assert not Attempt.objects.exists()


def test_what_is_over_or_off_cannot_be_opened(enrolment: Enrolment, candidate: User) -> None:
    done = make_attempt(enrolment, state=states.SUBMITTED)
    with clock.at(OPENS), pytest.raises(Conflict) as refusal:
        attempts.open_attempt(enrolment, actor=candidate)
    assert code_of(refusal) == "already_ended"
    for item in done.paper.all():
        item.delete()
    done.delete()
    Sitting.objects.update(cancelled_at=OPENS)
    enrolment.refresh_from_db()
    with clock.at(OPENS), pytest.raises(Conflict) as refusal:
        attempts.open_attempt(enrolment, actor=candidate)
    assert code_of(refusal) == "cancelled"
    Enrolment.objects.update(withdrawn_at=OPENS)
    with clock.at(OPENS), pytest.raises(Conflict) as refusal:
        attempts.open_attempt(enrolment, actor=candidate)
    assert code_of(refusal) == "withdrawn"


def test_an_exam_without_questions_cannot_be_opened(scoped: Institution, candidate: User) -> None:
    enrolment = enrol(make_sitting(make_exam(scoped, kinds=())), candidate)
    with pytest.raises(Conflict) as refusal:
        attempts.open_attempt(enrolment, actor=candidate)
    assert code_of(refusal) == "no_questions"
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(
    ("after", "deadline"),
    [(timedelta(0), 60), (30 * MINUTE, 90)],
)
def test_start_sets_the_deadline(enrolment: Enrolment, after: timedelta, deadline: int) -> None:
    attempt = started(enrolment, OPENS + after)
    assert attempt.deadline_at == OPENS + deadline * MINUTE
    assert (attempt.started_at, attempt.device, attempt.devices) == (OPENS + after, "laptop", ["laptop"])


def test_allowances_move_the_deadline(enrolment: Enrolment) -> None:
    for extra, factor in ((10, 1), (5, 1.25), (0, 1.5)):
        Allowance.objects.create(
            institution=enrolment.institution, enrolment=enrolment, extra_minutes=extra, factor=factor
        )
    assert started(enrolment).deadline_at == OPENS + (60 + 15 + 30) * MINUTE


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (OPENS - timedelta(microseconds=1), "too_early"),
        (OPENS + 30 * MINUTE + timedelta(microseconds=1), "too_late"),
    ],
)
def test_start_outside_the_entry_window_is_refused(enrolment: Enrolment, moment: datetime, code: str) -> None:
    attempt = ready(enrolment, OPENS - 10 * MINUTE)
    with clock.at(moment), pytest.raises(Conflict) as refusal:
        attempts.start(attempt, actor=None, device="laptop")
    assert code_of(refusal) == code
    attempt.refresh_from_db()
    assert (attempt.state, attempt.started_at) == (states.READY, None)


def test_a_repeated_start_changes_nothing_and_another_device_is_refused(enrolment: Enrolment) -> None:
    attempt = started(enrolment)
    with clock.at(OPENS + 5 * MINUTE):
        again = attempts.start(attempt, actor=None, device="laptop")
        assert again.started_at == OPENS
        with pytest.raises(Conflict) as refusal:
            attempts.start(attempt, actor=None, device="phone")
    assert code_of(refusal) == "other_device"


@pytest.mark.parametrize("device", ["", "a b", "x" * 65, None, 5, "é"])
def test_a_device_without_a_proper_name_is_refused(enrolment: Enrolment, device: Any) -> None:
    attempt = ready(enrolment, OPENS)
    with clock.at(OPENS), pytest.raises(InvalidInput) as refusal:
        attempts.start(attempt, actor=None, device=device)
    assert refusal.value.field == "device"


def test_a_pause_is_credited_in_full(enrolment: Enrolment, proctor: User) -> None:
    attempt = started(enrolment)
    with clock.at(OPENS + 10 * MINUTE):
        attempts.pause(attempt, actor=proctor, reason="Alarm")
    with clock.at(OPENS + 12 * MINUTE + timedelta(seconds=0.2)):
        attempts.resume(attempt, actor=proctor)
    assert attempt.deadline_at == OPENS + 62 * MINUTE + timedelta(seconds=1)
    assert attempt.paused_at is None
    lost = LostTime.objects.get(attempt=attempt)
    assert (lost.cause, lost.credited_seconds, lost.started_at) == ("pause", 121, OPENS + 10 * MINUTE)


def test_a_termination_taken_back_credits_all_the_time_since(enrolment: Enrolment, proctor: User) -> None:
    attempt = started(enrolment)
    with clock.at(OPENS + 10 * MINUTE):
        attempts.pause(attempt, actor=proctor, reason="Look")
    with clock.at(OPENS + 20 * MINUTE):
        attempts.terminate(attempt, actor=proctor, reason="Phone")
    assert (attempt.state, attempt.ended_by, attempt.paused_at) == ("terminated", "proctor", None)
    with clock.at(OPENS + 90 * MINUTE):
        attempts.reinstate(attempt, actor=proctor)
        assert (attempt.state, attempt.paused_at) == ("paused", OPENS + 20 * MINUTE)
        assert (attempt.ended_at, attempt.ended_by) == (None, "")
    with clock.at(OPENS + 100 * MINUTE):
        attempts.resume(attempt, actor=proctor)
    assert attempt.deadline_at == OPENS + (60 + 10 + 80) * MINUTE
    assert sum(each.credited_seconds for each in attempt.lost_time.all()) == 90 * 60


@pytest.mark.parametrize("verb", ["pause", "terminate"])
@pytest.mark.parametrize(("reason", "code"), [("  ", "required"), ("x" * 1001, "too_long")])
def test_proctors_give_a_reason(
    enrolment: Enrolment, proctor: User, verb: str, reason: str, code: str
) -> None:
    attempt = started(enrolment)
    with clock.at(OPENS), pytest.raises(InvalidInput) as refusal:
        getattr(attempts, verb)(attempt, actor=proctor, reason=reason)
    assert (code_of(refusal), refusal.value.field) == (code, "reason")
    attempt.refresh_from_db()
    assert attempt.state == states.IN_PROGRESS


def test_nobody_pauses_what_is_over(enrolment: Enrolment, proctor: User) -> None:
    attempt = started(enrolment)
    with clock.at(OPENS + 61 * MINUTE), pytest.raises(TooLate):
        attempts.pause(attempt, actor=proctor, reason="Late")
    assert attempt.state == states.IN_PROGRESS


def test_a_second_submit_changes_nothing(enrolment: Enrolment, told: list[dict[str, Any]]) -> None:
    attempt = started(enrolment)
    with clock.at(OPENS + 5 * MINUTE):
        attempts.submit(attempt, actor=None, ended_by="candidate")
    told.clear()
    with clock.at(OPENS + 6 * MINUTE):
        again = attempts.submit(attempt, actor=None, ended_by="candidate", device="elsewhere")
    assert (again.ended_at, told) == (OPENS + 5 * MINUTE, [])
    assert attempt.marks.count() == 2


def test_what_is_handed_in_after_the_deadline_ended_by_the_clock(enrolment: Enrolment) -> None:
    attempt = started(enrolment)
    with clock.at(OPENS + 60 * MINUTE + timedelta(seconds=3)):
        attempts.submit(attempt, actor=None, ended_by="candidate", device="laptop")
    assert (attempt.ended_by, attempt.ended_at) == ("clock", OPENS + 60 * MINUTE)


def test_the_clock_cannot_end_what_has_time_left(enrolment: Enrolment) -> None:
    attempt = started(enrolment)
    with clock.at(OPENS + 60 * MINUTE), pytest.raises(Conflict) as refusal:
        attempts.submit(attempt, actor=None, ended_by="clock")
    assert code_of(refusal) == "not_due"
    with pytest.raises(InvalidInput):
        attempts.submit(attempt, actor=None, ended_by="magic")


def test_only_the_holder_submits(enrolment: Enrolment) -> None:
    attempt = started(enrolment)
    with clock.at(OPENS), pytest.raises(Conflict) as refusal:
        attempts.submit(attempt, actor=None, ended_by="candidate", device="phone")
    assert code_of(refusal) == "other_device"
    attempt.refresh_from_db()
    assert attempt.state == states.IN_PROGRESS


def test_taking_over_moves_the_attempt_and_is_told(enrolment: Enrolment, told: list[dict[str, Any]]) -> None:
    attempt = started(enrolment)
    told.clear()
    with clock.at(OPENS):
        attempts.take_over(attempt, actor=enrolment.candidate, device="phone")
        attempts.take_over(attempt, actor=enrolment.candidate, device="phone")
        attempts.take_over(attempt, actor=enrolment.candidate, device="laptop")
    attempt.refresh_from_db()
    assert (attempt.device, attempt.devices) == ("laptop", ["laptop", "phone", "laptop"])
    assert [(each["verb"], each["before"]) for each in told] == [("take_over", "in_progress")] * 2
    taken = AuditEntry.objects.filter(verb="attempt.taken_over").order_by("sequence")
    assert [entry.detail for entry in taken] == [
        {"from": "laptop", "to": "phone"},
        {"from": "phone", "to": "laptop"},
    ]


@pytest.mark.parametrize("state", [*states.WAITING, *states.ENDED])
def test_only_a_running_attempt_is_taken_over(enrolment: Enrolment, state: str) -> None:
    attempt = make_attempt(enrolment, state=state)
    with pytest.raises(Conflict) as refusal:
        attempts.take_over(attempt, actor=None, device="phone")
    assert code_of(refusal) == "not_running"


def test_a_waiting_attempt_lapses_only_when_it_can_no_longer_start(enrolment: Enrolment) -> None:
    attempt = ready(enrolment, OPENS)
    with clock.at(OPENS + 30 * MINUTE), pytest.raises(Conflict) as refusal:
        attempts.lapse(attempt, actor=None)
    assert code_of(refusal) == "not_due"
    with clock.at(OPENS + 31 * MINUTE):
        attempts.lapse(attempt, actor=None)
    assert (attempt.state, attempt.ended_at) == ("missed", OPENS + 31 * MINUTE)


def test_a_candidate_can_be_refused_at_check_in(enrolment: Enrolment, proctor: User) -> None:
    attempt = make_attempt(enrolment, state=states.CHECKING_IN)
    attempts.refuse(attempt, actor=proctor, reason="Somebody else in the picture")
    assert attempt.state == states.REFUSED
    assert attempt.ended_at is not None
