"""Institution, members, invitations and audit log in the admin: rights, own rows, services behind them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.audit_removal import open_log
from accounts.models import AuditEntry, Institution, Invitation, Membership, User
from accounts.roles import Role
from accounts.services import invitations
from accounts.tenancy import within
from tests.factories.accounts import make_member

Browser = Callable[..., Client]
INSTITUTION = "admin:accounts_institution_{}"
INVITATION = "admin:accounts_invitation_{}"
MEMBERSHIP = "admin:accounts_membership_{}"
ENTRY = "admin:accounts_auditentry_{}"


def shown(page: Any) -> list[Any]:
    assert page.status_code == 200
    return list(page.context["cl"].result_list)


@pytest.fixture
def data_officer(institution: Institution) -> User:
    return make_member(institution, Role.DATA_PROTECTION_OFFICER)


@pytest.fixture
def invitation(institution: Institution, admin_member: User) -> Invitation:
    return invitations.invite_member(
        institution, email="nora.new@example.org", roles=["proctor"], actor=admin_member
    )[0]


def test_own_institution_only(
    institution: Institution, other_institution: Institution, admin_member: User, browser_of: Browser
) -> None:
    client = browser_of(admin_member)
    assert shown(client.get(reverse(INSTITUTION.format("changelist")))) == [institution]
    foreign = reverse(INSTITUTION.format("change"), args=[other_institution.pk])
    assert client.get(foreign).status_code == 302
    client.post(foreign, {"name": "Taken", "time_zone": "UTC", "language": "en"})
    assert Institution.objects.get(pk=other_institution.pk).name == "South School"


def test_admin_changes_name_zone_and_rule(
    institution: Institution, admin_member: User, browser_of: Browser
) -> None:
    url = reverse(INSTITUTION.format("change"), args=[institution.pk])
    given = {
        "name": "North University",
        "time_zone": "Europe/Paris",
        "language": "fr",
        "slug": "other",
        "country": "FR",
    }
    assert browser_of(admin_member).post(url, given).status_code == 302
    kept = Institution.objects.get(pk=institution.pk)
    assert (kept.name, kept.time_zone, kept.slug, kept.country) == (
        "North University",
        "Europe/Paris",
        "north-college",
        "AT",
    )
    with within(institution):
        assert [(e.verb, e.actor) for e in AuditEntry.objects.all()] == [
            ("institution.changed", admin_member)
        ]


@pytest.mark.parametrize(
    ("field", "value"), [("name", " "), ("time_zone", "Europe/Atlantis"), ("language", "xx")]
)
def test_bad_settings_name_the_field(
    institution: Institution, admin_member: User, browser_of: Browser, field: str, value: str
) -> None:
    url = reverse(INSTITUTION.format("change"), args=[institution.pk])
    given = {"name": "New", "time_zone": "UTC", "language": "en"} | {field: value}
    page: Any = browser_of(admin_member).post(url, given)
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == [field]
    assert Institution.objects.get(pk=institution.pk).name == "North College"


def test_nobody_adds_or_deletes_an_institution(
    institution: Institution, admin_member: User, officer: User, browser_of: Browser
) -> None:
    for user in (admin_member, officer):
        client = browser_of(user)
        assert client.post(reverse(INSTITUTION.format("add")), {"name": "X"}).status_code == 403
        delete = reverse(INSTITUTION.format("delete"), args=[institution.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403
    change = reverse(INSTITUTION.format("change"), args=[institution.pk])
    assert (
        browser_of(officer).post(change, {"name": "X", "time_zone": "UTC", "language": "en"}).status_code
        == 403
    )
    assert [each.name for each in Institution.objects.all()] == ["North College"]


@pytest.mark.django_db(transaction=True)
def test_adding_an_invitation_sends_it(institution: Institution, officer: User, browser_of: Browser) -> None:
    given = {"email": " Nora.New@example.org ", "name": "Nora New", "role": "proctor"}
    page = browser_of(officer).post(reverse(INVITATION.format("add")), given, follow=True)
    assert "Invited: nora.new@example.org as Proctor." in page.content.decode()
    assert [message.to for message in mail.outbox] == [["nora.new@example.org"]]
    with within(institution):
        [made] = Invitation.objects.all()
        assert (made.email, made.role, made.invited_by) == ("nora.new@example.org", "proctor", officer)
        assert [entry.verb for entry in AuditEntry.objects.all()] == ["invitation.sent"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "nora.new@example.org"}, "email"),
        ({"role": "emperor"}, "role"),
        ({"role": "admin"}, "role"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_bad_invitations_name_the_field(
    institution: Institution,
    officer: User,
    invitation: Invitation,
    browser_of: Browser,
    changes: dict[str, str],
    field: str,
) -> None:
    given = {"email": "other@example.org", "name": "", "role": "proctor"} | changes
    page: Any = browser_of(officer).post(reverse(INVITATION.format("add")), given)
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == [field]
    with within(institution):
        assert list(Invitation.objects.all()) == [invitation]


def test_role_held_already_is_said_at_the_role(
    institution: Institution, officer: User, proctor: User, browser_of: Browser
) -> None:
    given = {"email": proctor.email, "name": "", "role": "proctor"}
    page: Any = browser_of(officer).post(reverse(INVITATION.format("add")), given)
    assert page.context["adminform"].form.errors == {"role": ["Petra Proctor is Proctor here already."]}


def test_invitations_are_not_edited_or_deleted(
    institution: Institution, admin_member: User, invitation: Invitation, browser_of: Browser
) -> None:
    client = browser_of(admin_member)
    change = reverse(INVITATION.format("change"), args=[invitation.pk])
    page = client.get(change)
    assert page.status_code == 200
    assert 'name="role"' not in page.content.decode()
    assert client.post(change, {"email": "x@example.org", "role": "admin"}).status_code == 403
    delete = reverse(INVITATION.format("delete"), args=[invitation.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    with within(institution):
        assert Invitation.objects.get().email == "nora.new@example.org"


@pytest.mark.parametrize("action", ["send_again", "withdraw"])
def test_actions_touch_own_invitations_only(
    institution: Institution,
    other_institution: Institution,
    admin_member: User,
    invitation: Invitation,
    browser_of: Browser,
    action: str,
) -> None:
    foreign_admin = make_member(other_institution, Role.ADMIN)
    body = {"action": action, "_selected_action": [str(invitation.pk)]}
    before = invitation.token_hash
    browser_of(foreign_admin).post(reverse(INVITATION.format("changelist")), body)
    with within(institution):
        kept = Invitation.objects.get()
        assert (kept.token_hash, kept.withdrawn_at) == (before, None)
    page = browser_of(admin_member).post(reverse(INVITATION.format("changelist")), body, follow=True)
    done = "Sent again" if action == "send_again" else "Withdrawn"
    assert f"{done}: nora.new@example.org as Proctor." in page.content.decode()
    with within(institution):
        kept = Invitation.objects.get()
        assert (kept.token_hash != before, kept.withdrawn_at is not None) == (
            action == "send_again",
            action == "withdraw",
        )


def test_roles_decide_who_sees_members_invitations_and_audit(
    institution: Institution,
    admin_member: User,
    officer: User,
    proctor: User,
    data_officer: User,
    browser_of: Browser,
) -> None:
    seen = {
        (name, user.name): browser_of(user).get(reverse(pattern.format("changelist"))).status_code
        for name, pattern in (("members", MEMBERSHIP), ("invitations", INVITATION), ("audit", ENTRY))
        for user in (admin_member, officer, proctor, data_officer)
    }
    assert {key for key, status in seen.items() if status == 200} == {
        ("members", admin_member.name),
        ("members", officer.name),
        ("members", data_officer.name),
        ("invitations", admin_member.name),
        ("invitations", officer.name),
        ("audit", admin_member.name),
        ("audit", data_officer.name),
    }
    assert {status for status in seen.values() if status != 200} == {403}


def test_members_are_read_and_ended_elsewhere(
    institution: Institution,
    other_institution: Institution,
    admin_member: User,
    officer: User,
    foreign_officer: User,
    browser_of: Browser,
) -> None:
    client = browser_of(admin_member)
    page = client.get(reverse(MEMBERSHIP.format("changelist")))
    assert {row.user for row in shown(page)} == {admin_member, officer}
    with within(institution):
        own = Membership.objects.get(user=officer)
    with within(other_institution):
        foreign = Membership.objects.get(user=foreign_officer)
    assert reverse("member_end", args=["north-college", own.pk]) in page.content.decode()
    change = MEMBERSHIP.format("change")
    assert client.post(reverse(change, args=[own.pk]), {"role": "admin"}).status_code == 403
    assert client.get(reverse(change, args=[foreign.pk])).status_code == 302
    assert client.post(reverse(MEMBERSHIP.format("add")), {}).status_code == 403
    assert client.post(reverse(MEMBERSHIP.format("delete"), args=[own.pk]), {"post": "y"}).status_code == 403
    as_officer = browser_of(officer).get(reverse(MEMBERSHIP.format("changelist"))).content.decode()
    assert "End this role" not in as_officer


def test_audit_log_is_filtered_and_checked(
    institution: Institution, admin_member: User, other_institution: Institution, browser_of: Browser
) -> None:
    with within(institution):
        first = audit.record(
            institution, institution, "sky.seen", actor=admin_member, detail={"colour": "blue"}
        )
        second = audit.record(institution, institution, "sky.left", actor=admin_member)
    with within(other_institution):
        foreign = audit.record(other_institution, other_institution, "sky.seen")
    client = browser_of(admin_member)
    url = reverse(ENTRY.format("changelist"))
    assert shown(client.get(url)) == [second, first]
    assert shown(client.get(url, {"act": "sky.seen"})) == [first]
    assert shown(client.get(url, {"since": "2001-01-01T00:00", "until": "2001-01-02T00:00"})) == []
    detail = reverse(ENTRY.format("change"), args=[first.pk])
    page = client.get(detail).content.decode()
    assert "colour: blue" in page and "whole: no entry" in page
    assert client.post(detail, {"verb": "sky.fell"}).status_code == 403
    assert client.get(reverse(ENTRY.format("change"), args=[foreign.pk])).status_code == 302
    with open_log():
        AuditEntry._base_manager.filter(pk=first.pk).update(detail={"colour": "grey"})
    assert "broken at entry 1" in client.get(detail).content.decode()
