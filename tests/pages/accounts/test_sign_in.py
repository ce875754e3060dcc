"""Signing in, passwords and the own address: in our frame and words, for every page of django-allauth."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as configured
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.factories.accounts import PASSWORD

Browser = Callable[..., Client]
NEW_PASSWORD = "quite another sentence"
SIGNED_OUT = ["login", "signup", "inactive", "confirm-email", "password/reset", "password/reset/done"]
SIGNED_OUT += ["password/reset/key/1-x", "password/reset/key/done", "confirm-email/x"]
SIGNED_IN = ["logout", "email", "password/change", "password/reset", "reauthenticate", "person", "2fa"]


def text(page: Any) -> str:
    return str(page.content.decode())


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/account/login/", {"login": user.email, "password": password, **more}, follow=True)


def newest_link(pattern: str) -> str:
    return str(re.findall(pattern, str(mail.outbox[-1].body))[-1])


@pytest.mark.parametrize(
    ("path", "signed_in"), [(p, False) for p in SIGNED_OUT] + [(p, True) for p in SIGNED_IN]
)
def test_pages_have_our_frame_and_words(
    candidate: User, browser_of: Browser, path: str, signed_in: bool
) -> None:
    page: Any = browser_of(candidate if signed_in else None).get(f"/account/{path}/")
    assert page.status_code == 200
    ours = Path(configured.BASE_DIR, "templates")
    html_templates = [each for each in page.templates if each.origin and str(each.name).endswith(".html")]
    from_elsewhere = [
        each.name
        for each in html_templates
        if not Path(each.origin.name).is_relative_to(ours) and not each.name.startswith("django/forms/")
    ]
    assert from_elsewhere == []
    html = text(page)
    assert html.count("<h1>") == 1
    for foreign in ("Sign Up", "sign up", "Email", "placeholder=", "<style", "style=", "onclick"):
        assert foreign not in html, foreign
    assert re.findall(r"<script(?![^>]*src=)", html) == []


def test_signing_in_and_out(candidate: User, browser_of: Browser) -> None:
    client = browser_of(None)
    page = sign_in(client, candidate)
    assert page.wsgi_request.user == candidate
    assert f"You are signed in as {candidate.email}." in text(page)
    page = client.get("/account/logout/")
    assert page.wsgi_request.user == candidate  # asking is not signing out
    page = client.post("/account/logout/", follow=True)
    assert not page.wsgi_request.user.is_authenticated


def test_address_in_any_case_and_next_page(candidate: User, browser_of: Browser) -> None:
    client = browser_of(None)
    given = {"login": f" {candidate.email.upper()} ", "password": PASSWORD, "next": "/account/person/"}
    assert client.post("/account/login/", given).headers["Location"] == "/account/person/"
    given["next"] = "https://elsewhere.example/"
    assert browser_of(None).post("/account/login/", given).headers["Location"] == "/"


def test_wrong_password_and_unknown_address_read_the_same(candidate: User, browser_of: Browser) -> None:
    client = browser_of(None)
    words = "The e-mail address or the password is wrong. Check both and try again."
    for login in (candidate.email, "nobody@example.org"):
        page: Any = client.post("/account/login/", {"login": login, "password": "wrong"})
        assert page.context["form"].non_field_errors() == [words]
        assert not page.wsgi_request.user.is_authenticated
    empty: Any = client.post("/account/login/", {"login": candidate.email, "password": ""})
    assert list(empty.context["form"].errors) == ["password"]


def test_too_many_wrong_passwords_lock_the_account_for_a_while(
    candidate: User, second_candidate: User, browser_of: Browser
) -> None:
    client = browser_of(None)
    for _ in range(8):
        sign_in(client, candidate, "wrong")
    page = sign_in(client, candidate)
    assert "Too many wrong passwords. Wait five minutes, or set a new password." in text(page)
    assert sign_in(browser_of(None), second_candidate).wsgi_request.user == second_candidate


def test_closed_account(candidate: User, browser_of: Browser) -> None:
    candidate.is_active = False
    candidate.save()
    page = sign_in(browser_of(None), candidate)
    assert not page.wsgi_request.user.is_authenticated


def test_nobody_signs_up(db: None, browser_of: Browser) -> None:
    given = {"email": "me@example.org", "password1": PASSWORD, "password2": PASSWORD}
    page = browser_of(None).post("/account/signup/", given)
    assert "Institutions invite their candidates and staff by e-mail." in text(page)
    assert not User.objects.exists()


def test_forgotten_password(candidate: User, browser_of: Browser) -> None:
    client = browser_of(None)
    page = client.post("/account/password/reset/", {"email": candidate.email.upper()}, follow=True)
    assert "If the address belongs to an account" in text(page)
    [message] = mail.outbox
    assert (message.subject, message.to) == ("Choose a new password", [candidate.email])
    path = newest_link(r"http://[^/]+(/account/password/reset/key/\S+)")
    page = client.get(path, follow=True)
    form_path = page.redirect_chain[-1][0]
    for given, field in (
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": NEW_PASSWORD, "password2": "other"}, "password2"),
    ):
        bad: Any = client.post(form_path, given)
        assert list(bad.context["form"].errors) == [field]
    good = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert "Your password is changed" in text(client.post(form_path, good, follow=True))
    assert mail.outbox[-1].subject == "Your password was changed"
    assert not sign_in(browser_of(None), candidate).wsgi_request.user.is_authenticated
    assert sign_in(browser_of(None), candidate, NEW_PASSWORD).wsgi_request.user == candidate
    assert "This link does not work" in text(browser_of(None).get(path, follow=True))


def test_unknown_address_is_not_told_to_the_asker(db: None, browser_of: Browser) -> None:
    page = browser_of(None).post("/account/password/reset/", {"email": "no@example.org"}, follow=True)
    assert "If the address belongs to an account" in text(page)
    [message] = mail.outbox
    assert message.subject == "There is no account with this address"
    assert "/signup/" not in str(message.body)


def test_mail_server_down_is_said(candidate: User, browser_of: Browser, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    page = browser_of(None).post("/account/password/reset/", {"email": candidate.email})
    assert page.status_code == 503
    assert "The e-mail could not be sent. Try again in a few minutes." in text(page)
    client = browser_of(candidate)  # a change that is made stays made, although nobody can be told
    given = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert "Your password is changed." in text(client.post("/account/password/change/", given, follow=True))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"oldpassword": "wrong"}, "oldpassword"),
        ({"password1": "1234567890", "password2": "1234567890"}, "password1"),
        ({"password2": "different sentence"}, "password2"),
    ],
)
def test_bad_new_password_names_the_field(
    candidate: User, browser_of: Browser, changes: dict[str, str], field: str
) -> None:
    given = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    page: Any = browser_of(candidate).post("/account/password/change/", given | changes)
    assert list(page.context["form"].errors) == [field]
    assert User.objects.get(pk=candidate.pk).check_password(PASSWORD)


def test_new_address_holds_once_it_is_confirmed(
    candidate: User, second_candidate: User, browser_of: Browser
) -> None:
    client, old = browser_of(candidate), candidate.email
    asked = client.post("/account/email/", {"email": "carla@new.example", "action_add": ""}, follow=True)
    assert "Confirm that it is you" in text(asked) and mail.outbox == []
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    mail.outbox.clear()
    wrong: Any = client.post("/account/email/", {"email": "nonsense", "action_add": ""})
    assert list(wrong.context["form"].errors) == ["email"]
    client.post("/account/email/", {"email": second_candidate.email, "action_add": ""})
    assert EmailAddress.objects.filter(user=candidate, verified=True).get().email == old
    page = client.post("/account/email/", {"email": "carla@new.example", "action_add": ""}, follow=True)
    assert "You asked to change it to <strong>carla@new.example</strong>" in text(page)
    assert User.objects.get(pk=candidate.pk).email == old
    link = newest_link(r"http://[^/]+(/account/confirm-email/\S+)")
    assert "From now on you sign in with <strong>carla@new.example</strong>" in text(client.get(link))
    client.post(link)
    assert User.objects.get(pk=candidate.pk).email == "carla@new.example"


@pytest.mark.parametrize("path", ["login", "password/reset", "logout"])
def test_posts_need_the_csrf_token(candidate: User, browser_of: Browser, path: str) -> None:
    client = browser_of(candidate, enforce_csrf_checks=True)
    assert client.post(f"/account/{path}/", {"email": candidate.email}).status_code == 403
    assert mail.outbox == []


def test_own_details(candidate: User, browser_of: Browser) -> None:
    client = browser_of(candidate)
    for field, value in (("name", " "), ("time_zone", "Mars/Base")):
        bad: Any = client.post("/account/person/", {"name": "Carla", "time_zone": ""} | {field: value})
        assert (bad.status_code, list(bad.context["form"].errors)) == (400, [field])
    client.post("/account/person/", {"name": "Carla Cole", "time_zone": "Asia/Tokyo"})
    kept = User.objects.get(pk=candidate.pk)
    assert (kept.name, kept.time_zone) == ("Carla Cole", "Asia/Tokyo")
    assert browser_of(None).get("/account/person/").status_code == 302
