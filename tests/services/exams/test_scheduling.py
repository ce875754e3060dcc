"""Sittings and enrolments: checks that name the field, proctors, pending addresses, dashboards."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.services.memberships import add_member
from accounts.tenancy import within
from exams import states
from exams.delivery.queries import candidates_of, own_attempt, paper_view, seconds_left, sittings_of
from exams.models import Enrolment, PendingEnrolment, Sitting, SittingProctor
from exams.scheduling import enrolments, sittings
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, TooLarge
from tests.factories.accounts import add_role, make_user
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

OPENS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "title": "Autumn",
    "opens_at": OPENS,
    "closes_at": OPENS + timedelta(hours=3),
    "time_zone": "Europe/Vienna",
    "duration_minutes": 60,
}


def test_create_and_change(scoped: Institution, officer: User, proctor: User) -> None:
    sitting = sittings.create_sitting(make_exam(scoped), actor=officer, proctors=[proctor], **GOOD)
    assert (sitting.institution, sitting.proctors.get().user) == (scoped, proctor)
    sittings.change_sitting(sitting, actor=officer, duration_minutes=90)
    assert Sitting.objects.get().duration_minutes == 90


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"time_zone": "Nowhere"}, "time_zone"),
        ({"opens_at": None}, "opens_at"),
        ({"closes_at": datetime(2026, 11, 23, 12)}, "closes_at"),
        ({"closes_at": OPENS}, "closes_at"),
        ({"closes_at": OPENS + timedelta(days=400)}, "closes_at"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"duration_minutes": 181}, "duration_minutes"),
        ({"late_entry_minutes": -1}, "late_entry_minutes"),
        ({"late_entry_minutes": 181}, "late_entry_minutes"),
    ],
)
def test_wrong_sittings_are_refused(scoped: Institution, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        sittings.create_sitting(make_exam(scoped), actor=None, **{**GOOD, **change})
    assert refusal.value.field == field
    assert not Sitting.objects.exists()


def test_those_who_work_are_not_surprised(scoped: Institution, candidate: User) -> None:
    sitting = sittings.create_sitting(make_exam(scoped), actor=None, **GOOD)
    make_attempt(enrol(sitting, candidate))
    for change, field in (
        ({"opens_at": OPENS - timedelta(hours=1)}, "opens_at"),
        ({"duration_minutes": 61}, "duration_minutes"),
        ({"closes_at": OPENS + timedelta(hours=2)}, "closes_at"),
        ({"exam": 1}, "exam"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            sittings.change_sitting(Sitting.objects.get(), actor=None, **change)
        assert refusal.value.field == field
    sittings.change_sitting(Sitting.objects.get(), actor=None, closes_at=OPENS + timedelta(hours=4))
    with pytest.raises(Conflict):
        sittings.cancel_sitting(sitting, actor=None, reason="")


def test_only_members_who_may_watch_become_proctors(
    scoped: Institution, proctor: User, candidate: User, foreign_proctor: User
) -> None:
    sitting = make_sitting(make_exam(scoped))
    sittings.assign_proctor(sitting, proctor, actor=None)
    sittings.assign_proctor(sitting, proctor, actor=None)
    for user in (candidate, foreign_proctor):
        with pytest.raises(InvalidInput) as refusal:
            sittings.assign_proctor(sitting, user, actor=None)
        assert refusal.value.field == "proctors"
    assert SittingProctor.objects.count() == 1


def test_only_candidates_of_the_institution_are_enrolled(
    scoped: Institution, candidate: User, proctor: User, stranger: User, foreign_candidate: User
) -> None:
    sitting = make_sitting(make_exam(scoped))
    first = enrolments.enrol(sitting, candidate, actor=None)
    assert enrolments.enrol(sitting, candidate, actor=None) == first
    for user in (proctor, stranger, foreign_candidate):
        with pytest.raises(InvalidInput) as refusal:
            enrolments.enrol(sitting, user, actor=None)
        assert refusal.value.field == "candidate"
    assert Enrolment.objects.count() == 1


def test_withdrawing_and_giving_back(scoped: Institution, candidate: User) -> None:
    enrolment = enrolments.enrol(make_sitting(make_exam(scoped)), candidate, actor=None)
    enrolments.withdraw(enrolment, actor=None, reason="ill")
    assert sittings_of(candidate) == [] and candidates_of(enrolment.sitting) == []
    assert enrolments.enrol(enrolment.sitting, candidate, actor=None).withdrawn_at is None
    make_attempt(enrolment)
    with pytest.raises(Conflict) as refusal:
        enrolments.withdraw(enrolment, actor=None)
    assert refusal.value.code == "running"


def test_too_many_addresses_are_refused_whole(scoped: Institution, officer: User) -> None:
    sitting = make_sitting(make_exam(scoped))
    with pytest.raises(TooLarge):
        enrolments.enrol_by_email(sitting, ["a@example.org"] * 2001, actor=officer)
    assert not PendingEnrolment.objects.exists()


def test_a_promise_is_kept_when_the_person_joins(scoped: Institution, officer: User) -> None:
    late, cancelled = make_sitting(make_exam(scoped)), make_sitting(make_exam(scoped))
    for sitting in (late, cancelled):
        assert enrolments.enrol_by_email(sitting, ["Ida@Example.org"], actor=officer)[0].outcome == "invited"
    sittings.cancel_sitting(cancelled, actor=None, reason="")
    person = make_user(email="ida@example.org")
    add_member(scoped, person, Role.PROCTOR, actor=officer)
    assert not Enrolment.objects.exists()
    add_member(scoped, person, Role.CANDIDATE, actor=officer)
    assert Enrolment.objects.get().sitting == late
    assert not PendingEnrolment.objects.exists()


def test_the_dashboard_spans_institutions(
    institution: Institution, other_institution: Institution, candidate: User
) -> None:
    add_role(candidate, other_institution, Role.CANDIDATE)
    here = enrol(make_sitting(make_exam(institution), late_entry_minutes=30), candidate)
    there = enrol(make_sitting(make_exam(other_institution), opens_at=clock.now()), candidate)
    make_attempt(here, state=states.MISSED)
    newest = make_attempt(here)
    rows = sittings_of(candidate)
    assert [(row.enrolment, row.attempt) for row in rows] == [(there, None), (here, newest)]
    assert rows[1].latest_start == here.sitting.opens_at + timedelta(minutes=30)
    assert rows[1].check_in_opens_at == here.sitting.opens_at - timedelta(hours=1)


@pytest.mark.parametrize("count", [1, 3])
def test_dashboards_and_lists_cost_the_same_for_any_length(
    institution: Institution,
    candidate: User,
    author: User,
    officer: User,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    shared = make_sitting(make_exam(institution))
    for person in (candidate, author, officer)[:count]:
        make_attempt(enrol(shared, person))
    for _ in range(count - 1):
        make_attempt(enrol(make_sitting(make_exam(institution)), candidate))
    with django_assert_num_queries(4):
        rows = sittings_of(candidate)
        assert [row.sitting.exam.title and row.attempt and row.attempt.state for row in rows] == [
            "in_progress"
        ] * count
    with within(institution), django_assert_num_queries(2):
        listed = candidates_of(shared)
        assert [row.attempt and row.attempt.enrolment.candidate for row in listed] == [
            row.candidate for row in listed
        ]
        assert len(listed) == count


def test_own_attempt_and_its_clock(scoped: Institution, candidate: User, proctor: User) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(scoped)), candidate))
    assert own_attempt(candidate, attempt.pk) == attempt
    with pytest.raises(NotFound):
        own_attempt(proctor, attempt.pk)
    assert attempt.deadline_at is not None
    assert seconds_left(attempt, attempt.deadline_at - timedelta(seconds=90)) == 90
    attempt.state = states.SUBMITTED
    assert seconds_left(attempt) == 0
    assert len(paper_view(attempt)["sections"][0]["items"]) == 2
    waiting = make_attempt(enrol(make_sitting(make_exam(scoped)), candidate), state=states.READY)
    assert seconds_left(waiting) is None
    with pytest.raises(Conflict):
        paper_view(waiting)
