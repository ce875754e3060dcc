"""Answers that the permission table does not know: own account, errors, compat calls, plain http."""

import logging
from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution, User
from proctor_site.response_headers import NOT_USED
from tests.factories.compat import ORIGIN, client_of, new_key
from tests.security.test_headers import _check_policy

_ACCOUNT = [
    *("person", "email", "logout", "password/change", "reauthenticate", "sign-ins", "2fa", "login"),
    *("2fa/totp/activate", "password/reset", "inactive", "confirm-email/x", "password/reset/key/1-x"),
]


def _check(response: Any) -> None:
    told = response.headers
    _check_policy(told["Content-Security-Policy"])
    assert all(f"{name}=()" in told["Permissions-Policy"] for name in NOT_USED)
    assert told["X-Content-Type-Options"] == "nosniff" and told["X-Frame-Options"] == "DENY"
    assert told["Cross-Origin-Opener-Policy"] == "same-origin"
    assert told["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "no-store" in told["Cache-Control"]
    for cookie in response.cookies.values():
        assert cookie["httponly"] and cookie["samesite"] in ("Lax", "Strict") and not cookie["domain"]


@pytest.mark.parametrize("name", _ACCOUNT)
def test_pages_of_the_own_account(name: str, candidate: User, browser_of: Any) -> None:
    for person in (candidate, None):
        _check(browser_of(person).get(f"/account/{name}/"))


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/nowhere/", {}, 404),
        ("/api/v1/nowhere/", {}, 404),
        ("/i/nobody/members/", {}, 302),
        ("/", {"host": "evil.example"}, 400),
        ("/api/v1/institution/", {"authorization": "Bearer wrong"}, 401),
    ],
)
@pytest.mark.django_db
def test_errors(path: str, headers: dict[str, str], status: int, client: Client) -> None:
    found = client.get(path, headers=headers)
    assert found.status_code == status
    _check(found)


@pytest.mark.parametrize("path", ["/health", "/register", "/api/session/start", "/nowhere", "/"])
def test_compat_calls_with_and_without_a_good_key(path: str, institution: Institution, settings: Any) -> None:
    settings.COMPAT = True
    _, secret = new_key(institution)
    for client in (client_of(secret), client_of("ck_wrong")):
        found = client.get(path)
        _check(found)
        assert not found.cookies
        assert found.headers.get("Access-Control-Allow-Origin", ORIGIN) == ORIGIN


def test_pages_with_a_camera_ask_for_what_they_need_and_for_no_other_device(client: Client, db: None) -> None:
    told = client.get("/account/login/").headers["Permissions-Policy"]
    wanted = ("camera", "microphone", "display-capture", "fullscreen")
    assert all(f"{name}=(self)" in told for name in wanted)
    assert "*" not in told


@pytest.mark.django_db
def test_programs_are_refused_over_plain_http_and_people_led_to_https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = None
    client = Client()
    for path in ("/api/v1/institution/", "/compat/ck_x/health"):
        found = client.get(path, headers={"authorization": "Bearer x"})
        assert (found.status_code, found.json()["code"]) == (403, "https_required")
        _check(found)
    page = client.get("/account/login/")
    assert (page.status_code, page.headers["Location"]) == (301, "https://testserver/account/login/")
    assert client.post("/api/v1/live/events/janus/").status_code != 301


@pytest.mark.django_db
def test_headers_of_proxies_count_only_where_the_operator_says_so(settings: Any) -> None:
    forged = {"x-forwarded-proto": "https", "x-forwarded-host": "evil.example", "forwarded": "proto=https"}
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = None
    found = Client().get("/account/login/", headers=forged)
    assert (found.status_code, found.headers["Location"]) == (301, "https://testserver/account/login/")
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert Client().get("/account/login/", headers=forged).status_code == 200


def test_what_is_refused_stands_in_the_log_by_route_and_number(
    candidate: User, institution: Institution, browser_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "accounts.refusal_log"):
        browser_of(candidate).get(f"/i/{institution.slug}/members/")
        browser_of(candidate).get("/api/v1/attempts/424242/")
        browser_of(None).get("/api/v1/attempts/424242/")
        browser_of(None).get("/nowhere/secret-word/")
        browser_of(candidate, enforce_csrf_checks=True).post("/account/logout/")
    lines = [(each.levelno, each.getMessage()) for each in caplog.records if "refusal_log" in each.name]
    attempt, number = "GET api/v1/attempts/<int:attempt_id>/", candidate.pk
    assert lines == [
        (30, f"refused: GET i/<slug:slug>/members/, status 403, account {number}"),
        (20, f"refused: {attempt}, status 404, account {number}"),
        (30, f"refused: {attempt}, status 401, account None"),
        (30, f"refused: POST account/logout/, status 403, account {number}"),
    ]
