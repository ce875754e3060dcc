"""The second factor: who is led to set it up, what stays reachable, and signing in with it end to end."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Institution, User
from accounts.roles import Role
from tests.factories.accounts import PASSWORD, add_role
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

Browser = Callable[..., Client]
Api = Callable[..., APIClient]
SET_UP = "/account/2fa/totp/activate/"
STEP = int(time.time()) // 30
_OUR_SCRIPT = re.compile(r'<script type="module" src="/static/js/[^"]*"></script>')


@pytest.fixture(autouse=True)
def required(institution: Institution) -> None:
    institution.requires_second_factor = True
    institution.save()


@pytest.fixture(autouse=True)
def one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes are made and checked in one step of 30 s, which on a busy machine may end in between."""
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([STEP]))


def text(page: Any) -> str:
    return str(page.content.decode())


def code_now(secret: str) -> str:
    """What the app shows now. The code of the last step is forgotten, as if half a minute had passed."""
    cache.clear()
    return str(totp.format_hotp_value(totp.hotp_value(secret, STEP)))


def sign_in(client: Client, user: User, next_page: str = "/") -> Any:
    given = {"login": user.email, "password": PASSWORD, "next": next_page}
    return client.post("/account/login/", given, follow=True)


def set_up(client: Client) -> tuple[str, Any]:
    """Sets up the second factor of the signed-in person; the secret, and the page that follows."""
    page = client.post(f"/account/reauthenticate/?next={SET_UP}", {"password": PASSWORD}, follow=True)
    assert 'src="data:image/svg+xml;base64,' in text(page)
    secret = str(page.context["form"].secret)
    return secret, client.post(SET_UP, {"code": code_now(secret)}, follow=True)


@pytest.mark.parametrize("path", ["/", "/admin/", "/i/north-college/members/", "/i/north-college/watch/"])
def test_staff_are_led_to_set_it_up_without_loops(officer: User, browser_of: Browser, path: str) -> None:
    client = browser_of(officer)
    assert client.get(path).headers["Location"] == SET_UP
    page = client.get(path, follow=True)
    assert [step for step, _ in page.redirect_chain] == [
        SET_UP,
        f"/account/reauthenticate/?next={SET_UP.replace('/', '%2F')}",
    ]
    assert page.status_code == 200
    assert "Your institution asks staff for a second factor." in text(page)


@pytest.mark.parametrize("path", ["2fa/", "logout/", "password/change/", "person/", "email/"])
def test_own_account_stays_reachable(officer: User, browser_of: Browser, path: str) -> None:
    assert browser_of(officer).get(f"/account/{path}").status_code == 200


def test_nothing_is_done_before_it_is_set_up(
    institution: Institution, officer: User, browser_of: Browser
) -> None:
    given = {"email": "nora@example.org", "roles": ["proctor"]}
    assert browser_of(officer).post("/i/north-college/members/", given).headers["Location"] == SET_UP


def test_others_are_not_asked(
    candidate: User, stranger: User, foreign_officer: User, browser_of: Browser
) -> None:
    for user in (candidate, stranger, foreign_officer, None):
        assert browser_of(user).get("/").status_code == 200
    assert browser_of(foreign_officer).get("/i/south-school/members/").status_code == 200


def test_rule_off_asks_nobody(institution: Institution, officer: User, browser_of: Browser) -> None:
    institution.requires_second_factor = False
    institution.save()
    assert browser_of(officer).get("/i/north-college/members/").status_code == 200


def test_api_answers_staff_with_a_problem(
    institution: Institution, officer: User, candidate: User, api_of: Api
) -> None:
    sitting = make_sitting(make_exam(institution))
    attempt = make_attempt(enrol(sitting, candidate))
    path = f"/api/v1/sittings/{sitting.pk}/candidates/"
    refused = api_of(officer).get(path)
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
    assert refused.json()["code"] == "second_factor_required"
    assert api_of(candidate).get(f"/api/v1/attempts/{attempt.pk}/").status_code == 200


def test_rule_of_the_employer_does_not_stop_an_exam_elsewhere(
    institution: Institution, other_institution: Institution, officer: User, api_of: Api
) -> None:
    add_role(officer, other_institution, Role.CANDIDATE)
    own_attempt = make_attempt(enrol(make_sitting(make_exam(other_institution)), officer))
    assert api_of(officer).get(f"/api/v1/attempts/{own_attempt.pk}/").status_code == 200
    sitting = make_sitting(make_exam(institution))
    assert api_of(officer).get(f"/api/v1/sittings/{sitting.pk}/candidates/").status_code == 404


def test_from_sign_in_over_set_up_to_sign_in_with_a_code(officer: User, browser_of: Browser) -> None:
    client = browser_of(None)
    page = sign_in(client, officer, "/i/north-college/members/")
    assert "Confirm that it is you" in text(page)
    secret, page = set_up(client)
    assert "10 of 10 codes are unused." in text(page)
    assert client.get("/i/north-college/members/").status_code == 200
    client.post("/account/logout/")

    page = sign_in(client, officer, "/i/north-college/members/")
    assert "Enter your code" in text(page)
    assert client.get("/i/north-college/members/").status_code == 302  # the password alone opens nothing
    for wrong in ("", "000000", "abcdef", "1" * 500):
        bad: Any = client.post("/account/2fa/authenticate/", {"code": wrong})
        assert list(bad.context["form"].errors) == ["code"]
    page = client.post("/account/2fa/authenticate/", {"code": code_now(secret)}, follow=True)
    assert page.redirect_chain[-1][0] == "/i/north-college/members/"
    assert page.wsgi_request.user == officer


def test_recovery_code_works_once(officer: User, browser_of: Browser) -> None:
    client = browser_of(None)
    sign_in(client, officer)
    set_up(client)
    code = client.get("/account/2fa/recovery-codes/download/").content.decode().split()[0]
    for expected in (True, False):
        other = browser_of(None)
        sign_in(other, officer)
        cache.clear()
        page = other.post("/account/2fa/authenticate/", {"code": code}, follow=True)
        assert page.wsgi_request.user.is_authenticated is expected


def test_wrong_code_sets_nothing_up(officer: User, browser_of: Browser) -> None:
    client = browser_of(None)
    sign_in(client, officer)
    client.post(f"/account/reauthenticate/?next={SET_UP}", {"password": PASSWORD})
    bad: Any = client.post(SET_UP, {"code": "000000"})
    words = "This code is wrong or has expired. Enter the one that the app shows now."
    assert bad.context["form"].errors == {"code": [words]}
    assert client.get("/i/north-college/members/").headers["Location"] == SET_UP


def test_turning_it_off_leads_back_to_set_up(officer: User, browser_of: Browser) -> None:
    client = browser_of(None)
    sign_in(client, officer)
    set_up(client)
    assert "Turn off the second factor?" in text(client.get("/account/2fa/totp/deactivate/"))
    assert client.get("/i/north-college/members/").status_code == 200
    client.post("/account/2fa/totp/deactivate/")
    assert client.get("/i/north-college/members/").headers["Location"] == SET_UP


def test_pages_of_the_second_factor_have_our_words(officer: User, browser_of: Browser) -> None:
    client = browser_of(None)
    sign_in(client, officer)
    set_up(client)
    for path in ("", "recovery-codes/", "recovery-codes/generate/", "totp/deactivate/", "reauthenticate/"):
        page: Any = client.get(f"/account/2fa/{path}")
        assert page.status_code == 200
        theirs = _OUR_SCRIPT.sub("", text(page))
        for foreign in ("Two-Factor", "style=", "<style", "<script", "Deactivate"):
            assert foreign not in theirs, (path, foreign)


def test_secrets_are_encrypted_at_rest(officer: User, browser_of: Browser) -> None:
    client = browser_of(None)
    sign_in(client, officer, "/i/north-college/members/")
    secret, _ = set_up(client)
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert Authenticator.objects.count() >= 1
    assert secret not in stored
