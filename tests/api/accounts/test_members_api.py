"""Institution, members and invitations by token."""

import pytest
from django.core import mail

from accounts.models import AuditEntry, Institution, Membership, User
from accounts.permissions import roles_of
from accounts.roles import Role
from accounts.tenancy import within
from tests.factories.accounts import add_role
from tests.factories.tokens import client_with, new_token, token_client

BASE = "/api/v1/institution/"
MEMBERS = BASE + "members/"
INVITATIONS = BASE + "invitations/"


def test_settings_are_changed_and_the_log_names_the_token(institution: Institution) -> None:
    token, secret = new_token(institution, "institution:write")
    answer = client_with(secret).patch(BASE, {"name": "  North   Academy "})
    assert (answer.status_code, answer.data["name"]) == (200, "North Academy")
    with within(institution):
        entry = AuditEntry.objects.get(verb="institution.changed")
    assert entry.actor == token.account and str(entry.actor) == "API token “Student register”"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"name": ""}, "name"),
        ({"requires_second_factor": False}, "requires_second_factor"),
        ({"slug": "x"}, "slug"),
    ],
)
def test_wrong_settings_change_nothing(institution: Institution, body: dict[str, object], field: str) -> None:
    answer = token_client(institution, "institution:write").patch(BASE, body)
    assert (answer.status_code, answer.data["field"]) == (400, field)
    before = institution.name
    institution.refresh_from_db()
    assert institution.name == before


def test_members_are_listed_with_all_their_roles(institution: Institution, proctor: User) -> None:
    add_role(proctor, institution, Role.REVIEWER)
    client = token_client(institution, "members:read")
    [row] = client.get(MEMBERS, {"email": proctor.email.upper()}).json()["results"]
    assert row["roles"] == ["proctor", "reviewer"] and row["name"] == "Petra Proctor"
    assert client.get(f"{MEMBERS}{proctor.pk}/").json() == row


def test_people_of_other_institutions_do_not_exist(
    institution: Institution, foreign_candidate: User, foreign_officer: User
) -> None:
    client = token_client(institution)
    assert client.get(f"{MEMBERS}{foreign_candidate.pk}/").status_code == 404
    assert client.patch(f"{MEMBERS}{foreign_officer.pk}/", {"roles": ["author"]}).status_code == 404
    found = client.get(MEMBERS, {"limit": 200}).json()["results"]
    assert foreign_candidate.pk not in {row["id"] for row in found}


def test_roles_and_number_are_set_together(institution: Institution, candidate: User) -> None:
    client = token_client(institution, "members:write")
    body = {"roles": ["candidate", "reviewer"], "candidate_number": "A-17"}
    answer = client.patch(f"{MEMBERS}{candidate.pk}/", body)
    assert answer.json()["roles"] == ["candidate", "reviewer"]
    assert answer.json()["candidate_number"] == "A-17"
    assert client.patch(f"{MEMBERS}{candidate.pk}/", {"roles": ["reviewer"]}).json()["roles"] == ["reviewer"]
    refused = client.patch(f"{MEMBERS}{candidate.pk}/", {"candidate_number": "B"})
    assert (refused.status_code, refused.data["field"]) == (400, "candidate_number")


def test_a_token_makes_and_ends_no_admin(institution: Institution, admin_member: User, proctor: User) -> None:
    client = token_client(institution)
    for role in ("admin", "exam_officer", "data_protection_officer"):
        answer = client.patch(f"{MEMBERS}{proctor.pk}/", {"roles": ["proctor", role]})
        assert (answer.status_code, answer.data["code"]) == (403, "role_of_people")
        assert client.post(INVITATIONS, {"email": "x@example.org", "roles": [role]}).status_code == 403
    assert client.delete(f"{MEMBERS}{admin_member.pk}/").status_code == 403
    assert roles_of(User.objects.get(pk=proctor.pk), institution) == {"proctor"}


def test_a_member_is_ended_and_stays_on_record(institution: Institution, proctor: User) -> None:
    client = token_client(institution, "members:write", "members:read")
    assert client.delete(f"{MEMBERS}{proctor.pk}/").status_code == 204
    assert client.get(f"{MEMBERS}{proctor.pk}/").status_code == 404
    with within(institution):
        assert Membership.objects.get(user=proctor).ended_at is not None


def test_the_read_scope_writes_nothing(institution: Institution, proctor: User) -> None:
    answer = token_client(institution, "members:read").delete(f"{MEMBERS}{proctor.pk}/")
    assert (answer.status_code, answer.data["scope"]) == (403, "members:write")


@pytest.mark.django_db(transaction=True)
def test_an_invitation_is_sent_again_and_withdrawn(institution: Institution) -> None:
    client = token_client(institution)
    body = {"email": "Nora@Example.org", "name": "Nora", "roles": ["author", "proctor"]}
    [made, _] = client.post(INVITATIONS, body).json()["invitations"]
    assert (made["email"], made["invitation_state"]) == ("nora@example.org", "waiting")
    assert [message.to for message in mail.outbox] == [["nora@example.org"]]
    assert client.post(f"{INVITATIONS}{made['id']}/resend/").status_code == 200
    assert len(mail.outbox) == 2
    assert client.delete(f"{INVITATIONS}{made['id']}/").status_code == 204
    assert client.get(f"{INVITATIONS}{made['id']}/").json()["invitation_state"] == "withdrawn"
    assert client.delete(f"{INVITATIONS}{made['id']}/").status_code == 409
    states = [row["invitation_state"] for row in client.get(INVITATIONS).json()["results"]]
    assert sorted(states) == ["waiting", "withdrawn"]


def test_a_bad_invitation_names_every_field(institution: Institution) -> None:
    answer = token_client(institution).post(INVITATIONS, {"email": "nobody", "roles": [], "colour": "x"})
    assert answer.status_code == 400 and answer.data["field"] == "colour"
    answer = token_client(institution).post(INVITATIONS, {"email": "nobody", "roles": ["king"]})
    assert {each["field"] for each in answer.data["errors"]} == {"email", "roles.0"}
