"""The members page: who opens it, inviting, sending again, withdrawing, ending; settings beside it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Institution, Invitation, Membership, User
from accounts.roles import Role
from accounts.services import invitations
from accounts.tenancy import within
from tests.factories.accounts import make_member

Browser = Callable[..., Client]
HERE = "/i/north-college/"
MEMBERS = HERE + "members/"
ADDRESS = "nora.new@example.org"
NEW = {"email": ADDRESS, "name": "Nora New", "roles": ["proctor"]}


@pytest.fixture
def invitation(institution: Institution, admin_member: User) -> Invitation:
    return invitations.invite_member(institution, email=ADDRESS, roles=["proctor"], actor=admin_member)[0]


@pytest.fixture
def everybody(
    institution: Institution,
    other_institution: Institution,
    admin_member: User,
    officer: User,
    proctor: User,
    candidate: User,
    stranger: User,
) -> dict[str, User]:
    return {
        "admin": admin_member,
        "officer": officer,
        "proctor": proctor,
        "candidate": candidate,
        "stranger": stranger,
        "foreign admin": make_member(other_institution, Role.ADMIN),
    }


def membership_of(user: User, here: Institution) -> Membership:
    with within(here):
        found: Membership = Membership.objects.get(user=user)
    return found


@pytest.mark.parametrize(
    ("page", "answers"),
    [
        ("members/", {"admin": 200, "officer": 200, "proctor": 403, "candidate": 403}),
        ("settings/", {"admin": 200, "officer": 403, "proctor": 403, "candidate": 403}),
        ("admin/", {"admin": 302, "officer": 302, "proctor": 302, "candidate": 403}),
    ],
)
def test_who_opens_which_page(
    everybody: dict[str, User], browser_of: Browser, page: str, answers: dict[str, int]
) -> None:
    expected = answers | {"stranger": 404, "foreign admin": 404}
    given = {name: browser_of(user).get(HERE + page).status_code for name, user in everybody.items()}
    assert given == expected
    signed_out = browser_of(None).get(HERE + page)
    assert (signed_out.status_code, signed_out.headers["Location"]) == (
        302,
        f"/account/login/?next={HERE}{page}",
    )


def test_who_may_invite_resend_withdraw_and_end(
    institution: Institution, everybody: dict[str, User], invitation: Invitation, browser_of: Browser
) -> None:
    victim = membership_of(everybody["proctor"], institution)
    before = invitation.token_hash
    for name, user in everybody.items():
        if name in ("admin", "officer"):
            continue
        refused = 403 if name in ("proctor", "candidate") else 404
        for path in (
            MEMBERS,
            f"{HERE}invitations/{invitation.pk}/resend/",
            f"{HERE}invitations/{invitation.pk}/withdraw/",
            f"{MEMBERS}{victim.pk}/end/",
        ):
            assert browser_of(user).post(path, NEW).status_code == refused, (name, path)
    assert browser_of(everybody["officer"]).post(f"{MEMBERS}{victim.pk}/end/").status_code == 403
    with within(institution):
        kept = Invitation.objects.get()
        assert (kept.token_hash, kept.withdrawn_at) == (before, None)
        assert not Membership.objects.exclude(ended_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_inviting(institution: Institution, officer: User, browser_of: Browser) -> None:
    client = browser_of(officer)
    page = client.post(MEMBERS, NEW, follow=True).content.decode()
    assert "Invitation sent to nora.new@example.org." in page
    assert [message.to for message in mail.outbox] == [["nora.new@example.org"]]
    with within(institution):
        [made] = Invitation.objects.all()
    page = client.post(f"{HERE}invitations/{made.pk}/resend/", follow=True).content.decode()
    assert "Invitation sent to nora.new@example.org." in page
    assert len(mail.outbox) == 2
    page = client.post(f"{HERE}invitations/{made.pk}/withdraw/", follow=True).content.decode()
    assert "The invitation for nora.new@example.org was withdrawn." in page
    assert "No invitation is waiting for an answer." in page


@pytest.mark.django_db(transaction=True)
def test_mail_server_down_is_said(
    institution: Institution, officer: User, browser_of: Browser, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    page = browser_of(officer).post(MEMBERS, NEW, follow=True).content.decode()
    assert "is stored, but the e-mail could not be sent" in page
    assert "E-mail not sent" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"roles": []}, "roles"),
        ({"roles": ["emperor"]}, "roles"),
        ({"roles": ["admin"]}, "roles"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_bad_invitation_names_the_field(
    institution: Institution, officer: User, browser_of: Browser, changes: dict[str, Any], field: str
) -> None:
    page: Any = browser_of(officer).post(MEMBERS, NEW | changes)
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in page.content.decode()
    with within(institution):
        assert not Invitation.objects.exists()


def test_inviting_twice_says_what_to_do(
    institution: Institution, officer: User, invitation: Invitation, browser_of: Browser
) -> None:
    page = browser_of(officer).post(MEMBERS, NEW)
    assert page.status_code == 400
    assert "has been invited as Proctor already. Use “Send again” in the list." in page.content.decode()


def test_other_institutions_ids_do_not_exist(
    institution: Institution, other_institution: Institution, admin_member: User, browser_of: Browser
) -> None:
    foreign_admin = make_member(other_institution, Role.ADMIN)
    [foreign] = invitations.invite_member(
        other_institution, email="x@example.org", roles=["proctor"], actor=foreign_admin
    )
    client = browser_of(admin_member)
    victim = membership_of(foreign_admin, other_institution)
    for path in (
        f"{HERE}invitations/{foreign.pk}/resend/",
        f"{HERE}invitations/{foreign.pk}/withdraw/",
        f"{MEMBERS}{victim.pk}/end/",
    ):
        assert client.post(path).status_code == 404
    with within(other_institution):
        kept = Invitation.objects.get()
        assert (kept.token_hash, kept.withdrawn_at) == (foreign.token_hash, None)
        assert Membership.objects.get(pk=victim.pk).ended_at is None


def test_ending_asks_once_more(
    institution: Institution, admin_member: User, proctor: User, browser_of: Browser
) -> None:
    client = browser_of(admin_member)
    path = f"{MEMBERS}{membership_of(proctor, institution).pk}/end/"
    assert "will no longer be <strong>Proctor</strong>" in client.get(path).content.decode()
    assert membership_of(proctor, institution).ended_at is None
    page = client.post(path, follow=True).content.decode()
    assert "Petra Proctor is no longer Proctor here." in page
    assert membership_of(proctor, institution).ended_at is not None
    assert browser_of(proctor).get(f"{HERE}watch/").status_code == 404
    assert client.post(path).status_code == 404


def test_last_admin_cannot_leave(institution: Institution, admin_member: User, browser_of: Browser) -> None:
    path = f"{MEMBERS}{membership_of(admin_member, institution).pk}/end/"
    page = browser_of(admin_member).post(path, follow=True).content.decode()
    assert "This is the last admin. Make somebody else an admin first." in page
    assert membership_of(admin_member, institution).ended_at is None


def test_list_is_searched_and_filtered(
    institution: Institution, admin_member: User, proctor: User, candidate: User, browser_of: Browser
) -> None:
    client = browser_of(admin_member)

    def names(**query: str) -> list[str]:
        page: Any = client.get(MEMBERS, query)
        return [each.user.name for each in page.context["page"]]

    assert names() == ["Ada Admin", "Carla Candidate", "Petra Proctor"]
    assert names(q="PETRA") == ["Petra Proctor"]
    assert names(role="candidate") == ["Carla Candidate"]
    assert names(role="nonsense", page="77") == names()


@pytest.mark.parametrize(
    ("field", "value"), [("name", "  "), ("time_zone", "Europe/Atlantis"), ("language", "xx")]
)
def test_bad_settings_name_the_field(
    institution: Institution, admin_member: User, browser_of: Browser, field: str, value: str
) -> None:
    page: Any = browser_of(admin_member).post(
        HERE + "settings/", {"name": "New", "time_zone": "UTC", "language": "en"} | {field: value}
    )
    assert (page.status_code, list(page.context["form"].errors)) == (400, [field])
    assert Institution.objects.get(pk=institution.pk).name == "North College"


def test_settings_are_saved(institution: Institution, admin_member: User, browser_of: Browser) -> None:
    given = {"name": "North University", "time_zone": "UTC", "language": "ar"}
    page = browser_of(admin_member).post(HERE + "settings/", given, follow=True).content.decode()
    assert "Saved." in page and "Settings of North University" in page
    assert Institution.objects.get(pk=institution.pk).language == "ar"


def test_posts_need_the_csrf_token(
    institution: Institution, admin_member: User, invitation: Invitation, browser_of: Browser
) -> None:
    client = browser_of(admin_member, enforce_csrf_checks=True)
    for path in (MEMBERS, HERE + "settings/", f"{HERE}invitations/{invitation.pk}/withdraw/"):
        assert client.post(path, NEW).status_code == 403
    with within(institution):
        assert Invitation.objects.get().withdrawn_at is None


def test_a_candidate_gets_a_number_that_search_finds(
    institution: Institution,
    officer: User,
    proctor: User,
    candidate: User,
    second_candidate: User,
    foreign_officer: User,
    browser_of: Browser,
) -> None:
    first, second = (
        f"{MEMBERS}{membership_of(each, institution).pk}/number/" for each in (candidate, second_candidate)
    )
    office = browser_of(officer)
    assert "Carla Candidate" in office.get(first).content.decode()
    assert office.post(first, {"external_id": "S-77"}).status_code == 302
    refused = office.post(second, {"external_id": "s-77"})
    assert refused.status_code == 400 and f"{candidate.name} ({candidate.email})" in refused.content.decode()
    found = office.get(MEMBERS, {"q": "s-77"}).content.decode()
    assert "S-77" in found and candidate.email in found and second_candidate.email not in found
    found = office.get("/admin/accounts/membership/", {"q": "s-77"}).content.decode()
    assert f'href="{first}"' in found and f'href="{second}"' not in found
    assert office.get(f"{MEMBERS}{membership_of(proctor, institution).pk}/number/").status_code == 404
    assert browser_of(proctor).post(first, {"external_id": "1"}).status_code == 403
    assert browser_of(foreign_officer).post(first, {"external_id": "1"}).status_code == 404
    assert membership_of(candidate, institution).external_id == "S-77"
