"""Adjustments for groups: each member's enrolments have them, whoever came first; the better one counts."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from exams.delivery import allowances, attempts, breaks
from exams.delivery.admission import window_of
from exams.models import (
    Allowance,
    Attempt,
    CandidateGroup,
    Enrolment,
    GroupAllowance,
    PendingEnrolment,
    Sitting,
)
from exams.scheduling import enrolments, group_allowances, groups
from exams.scheduling.enrolling import enrol_rows
from exams.scheduling.roster_rows import RosterRow
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring.models import LiveEvent
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

MINUTE = timedelta(minutes=1)


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    return make_sitting(make_exam(scoped))


@pytest.fixture
def group(scoped: Institution, candidate: User, officer: User) -> CandidateGroup:
    made: CandidateGroup = CandidateGroup.objects.create(institution=scoped, name="3b")
    groups.add_to_group(made, [candidate], actor=officer)
    return made


def minutes_of(enrolment: Enrolment) -> list[int]:
    return sorted(enrolment.allowances.values_list("extra_minutes", flat=True))


def deadline(attempt: Attempt) -> Any:
    return Attempt.objects.get(pk=attempt.pk).deadline_at


def test_who_works_has_the_time_of_the_group_at_once(
    sitting: Sitting, group: CandidateGroup, candidate: User, second_candidate: User, officer: User
) -> None:
    attempt = make_attempt(enrol(sitting, candidate))
    other = make_attempt(enrol(sitting, second_candidate))
    before, others = deadline(attempt), deadline(other)
    given = group_allowances.give(group, actor=officer, extra_minutes=15, reason="Dyslexia course")
    assert deadline(attempt) == before + 15 * MINUTE
    told = LiveEvent.objects.filter(attempt=attempt, kind="attempt.deadline_changed")
    assert told.filter(audience="candidate").count() == 1
    assert "Dyslexia" not in str(list(told.values_list("payload", flat=True)))
    group_allowances.change(given, actor=officer, sitting=None, extra_minutes=20)
    assert deadline(attempt) == before + 20 * MINUTE
    group_allowances.withdraw(given, actor=officer)
    assert deadline(attempt) == before
    assert deadline(other) == others
    assert not Allowance.objects.exists()
    notes = AuditEntry.objects.filter(stream=f"candidategroup:{group.pk}", verb__contains="allowance")
    assert list(notes.order_by("sequence").values_list("verb", flat=True)) == [
        "candidategroup.allowance_given",
        "candidategroup.allowance_changed",
        "candidategroup.allowance_withdrawn",
    ]


def test_whoever_came_first(
    scoped: Institution, sitting: Sitting, group: CandidateGroup, candidate: User, officer: User
) -> None:
    """Enrolled before and after, joined before and after, by hand, by roster, by a promise."""
    before = enrol(sitting, candidate)
    group_allowances.give(group, actor=officer, extra_minutes=15)
    assert minutes_of(before) == [15]
    later = enrolments.enrol(make_sitting(sitting.exam), candidate, actor=officer)
    assert minutes_of(later) == [15]
    joining = make_member(scoped, Role.CANDIDATE)
    attempt = make_attempt(enrol(sitting, joining))
    end = deadline(attempt)
    groups.add_to_group(group, [joining], actor=officer)
    assert deadline(attempt) == end + 15 * MINUTE
    by_roster = make_member(scoped, Role.CANDIDATE)
    enrol_rows(sitting, [RosterRow(1, by_roster.email, group="3b")], actor=officer)
    assert minutes_of(Enrolment.objects.get(candidate=by_roster)) == [15]
    PendingEnrolment.objects.create(
        institution=scoped, sitting=sitting, email="new@example.org", group=group, created_by=officer
    )
    promised = make_member(scoped, Role.CANDIDATE, email="new@example.org")
    assert minutes_of(Enrolment.objects.get(candidate=promised)) == [15]


def test_leaving_takes_it_away_and_a_withdrawn_enrolment_follows_when_given_back(
    sitting: Sitting, group: CandidateGroup, candidate: User, officer: User
) -> None:
    enrolment = enrol(sitting, candidate)
    group_allowances.give(group, actor=officer, extra_minutes=15)
    enrolments.withdraw(enrolment, actor=officer)
    groups.remove_from_group(group, [candidate], actor=officer)
    assert minutes_of(enrolment) == [15]
    enrolments.enrol(sitting, candidate, actor=officer)
    assert minutes_of(enrolment) == []


def test_the_better_counts_and_everybodys_comes_on_top(
    scoped: Institution, sitting: Sitting, group: CandidateGroup, candidate: User, officer: User
) -> None:
    enrolment = enrol(sitting, candidate)
    attempt = make_attempt(enrolment)
    plain = deadline(attempt)
    allowances.give(enrolment, actor=officer, extra_minutes=10, break_minutes=10)
    group_allowances.give(group, actor=officer, extra_minutes=15, break_minutes=5)
    assert deadline(attempt) == plain + 15 * MINUTE
    allowances.give(enrolment, actor=officer, extra_minutes=10)
    assert deadline(attempt) == plain + 20 * MINUTE
    second = CandidateGroup.objects.create(institution=scoped, name="Athletes")
    groups.add_to_group(second, [candidate], actor=officer)
    group_allowances.give(second, actor=officer, extra_minutes=25, factor="1.5", break_minutes=20)
    group_allowances.give(group, actor=officer, factor="1.25")
    assert deadline(attempt) == plain + (25 + 30) * MINUTE
    batch = uuid.uuid4()
    allowances.give_everybody(sitting, [enrolment], minutes=5, reason="Alarm", batch=batch, actor=officer)
    assert deadline(attempt) == plain + (25 + 30 + 5) * MINUTE
    assert breaks.seconds_left(Attempt.objects.get(pk=attempt.pk)) == 20 * 60


def test_other_terms_follow_too(
    sitting: Sitting, group: CandidateGroup, candidate: User, officer: User
) -> None:
    enrolment = enrol(sitting, candidate)
    other = enrol(make_sitting(sitting.exam), candidate)
    closes = sitting.closes_at + timedelta(days=1)
    group_allowances.give(
        group,
        actor=officer,
        sitting=sitting,
        closes_at=closes,
        camera_free=True,
        muted_detectors=["looking_away"],
    )
    copy = enrolment.allowances.get()
    assert (copy.camera_free, copy.muted_detectors, copy.reason) == (True, ["looking_away"], "")
    assert window_of(enrolment).closes_at == closes
    assert not other.allowances.exists()


def test_time_that_is_used_stays_with_everybody(
    scoped: Institution, sitting: Sitting, group: CandidateGroup, candidate: User, officer: User
) -> None:
    waiting = make_member(scoped, Role.CANDIDATE)
    groups.add_to_group(group, [waiting], actor=officer)
    attempt, other = make_attempt(enrol(sitting, candidate)), enrol(sitting, waiting)
    given = group_allowances.give(group, actor=officer, extra_minutes=30)
    end = deadline(attempt)
    acts: list[Any] = [
        lambda: group_allowances.withdraw(given, actor=officer),
        lambda: group_allowances.change(given, actor=officer, sitting=None, extra_minutes=1),
        lambda: groups.remove_from_group(group, [candidate], actor=officer),
        lambda: groups.remove_group(group, actor=officer),
    ]
    with clock.at(clock.now() + 70 * MINUTE):
        for act in acts:
            with pytest.raises(Conflict) as refusal:
                act()
            assert refusal.value.code == "would_end"
            assert str(candidate) in refusal.value.message
    assert deadline(attempt) == end
    assert minutes_of(other) == [30]
    assert group.members.count() == 2


def test_what_is_over_keeps_its_record(
    sitting: Sitting, group: CandidateGroup, candidate: User, officer: User
) -> None:
    attempt = make_attempt(enrol(sitting, candidate))
    given = group_allowances.give(group, actor=officer, extra_minutes=15)
    attempts.submit(attempt, actor=None, ended_by="candidate")
    Sitting.objects.filter(pk=sitting.pk).update(
        opens_at=clock.now() - timedelta(hours=3), closes_at=clock.now() - timedelta(hours=1)
    )
    group_allowances.change(given, actor=officer, sitting=None, extra_minutes=40)
    group_allowances.withdraw(given, actor=officer)
    assert minutes_of(attempt.enrolment) == [15]
    assert not GroupAllowance.objects.exists()


def test_nothing_happens_twice(
    sitting: Sitting, group: CandidateGroup, candidate: User, officer: User
) -> None:
    enrol(sitting, candidate)
    group_allowances.give(group, actor=officer, extra_minutes=15)
    assert group_allowances.follow_group(group, actor=officer) == 0
    assert Allowance.objects.count() == 1


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"extra_minutes": -1}, "extra_minutes"),
        ({"factor": "6"}, "factor"),
        ({"batch": 1}, "batch"),
        ({"closes_at": clock.now()}, "sitting"),
        ({"opens_at": "tomorrow"}, "opens_at"),
    ],
    ids=range(5),
)
def test_mistakes_are_named(group: CandidateGroup, officer: User, terms: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        group_allowances.give(group, actor=officer, **terms)
    assert refusal.value.field == field
    assert not GroupAllowance.objects.exists()


def test_a_foreign_sitting_is_refused(
    group: CandidateGroup, other_institution: Institution, officer: User
) -> None:
    foreign = make_sitting(make_exam(other_institution))
    with pytest.raises(InvalidInput) as refusal:
        group_allowances.give(group, actor=officer, sitting=foreign, extra_minutes=5)
    assert refusal.value.field == "sitting"
