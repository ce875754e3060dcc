"""From the public form over the link to the members page; and the page behind an invitation link."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Institution, Invitation, Registration, User
from accounts.permissions import roles_of
from accounts.services import invitations
from accounts.tenancy import across_all
from proctor_site.kernel import clock
from tests.factories.accounts import PASSWORD, make_user

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db(transaction=True)
FORM = {
    "name": "West Academy",
    "slug": "",
    "country": "AT",
    "time_zone": "Europe/Vienna",
    "kind": "education",
    "owner_name": "Wanda West",
    "owner_email": "wanda@example.org",
    "password": PASSWORD,
}
INVITED = "nora.new@example.org"


def link() -> str:
    """The newest link that was sent."""
    return str(re.findall(r"(/(?:register/confirm|invitation)/[\w-]+/)", str(mail.outbox[-1].body))[-1])


def text(page: Any) -> str:
    return str(page.content.decode())


@pytest.fixture
def invited(institution: Institution, admin_member: User) -> Invitation:
    return invitations.invite_member(
        institution, email=INVITED, roles=["proctor", "reviewer"], name="Nora", actor=admin_member
    )[0]


def test_from_form_to_members_page(browser_of: Browser) -> None:
    client = browser_of(None)
    page = client.post("/register/", FORM, follow=True)
    assert "We have sent a link to <strong>wanda@example.org</strong>" in text(page)
    assert "Confirm West Academy" in text(client.get(link()))
    wrong: Any = client.post(link(), {"password": "not this one"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (400, ["password"])
    assert not User.objects.exists()
    page = client.post(link(), {"password": PASSWORD}, follow=True)
    assert page.redirect_chain[-1][0] == "/i/west-academy/members/"
    assert "West Academy is ready." in text(page) and "Wanda West" in text(page)
    again = client.get(link())
    assert again.status_code == 409
    assert "This link has been used already." in text(again)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("slug", "West Academy"),
        ("slug", "north-college"),
        ("country", "XX"),
        ("country", ""),
        ("time_zone", "Europe/Atlantis"),
        ("owner_name", "   "),
        ("owner_email", "wanda"),
        ("password", "short"),
        ("password", "wanda@example.org"),
    ],
)
def test_bad_input_names_the_field(
    institution: Institution, browser_of: Browser, field: str, value: str
) -> None:
    page: Any = browser_of(None).post("/register/", FORM | {"slug": "west", field: value})
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in text(page)
    assert list(Institution.objects.all()) == [institution]
    assert mail.outbox == []


def test_unknown_and_expired_links_of_a_registration(browser_of: Browser) -> None:
    client = browser_of(None)
    assert client.get("/register/confirm/nonsense/").status_code == 404
    client.post("/register/", FORM)
    old = link()
    Registration._base_manager.update(expires_at=clock.now() - timedelta(seconds=1))
    expired = client.get(old)
    assert expired.status_code == 409
    assert "Send me a new link" in text(expired)
    page = client.post("/register/resend/", {"link": old.split("/")[-2]}, follow=True)
    assert "We have sent a new link." in text(page)
    assert client.get(old).status_code == 404
    assert client.get(link()).status_code == 200


def test_waiting_institution_opens_for_nobody(browser_of: Browser) -> None:
    wanda = make_user(email="wanda@example.org")
    browser_of(None).post("/register/", FORM)
    assert browser_of(wanda).get("/i/west-academy/members/").status_code == 404


def test_registration_and_confirmation_need_the_csrf_token(browser_of: Browser) -> None:
    client = browser_of(None, enforce_csrf_checks=True)
    assert client.post("/register/", FORM).status_code == 403
    assert not Institution.objects.exists()
    browser_of(None).post("/register/", FORM)
    assert client.post(link(), {"password": PASSWORD}).status_code == 403
    assert Institution.objects.get().confirmed_at is None


def test_too_many_registrations_from_one_address(browser_of: Browser) -> None:
    client = browser_of(None)
    answers = [client.post("/register/", FORM | {"slug": f"west-{n}"}).status_code for n in range(6)]
    assert answers == [302] * 5 + [400]
    assert Institution.objects.count() == 5


def test_new_person_accepts(institution: Institution, invited: Invitation, browser_of: Browser) -> None:
    client = browser_of(None)
    page: Any = client.get(link())
    assert "Ada Admin invites <strong>nora.new@example.org</strong> as Proctor, Reviewer." in text(page)
    for field, value in (("name", " "), ("password", "short")):
        bad: Any = client.post(link(), {"name": "Nora New", "password": PASSWORD} | {field: value})
        assert (bad.status_code, list(bad.context["form"].errors)) == (400, [field])
    assert not User.objects.filter(email=INVITED).exists()
    page = client.post(link(), {"name": "Nora New", "password": PASSWORD}, follow=True)
    assert "Welcome to North College." in text(page)
    nora = User.objects.get(email=INVITED)
    assert page.wsgi_request.user == nora
    assert roles_of(nora, institution) == {"proctor", "reviewer"}
    assert client.get(link()).status_code == 409


def test_known_person_signs_in_first(
    institution: Institution, invited: Invitation, browser_of: Browser
) -> None:
    nora = make_user(email=INVITED)
    client = browser_of(None)
    page = client.get(link(), follow=True)
    assert page.redirect_chain == [(f"/account/login/?next={link()}", 302)]
    assert "Sign in as nora.new@example.org to accept the invitation." in text(page)
    page = client.post(
        "/account/login/", {"login": INVITED, "password": PASSWORD, "next": link()}, follow=True
    )
    assert "Create my account" not in text(page)
    client.post(link())
    assert roles_of(nora, institution) == {"proctor", "reviewer"}


def test_another_person_is_told_to_sign_out(
    institution: Institution, invited: Invitation, stranger: User, browser_of: Browser
) -> None:
    client = browser_of(stranger)
    for page in (client.get(link()), client.post(link(), {"name": "Simon", "password": PASSWORD})):
        assert "but the invitation is for nora.new@example.org" in text(page)
    assert roles_of(stranger, institution) == frozenset()
    with across_all():
        assert not Invitation.objects.exclude(accepted_at=None).exists()


def test_links_of_invitations_that_are_over(
    invited: Invitation, admin_member: User, browser_of: Browser
) -> None:
    client = browser_of(None)
    assert client.get("/invitation/nonsense/").status_code == 404
    Invitation._base_manager.update(expires_at=clock.now() - timedelta(seconds=1))
    expired = client.get(link())
    assert expired.status_code == 409
    assert "This link has expired." in text(expired)
    Invitation._base_manager.update(expires_at=clock.now() + timedelta(days=1))
    invitations.withdraw_invitation(invited, actor=admin_member)
    withdrawn = client.post(link(), {"name": "Nora New", "password": PASSWORD})
    assert withdrawn.status_code == 409
    assert "This invitation was withdrawn." in text(withdrawn)
    assert not User.objects.filter(email=INVITED).exists()
