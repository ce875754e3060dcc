"""Rosters: tried out without writing, imported once by a job, changing nothing the second time."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.storage import storages

from accounts import states as job_states
from accounts.jobs import running
from accounts.jobs import services as job_services
from accounts.models import AuditEntry, Institution, Invitation, Job, User
from accounts.roles import Role
from accounts.services.memberships import add_member
from exams.models import (
    Allowance,
    CandidateGroup,
    CandidateGroupMember,
    Enrolment,
    PendingEnrolment,
    Roster,
    Sitting,
)
from exams.scheduling import enrolments, groups, roster, sittings
from exams.scheduling.lists import HEADERS, candidate_list
from exams.scheduling.verdicts import AT_ONCE, Outcome
from exams.tables import Format, as_bytes
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLarge
from proctor_site.upkeep import look_around
from tests.factories.accounts import make_member, make_user
from tests.factories.exams import make_attempt, make_exam, make_sitting


def upload(sitting: Sitting, officer: User, *lines: str) -> Roster:
    data = "\n".join(["email,name,group,extra minutes,factor", *lines]).encode()
    return roster.read_roster(sitting, file_name="autumn.csv", data=data, actor=officer)


def run(sitting: Sitting, officer: User, *lines: str) -> list[str]:
    made = upload(sitting, officer, *lines)
    tried = [verdict.outcome for verdict in roster.try_out(made)]
    job = roster.import_roster(made, actor=officer)
    assert job.state == job_states.DONE, job.reason
    made.refresh_from_db()
    outcomes = [outcome for _, _, outcome, _ in made.outcomes]
    assert outcomes == tried and made.rows == []
    return outcomes


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    return make_sitting(make_exam(scoped))


def test_a_roster_enrols_invites_groups_and_gives_time(
    sitting: Sitting, officer: User, candidate: User, foreign_candidate: User
) -> None:
    lines = [
        f"{candidate.email.upper()},,3b,15,",
        "new@example.org,Nina New,3b,,1.25",
        f"{foreign_candidate.email},,,,",
        "nonsense,,,,",
    ]
    made = upload(sitting, officer, *lines)
    assert [each.outcome for each in roster.try_out(made)] == ["enrolled", "invited", "invited", "refused"]
    assert not Enrolment.objects.exists() and not CandidateGroup.objects.exists() and not mail.outbox
    assert run(sitting, officer, *lines) == ["enrolled", "invited", "invited", "refused"]
    assert Allowance.objects.get().extra_minutes == 15
    assert CandidateGroupMember.objects.get().candidate == candidate
    to = sorted((each.to[0], each.subject.split()[0]) for each in mail.outbox)
    assert to == sorted(
        [
            (candidate.email, "Your"),
            ("new@example.org", "Invitation"),
            (foreign_candidate.email, "Invitation"),
        ]
    )
    person = make_user(email="new@example.org", name="Nina New")
    add_member(sitting.institution, person, Role.CANDIDATE, actor=officer)
    enrolment = Enrolment.objects.get(candidate=person)
    assert str(enrolment.allowances.get().factor) == "1.25"
    assert CandidateGroupMember.objects.filter(candidate=person, group__name="3b").exists()
    assert len(mail.outbox) == 3


def test_the_same_file_twice_changes_nothing(sitting: Sitting, officer: User, candidate: User) -> None:
    lines = [f"{candidate.email},,3b,15,", "new@example.org,Nina New,3b,,1.25"]
    run(sitting, officer, *lines)
    sent = len(mail.outbox)
    before = (list(Enrolment.objects.values()), list(Allowance.objects.values()))
    assert run(sitting, officer, *lines) == ["already_enrolled", "already_invited"]
    assert (list(Enrolment.objects.values()), list(Allowance.objects.values())) == before
    assert len(mail.outbox) == sent and Invitation.objects.count() == 1


def test_another_file_changes_what_it_says_and_no_more(
    sitting: Sitting, officer: User, candidate: User
) -> None:
    run(sitting, officer, f"{candidate.email},,3b,15,", "new@example.org,,,,")
    assert run(sitting, officer, f"{candidate.email},,4a,20,1.5", "new@example.org,,4a,5,") == ["updated"] * 2
    assert run(sitting, officer, f"{candidate.email},,,,", "new@example.org,,,,") == [
        "already_enrolled",
        "already_invited",
    ]
    allowance = Allowance.objects.get()
    assert (allowance.extra_minutes, str(allowance.factor)) == (20, "1.50")
    pending = PendingEnrolment.objects.select_related("group").get()
    assert pending.group is not None
    assert (pending.group.name, pending.extra_minutes) == ("4a", 5)
    assert {str(each) for each in CandidateGroup.objects.all()} == {"3b", "4a"}


def test_who_works_keeps_the_time_and_who_was_withdrawn_comes_back(
    sitting: Sitting, officer: User, candidate: User, second_candidate: User
) -> None:
    run(sitting, officer, f"{candidate.email},,,10,", f"{second_candidate.email},,,,")
    make_attempt(Enrolment.objects.get(candidate=candidate))
    enrolments.withdraw(Enrolment.objects.get(candidate=second_candidate), actor=officer)
    made = upload(sitting, officer, f"{candidate.email},,,60,", f"{second_candidate.email},,,,")
    first, second = roster.try_out(made)
    assert (first.outcome, second.outcome) == (Outcome.ALREADY_ENROLLED, Outcome.ENROLLED)
    assert "exam has begun" in first.detail
    roster.import_roster(made, actor=officer)
    assert Enrolment.objects.filter(withdrawn_at=None).count() == 2
    assert Allowance.objects.get().extra_minutes == 10


def test_capacity_is_kept_by_every_way_in(
    scoped: Institution, officer: User, candidate: User, second_candidate: User
) -> None:
    sitting = make_sitting(make_exam(scoped), capacity=2)
    outcomes = run(sitting, officer, "a@x.org,,,,", f"{candidate.email},,,,", "b@x.org,,,,")
    assert outcomes == ["invited", "enrolled", "refused"]
    with pytest.raises(Conflict) as refusal:
        enrolments.enrol(sitting, second_candidate, actor=officer)
    assert (refusal.value.code, refusal.value.message) == ("full", "All 2 places of this sitting are taken.")
    [line] = enrolments.enrol_by_email(sitting, [second_candidate.email], actor=officer)
    assert (line.outcome, line.detail) == ("refused", "All 2 places of this sitting are taken.")
    with pytest.raises(InvalidInput) as wrong:
        sittings.change_sitting(sitting, actor=officer, capacity=1)
    assert wrong.value.field == "capacity"
    add_member(scoped, make_user(email="a@x.org"), Role.CANDIDATE, actor=officer)
    assert Enrolment.objects.filter(withdrawn_at=None).count() == 2


def test_an_import_goes_on_where_it_was_stopped(
    sitting: Sitting, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = upload(sitting, officer, *[f"p{number}@x.org,,,," for number in range(AT_ONCE + 3)])
    real, calls = roster.enrol_rows, []

    def fails_second(*given: Any, **more: Any) -> Any:
        calls.append(len(given[1]))
        if len(calls) == 2:
            raise OSError("the database has gone")
        return real(*given, **more)

    monkeypatch.setattr(roster, "enrol_rows", fails_second)
    job = roster.import_roster(made, actor=officer)
    assert (job.state, job.tries, calls) == (job_states.DONE, 2, [AT_ONCE, 3, 3])
    assert PendingEnrolment.objects.count() == AT_ONCE + 3
    assert (job.done, job.result) == (AT_ONCE + 3, {"invited": AT_ONCE + 3})
    assert roster.import_roster(made, actor=officer) == job and len(calls) == 3
    assert Job.objects.filter(kind=roster.JOB).count() == 1


def test_an_exported_list_comes_back_unchanged(sitting: Sitting, officer: User, candidate: User) -> None:
    run(sitting, officer, f"{candidate.email},,3b,15,", "new@example.org,=Nina,3b,,1.25")
    data = as_bytes(Format.CSV_FOR_SPREADSHEETS, HEADERS, candidate_list(sitting))
    again = roster.read_roster(sitting, file_name="x.csv", data=data, actor=officer)
    assert [each.outcome for each in roster.try_out(again)] == ["already_enrolled", "already_invited"]
    assert roster.rows_of(again)[1].name == "=Nina"


def test_a_group_is_enrolled_as_it_is_now(
    sitting: Sitting, officer: User, candidate: User, second_candidate: User, foreign_candidate: User
) -> None:
    group = CandidateGroup.objects.create(institution=sitting.institution, name="3b")
    with pytest.raises(InvalidInput) as refusal:
        groups.enrol_group(sitting, group, actor=officer)
    assert refusal.value.field == "group"
    assert groups.add_to_group(group, [candidate, second_candidate], actor=officer) == 2
    assert groups.add_to_group(group, [candidate], actor=officer) == 0
    with pytest.raises(InvalidInput):
        groups.add_to_group(group, [foreign_candidate], actor=officer)
    enrolments.enrol(sitting, candidate, actor=officer)
    assert [each.outcome for each in groups.enrol_group(sitting, group, actor=officer)] == [
        "already_enrolled",
        "enrolled",
    ]


def test_the_cost_grows_by_portions_and_not_by_rows(
    sitting: Sitting, officer: User, django_assert_max_num_queries: Any
) -> None:
    people = [make_member(sitting.institution, Role.CANDIDATE) for _ in range(12)]
    made = upload(sitting, officer, *[f"{each.email},,3b,," for each in people])
    with django_assert_max_num_queries(10):
        assert len(roster.try_out(made)) == 12
    sitting.tells_candidates = False
    sitting.save()
    with django_assert_max_num_queries(75):
        roster.import_roster(made, actor=officer)
    assert Enrolment.objects.count() == 12


def _workbook(people: int) -> bytes:
    rows = [(f"p{number}@example.org", f"Person {number}") for number in range(people)]
    return as_bytes(Format.XLSX, ("E-mail", "Name"), rows)


def test_a_large_workbook_is_read_by_a_job(
    sitting: Sitting, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "READ_AT_ONCE", 100)
    monkeypatch.setattr(job_services, "put_into_queue", lambda job, after=None: None)
    made = roster.receive_roster(sitting, file_name="hall.xlsx", data=_workbook(3), actor=officer)
    assert made.read_job is not None and made.stored_name and (made.rows, made.row_count) == ([], 0)
    with pytest.raises(Conflict, match="not read yet"):
        roster.import_roster(made, actor=officer)
    running.run(made.read_job.pk)
    made.refresh_from_db()
    assert (made.row_count, made.rows[2]["email"], made.stored_name) == (3, "p2@example.org", "")
    assert roster.carry_out_reading(made.read_job, running.RowProgress(made.read_job)) == {"rows": 3}


def test_a_damaged_large_workbook_ends_its_job_in_words_and_is_not_kept(
    sitting: Sitting, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "READ_AT_ONCE", 100)
    made = roster.receive_roster(sitting, file_name="x.xlsx", data=_workbook(3)[:-200], actor=officer)
    assert made.read_job is not None and made.read_job.state == job_states.FAILED
    assert "damaged" in made.read_job.reason and not storages["imports"].exists(made.stored_name)
    with pytest.raises(TooLarge):
        roster.receive_roster(sitting, file_name="x.xlsx", data=b"PK\x03\x04" * 2_000_000, actor=officer)


def test_what_nobody_imports_is_cleared_after_thirty_days(
    sitting: Sitting, officer: User, candidate: User
) -> None:
    imported = upload(sitting, officer, f"{candidate.email},,,,")
    roster.import_roster(imported, actor=officer)
    unused = upload(sitting, officer, "new@example.org,Nina New,,,")
    with clock.at(unused.created_at + timedelta(days=30)):
        assert roster.clear_unused() == 0
    with clock.at(unused.created_at + timedelta(days=30, seconds=1)):
        look_around()
    assert list(Roster.objects.all()) == [imported]
    entry = AuditEntry.objects.get(verb="sitting.roster_cleared")
    assert entry.detail == {"file": "autumn.csv", "rows": 1}
