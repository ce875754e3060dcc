"""Adjustments that reach a running attempt: deadline at once, told without the reason, undone, not twice."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from exams import states
from exams.delivery import allowances, attempts, expiry
from exams.delivery.admission import require_startable
from exams.models import Attempt, Enrolment
from exams.signals import attempt_moved
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring.models import LiveEvent
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

MINUTE = timedelta(minutes=1)


@pytest.fixture
def enrolment(scoped: Institution, candidate: User) -> Enrolment:
    return enrol(make_sitting(make_exam(scoped)), candidate)


def fresh(attempt: Attempt) -> Attempt:
    return Attempt.objects.get(pk=attempt.pk)


def test_minutes_and_factor_move_a_running_deadline(enrolment: Enrolment, officer: User) -> None:
    attempt = make_attempt(enrolment)
    before = attempt.deadline_at
    assert before is not None
    given = allowances.give(enrolment, actor=officer, extra_minutes=15)
    assert fresh(attempt).deadline_at == before + 15 * MINUTE
    assert fresh(attempt).extra_seconds == 900
    allowances.change(given, actor=officer, extra_minutes=5, factor="1.25")
    assert fresh(attempt).deadline_at == before + 20 * MINUTE
    allowances.withdraw(given, actor=officer)
    assert fresh(attempt).deadline_at == before
    verbs = AuditEntry.objects.filter(stream=f"attempt:{attempt.pk}").values_list("verb", flat=True)
    assert list(verbs).count("attempt.deadline_changed") == 3


def test_those_who_are_told_never_learn_the_reason(enrolment: Enrolment, officer: User) -> None:
    attempt = make_attempt(enrolment)
    heard: list[dict[str, Any]] = []
    attempt_moved.connect(lambda **news: heard.append(news), weak=False, dispatch_uid="test")
    try:
        allowances.give(enrolment, actor=officer, extra_minutes=15, reason="Dyslexia, doctor's letter")
    finally:
        attempt_moved.disconnect(dispatch_uid="test")
    assert [(each["verb"], each["reason"]) for each in heard] == [("deadline_changed", "")]
    events = list(LiveEvent.objects.filter(attempt=attempt).values_list("audience", "kind", "payload"))
    assert {(audience, kind) for audience, kind, _ in events} == {
        ("candidate", "attempt.deadline_changed"),
        ("proctors", "attempt.deadline_changed"),
    }
    assert all(payload["extra_seconds"] == 900 for *_, payload in events)
    assert "Dyslexia" not in str(events)


def test_pauses_stay_credited_when_time_is_given(enrolment: Enrolment, officer: User) -> None:
    attempt = make_attempt(enrolment)
    start, before = clock.now(), attempt.deadline_at
    assert before is not None
    with clock.at(start + 5 * MINUTE):
        attempts.pause(attempt, actor=officer, reason="Fire alarm")
    allowances.give(enrolment, actor=officer, extra_minutes=10)
    with clock.at(start + 9 * MINUTE):
        attempts.resume(attempt, actor=officer)
    assert fresh(attempt).deadline_at == before + 14 * MINUTE
    allowances.give(enrolment, actor=officer, extra_minutes=1)
    assert fresh(attempt).deadline_at == before + 15 * MINUTE


def test_used_time_is_not_taken_back(enrolment: Enrolment, officer: User) -> None:
    attempt = make_attempt(enrolment)
    given = allowances.give(enrolment, actor=officer, extra_minutes=30)
    end = fresh(attempt).deadline_at
    with clock.at(clock.now() + 70 * MINUTE), pytest.raises(Conflict) as refusal:
        allowances.withdraw(given, actor=officer)
    assert refusal.value.code == "would_end"
    assert fresh(attempt).deadline_at == end
    assert enrolment.allowances.count() == 1


def test_everybody_gets_it_once_and_it_can_be_taken_back(scoped: Institution, officer: User) -> None:
    sitting = make_sitting(make_exam(scoped))
    here = [enrol(sitting, make_member(scoped, Role.CANDIDATE)) for _ in range(3)]
    working = [make_attempt(each) for each in here[:2]]
    before = [each.deadline_at for each in working]
    batch = uuid.uuid4()
    how: dict[str, Any] = {"minutes": 10, "reason": "Heating failed", "batch": batch, "actor": officer}
    allowances.give_everybody(sitting, here[:1], **how)
    done = allowances.give_everybody(sitting, here, **how)
    assert [each.moved_seconds for each in done] == [0, 600, 0]
    assert [fresh(each).deadline_at for each in working] == [
        moment + 10 * MINUTE for moment in before if moment
    ]
    with clock.at(clock.now() + 65 * MINUTE):
        attempts.submit(working[0], actor=None, ended_by="candidate")
        undone = allowances.take_back(sitting, batch, actor=officer)
    assert [bool(each.refused) for each in undone] == [False, True, False]


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"extra_minutes": -1}, "extra_minutes"),
        ({"extra_minutes": True}, "extra_minutes"),
        ({"extra_minutes": 10_000}, "extra_minutes"),
        ({"factor": "nan"}, "factor"),
        ({"factor": "0.5"}, "factor"),
        ({"break_minutes": "ten"}, "break_minutes"),
        ({"reason": "x" * 1_001}, "reason"),
        ({"opens_at": "tomorrow"}, "opens_at"),
        ({"hacked": 1}, "hacked"),
    ],
)
def test_bad_terms_name_the_field(enrolment: Enrolment, terms: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        allowances.give(enrolment, actor=None, **terms)
    assert refusal.value.field == field
    assert enrolment.allowances.count() == 0


def test_a_window_of_ones_own(enrolment: Enrolment, officer: User) -> None:
    sitting = enrolment.sitting
    allowances.give(
        enrolment, actor=officer, opens_at=sitting.closes_at, closes_at=sitting.closes_at + 120 * MINUTE
    )
    attempt = make_attempt(enrolment, state=states.READY)
    with pytest.raises(Conflict):
        require_startable(enrolment, clock.now())
    with clock.at(sitting.closes_at + 90 * MINUTE):
        assert expiry.sweep().lapsed == 0
        started = attempts.start(attempt, actor=None, device="tab")
        assert started.deadline_at == sitting.closes_at + 120 * MINUTE


def test_factor_is_stored_as_given(enrolment: Enrolment) -> None:
    assert allowances.give(enrolment, actor=None, factor=1.25).factor == Decimal("1.25")
