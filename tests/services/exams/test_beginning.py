"""Who lets candidates start: the clock or a person, all at once or one after the other."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Institution, User
from accounts.roles import Role
from exams import states, timing
from exams.delivery import attempts
from exams.delivery.beginning import begin_sitting, turn_of
from exams.delivery.queries import attempt_view
from exams.models import Attempt, Sitting
from exams.scheduling import sittings
from exams.signals import attempt_moved
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

NOW = clock.now()


def make(institution: Institution, **fields: Any) -> Sitting:
    times = {"opens_at": NOW, "closes_at": NOW + timedelta(hours=2)}
    return make_sitting(make_exam(institution), **times, **fields)


def ready(sitting: Sitting, **fields: Any) -> Attempt:
    person = make_member(sitting.institution, Role.CANDIDATE)
    return make_attempt(enrol(sitting, person), **{"state": states.READY, **fields})


def start(attempt: Attempt, minutes: float) -> Attempt:
    fresh = Attempt.objects.select_related("enrolment__sitting").get(pk=attempt.pk)
    with clock.at(NOW + timedelta(minutes=minutes)):
        return attempts.start(fresh, actor=None, device="tab")


def test_nobody_starts_before_a_person_begins(scoped: Institution, officer: User) -> None:
    sitting = make(scoped, begins="person", late_entry_minutes=10)
    attempt, heard = ready(sitting), []

    def hear(attempt: Attempt, verb: str, **more: Any) -> None:
        heard.append((attempt.pk, verb, attempt.state))

    with pytest.raises(Conflict) as refusal:
        start(attempt, 5)
    assert refusal.value.code == "not_begun"
    attempt_moved.connect(hear)
    try:
        with clock.at(NOW + timedelta(minutes=30)):
            begin_sitting(sitting, actor=officer)
            begin_sitting(sitting, actor=officer)
    finally:
        attempt_moved.disconnect(hear)
    assert heard == [(attempt.pk, "begun", states.READY)]
    sitting.refresh_from_db()
    assert sitting.closes_at == NOW + timedelta(hours=2, minutes=30)
    assert timing.latest_start(sitting.window) == NOW + timedelta(minutes=40)
    started = start(attempt, 31)
    assert started.deadline_at == NOW + timedelta(minutes=91)


@pytest.mark.parametrize(
    ("fields", "minutes", "code"),
    [
        ({}, 1, "by_clock"),
        ({"begins": "person"}, -1, "too_early"),
        ({"begins": "person"}, 121, "closed"),
        ({"begins": "person", "cancelled_at": NOW}, 1, "cancelled"),
    ],
)
def test_beginning_is_refused_in_words(
    scoped: Institution, officer: User, fields: dict[str, Any], minutes: int, code: str
) -> None:
    sitting = make(scoped, **fields)
    with clock.at(NOW + timedelta(minutes=minutes)), pytest.raises(Conflict) as refusal:
        begin_sitting(sitting, actor=officer)
    assert refusal.value.code == code
    assert Sitting.objects.get(pk=sitting.pk).begun_at is None


def test_a_queue_lets_so_many_start_in_a_minute(scoped: Institution) -> None:
    sitting = make(scoped, starts_per_minute=2)
    line = [ready(sitting) for _ in range(5)]
    turns = [turn_of(each) for each in line]
    assert [turn.place for turn in turns] == [1, 2, 3, 4, 5]
    assert [turn.at for turn in turns] == [NOW + timedelta(minutes=minutes) for minutes in (0, 0, 1, 1, 2)]
    start(line[0], 0)
    with pytest.raises(Conflict) as refusal:
        start(line[4], 1.99)
    assert (refusal.value.code, refusal.value.details["place"]) == ("not_your_turn", 5)
    late = start(line[4], 2)
    assert late.deadline_at == NOW + timedelta(minutes=62)  # waiting was not working time
    assert turn_of(line[2]) == turns[2]  # nobody's place depends on what others do
    with clock.at(NOW):
        assert attempt_view(line[3])["may_start_at"] == NOW + timedelta(minutes=1)
        assert attempt_view(late)["may_start_at"] is None


def test_queue_and_person_together(scoped: Institution, officer: User) -> None:
    sitting = make(scoped, starts_per_minute=1, begins="person")
    line = [ready(sitting), ready(sitting)]
    assert [(turn_of(each).at, turn_of(each).place) for each in line] == [(None, 1), (None, 2)]
    with clock.at(NOW + timedelta(minutes=7)):
        begin_sitting(sitting, actor=officer)
    fresh = [Attempt.objects.select_related("enrolment__sitting").get(pk=each.pk) for each in line]
    assert [turn_of(each).at for each in fresh] == [NOW + timedelta(minutes=7), NOW + timedelta(minutes=8)]


def test_a_queue_that_would_cost_working_time_is_refused(scoped: Institution) -> None:
    sitting = make(scoped, duration_minutes=118)
    for _ in range(4):
        enrol(sitting, make_member(scoped, Role.CANDIDATE))
    with pytest.raises(InvalidInput) as refusal:
        sittings.change_sitting(sitting, actor=None, starts_per_minute=1)
    assert (refusal.value.field, "leave 2" in refusal.value.message) == ("starts_per_minute", True)
    sittings.change_sitting(Sitting.objects.get(pk=sitting.pk), actor=None, starts_per_minute=2)
