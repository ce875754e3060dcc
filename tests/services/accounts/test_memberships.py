"""Roles given and ended, the last admin, and what an institution's admin may change."""

from typing import Any

import pytest

from accounts import audit
from accounts.models import AuditEntry, Institution, Membership, User
from accounts.permissions import roles_of
from accounts.roles import Role
from accounts.services import institutions, memberships, people
from accounts.tenancy import within
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed
from tests.factories.accounts import PASSWORD, add_role, make_member


def membership_of(user: User, here: Institution, role: Role) -> Membership:
    with within(here):
        found: Membership = Membership.objects.select_related("institution", "user").get(user=user, role=role)
    return found


def fresh(user: User) -> User:
    """The person as a new request sees them."""
    return User.objects.get(pk=user.pk)


def test_roles_to_give(
    institution: Institution,
    admin_member: User,
    officer: User,
    proctor: User,
    candidate: User,
    stranger: User,
    foreign_officer: User,
) -> None:
    assert memberships.roles_to_give(admin_member, institution) == tuple(Role)
    assert memberships.roles_to_give(officer, institution) == (
        Role.CANDIDATE,
        Role.AUTHOR,
        Role.PROCTOR,
        Role.REVIEWER,
    )
    for nobody in (proctor, candidate, stranger, foreign_officer):
        assert memberships.roles_to_give(nobody, institution) == ()


def test_ended_role_is_taken_up_again(institution: Institution, admin_member: User, proctor: User) -> None:
    membership = membership_of(proctor, institution, Role.PROCTOR)
    memberships.end_membership(membership, actor=admin_member)
    assert roles_of(fresh(proctor), institution) == frozenset()
    with pytest.raises(Conflict) as refused:
        memberships.end_membership(membership, actor=admin_member)
    assert refused.value.code == "already_ended"
    again = memberships.add_member(institution, proctor, Role.PROCTOR, actor=admin_member)
    assert (again.pk, again.ended_at) == (membership.pk, None)
    with pytest.raises(Conflict) as refused:
        memberships.add_member(institution, proctor, Role.PROCTOR, actor=admin_member)
    assert refused.value.code == "already_member"
    with within(institution):
        verbs = AuditEntry.objects.filter(stream=audit.stream_of(membership)).order_by("id")
        assert [each.verb for each in verbs] == ["membership.ended", "membership.restored"]
        assert audit.first_broken_entry(institution, audit.stream_of(membership)) is None


def test_last_admin_stays(institution: Institution, admin_member: User) -> None:
    membership = membership_of(admin_member, institution, Role.ADMIN)
    with pytest.raises(Conflict) as refused:
        memberships.end_membership(membership, actor=admin_member)
    assert (refused.value.code, refused.value.field) == ("last_admin", "role")
    second = make_member(institution, Role.ADMIN)
    memberships.end_membership(membership, actor=second)
    with pytest.raises(Conflict):
        memberships.end_membership(membership_of(second, institution, Role.ADMIN), actor=second)


def test_admin_whose_account_is_closed_does_not_count(institution: Institution, admin_member: User) -> None:
    closed = make_member(institution, Role.ADMIN)
    closed.is_active = False
    closed.save()
    with pytest.raises(Conflict) as refused:
        memberships.end_membership(membership_of(admin_member, institution, Role.ADMIN), actor=admin_member)
    assert refused.value.code == "last_admin"


def test_only_admins_of_the_institution_end_roles(
    institution: Institution,
    other_institution: Institution,
    officer: User,
    proctor: User,
    candidate: User,
    stranger: User,
) -> None:
    foreign_admin = make_member(other_institution, Role.ADMIN)
    membership = membership_of(proctor, institution, Role.PROCTOR)
    for nobody in (officer, proctor, candidate, stranger, foreign_admin):
        with pytest.raises(NotAllowed):
            memberships.end_membership(membership, actor=nobody)
    assert membership_of(proctor, institution, Role.PROCTOR).ended_at is None


def test_settings_name_what_changed(institution: Institution, admin_member: User) -> None:
    changed = institutions.change_settings(
        institution,
        actor=admin_member,
        name=" North  University ",
        time_zone="Europe/Vienna",
        language="de",
        requires_second_factor=True,
    )
    assert changed == ["name", "language", "requires_second_factor"]
    institution.refresh_from_db()
    assert (institution.name, institution.requires_second_factor) == ("North University", True)
    with within(institution):
        entry = AuditEntry.objects.get(verb="institution.changed")
    assert entry.detail == {
        "name": {"from": "North College", "to": "North University"},
        "language": {"from": "en", "to": "de"},
        "requires_second_factor": {"from": False, "to": True},
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "  "), ("name", "x" * 201), ("time_zone", "Europe/Atlantis"), ("language", "xx")],
)
def test_bad_settings_change_nothing(
    institution: Institution, admin_member: User, field: str, value: str
) -> None:
    given: dict[str, Any] = {"name": "New", "time_zone": "UTC", "language": "de"}
    given["requires_second_factor"] = True
    with pytest.raises(InvalidInput) as refused:
        institutions.change_settings(institution, actor=admin_member, **given | {field: value})
    assert refused.value.field == field
    kept = Institution.objects.get(pk=institution.pk)
    assert (kept.name, kept.time_zone, kept.requires_second_factor) == (
        "North College",
        "Europe/Vienna",
        False,
    )


def test_only_admins_change_settings(institution: Institution, officer: User, stranger: User) -> None:
    for nobody in (officer, stranger):
        with pytest.raises(NotAllowed):
            institutions.change_settings(
                institution,
                actor=nobody,
                name="Mine",
                time_zone="UTC",
                language="en",
                requires_second_factor=False,
            )
    assert Institution.objects.get(pk=institution.pk).name == "North College"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " ", "password": PASSWORD}, "name"),
        ({"name": "Nora New", "password": "short"}, "password"),
        ({"name": "Nora New", "password": "nora.new@example.org"}, "password"),
    ],
)
def test_bad_person_is_not_created(db: None, given: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        people.create_person(email="nora.new@example.org", **given)
    assert refused.value.field == field
    assert not User.objects.exists()


def test_address_is_one_person_in_any_case(candidate: User) -> None:
    assert people.find_person(candidate.email.upper()) == candidate
    with pytest.raises(Conflict) as refused:
        people.create_person(email=candidate.email.upper(), name="Double", password=PASSWORD)
    assert refused.value.field == "email"


def test_own_details(candidate: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        people.change_person(candidate, name="Carla", time_zone="Mars/Base")
    assert refused.value.field == "time_zone"
    people.change_person(candidate, name=" Carla  Cole ", time_zone="Asia/Tokyo")
    kept = fresh(candidate)
    assert (kept.name, kept.time_zone) == ("Carla Cole", "Asia/Tokyo")


def test_roles_are_counted_per_institution(
    institution: Institution, other_institution: Institution, candidate: User
) -> None:
    add_role(candidate, other_institution, Role.ADMIN)
    assert roles_of(candidate, institution) == {"candidate"}
    assert roles_of(candidate, other_institution) == {"admin"}
