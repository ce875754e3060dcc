"""Candidate numbers: one person each within an institution, by hand and by roster, never across."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, Institution, Membership, User
from accounts.roles import Role
from accounts.services.candidate_numbers import set_number
from accounts.services.memberships import add_member
from accounts.tenancy import within
from exams.models import PendingEnrolment, Sitting
from exams.scheduling import roster
from exams.scheduling.lists import HEADERS, candidate_list
from exams.scheduling.verdicts import Verdict
from exams.tables import Format, as_bytes
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed
from tests.factories.accounts import make_user
from tests.factories.exams import make_exam, make_sitting


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    return make_sitting(make_exam(scoped))


def member(user: User) -> Membership:
    found: Membership = Membership.objects.select_related("institution").get(user=user, role=Role.CANDIDATE)
    return found


def run(sitting: Sitting, officer: User, *lines: str) -> list[Verdict]:
    data = "\n".join(["email,student number", *lines]).encode()
    made = roster.read_roster(sitting, file_name="numbers.csv", data=data, actor=officer)
    told = roster.try_out(made)
    roster.import_roster(made, actor=officer)
    made.refresh_from_db()
    assert [row[2:] for row in made.outcomes] == [[each.outcome.value, each.detail] for each in told]
    return told


def test_a_number_is_one_persons_whatever_its_capitals(
    scoped: Institution, officer: User, reviewer: User, candidate: User, second_candidate: User
) -> None:
    set_number(member(candidate), "  s-1   a ", actor=officer)
    assert member(candidate).external_id == "s-1 a"
    with pytest.raises(Conflict, match=f"belongs to {candidate} .{candidate.email}") as taken:
        set_number(member(second_candidate), "S-1 A", actor=officer)
    assert (taken.value.field, taken.value.code) == ("external_id", "number_taken")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(user=second_candidate).update(external_id="S-1 A")
    for wrong in ("a@example.org", "ä1", "x" * 61):
        with pytest.raises(InvalidInput):
            set_number(member(candidate), wrong, actor=officer)
    with pytest.raises(NotAllowed):
        set_number(member(candidate), "2", actor=reviewer)
    with pytest.raises(InvalidInput):
        set_number(Membership.objects.get(user=reviewer), "2", actor=officer)
    set_number(member(candidate), "S-1 A", actor=officer)
    set_number(member(candidate), "", actor=officer)
    entries = AuditEntry.objects.filter(verb="membership.number_set").order_by("sequence")
    assert [entry.detail["number"] for entry in entries] == ["s-1 a", "S-1 A", ""]


def test_rosters_give_numbers_and_name_every_clash(
    sitting: Sitting, officer: User, candidate: User, second_candidate: User
) -> None:
    told = run(sitting, officer, f"{candidate.email},7", "new@example.org,8", "third@example.org,9")
    assert [each.outcome for each in told] == ["enrolled", "invited", "invited"]
    assert told[0].detail == f"{candidate} is enrolled. Candidate number: 7."
    assert member(candidate).external_id == "7"
    told = run(
        sitting,
        officer,
        f"{candidate.email},10",
        f"{second_candidate.email},8",
        "other@example.org,7",
        "one@example.org,11",
        "two@example.org,11",
        "third@example.org,12",
        "odd@example.org,é",
    )
    assert [each.outcome for each in told] == [
        *("updated", "refused", "refused", "invited", "refused", "updated", "refused")
    ]
    assert told[0].detail == f"{candidate} is enrolled already. Candidate number: 10, before: 7."
    assert told[1].detail == "The candidate number 8 is that of new@example.org, who is invited."
    assert told[2].detail == f"The candidate number 7 belongs to {candidate} ({candidate.email})."
    assert told[4].detail == "The candidate number stands in row 5 already."
    assert PendingEnrolment.objects.get(email="third@example.org").external_id == "12"
    same = run(sitting, officer, f"{candidate.email},", "new@example.org,8")
    assert [each.outcome for each in same] == ["already_enrolled", "already_invited"]
    assert member(candidate).external_id == "10"


def test_a_promised_number_is_given_on_joining_unless_it_is_taken(
    sitting: Sitting, officer: User, candidate: User
) -> None:
    run(sitting, officer, "new@example.org,8", "late@example.org,9")
    set_number(member(candidate), "9", actor=officer)
    for address, number in (("new@example.org", "8"), ("late@example.org", "")):
        person = make_user(email=address)
        add_member(sitting.institution, person, Role.CANDIDATE, actor=officer)
        assert member(person).external_id == number
    data = as_bytes(Format.CSV_FOR_SPREADSHEETS, HEADERS, candidate_list(sitting))
    again = roster.read_roster(sitting, file_name="x.csv", data=data, actor=officer)
    assert {(row.email, row.external_id) for row in roster.rows_of(again)} == {
        ("new@example.org", "8"),
        ("late@example.org", ""),
    }


def test_numbers_of_other_institutions_are_not_seen(
    sitting: Sitting,
    officer: User,
    candidate: User,
    other_institution: Institution,
    foreign_officer: User,
    foreign_candidate: User,
) -> None:
    with within(other_institution):
        set_number(member(foreign_candidate), "7", actor=foreign_officer)
        with pytest.raises(NotAllowed):
            set_number(member(foreign_candidate), "8", actor=officer)
    told: Any = run(sitting, officer, f"{candidate.email},7", f"{foreign_candidate.email},8")
    assert [each.outcome for each in told] == ["enrolled", "invited"]
    with within(other_institution):
        assert member(foreign_candidate).external_id == "7"
