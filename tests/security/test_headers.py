"""Every answer tells browsers and caches what is safe; cookies, redirects and names of hosts are ours."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client

from accounts.models import User
from proctor_site.response_headers import NOT_USED
from tests.conftest import BACKEND
from tests.contracts.permission_calls import address, ask
from tests.contracts.permission_rows import Row
from tests.contracts.permission_table import ROWS
from tests.contracts.permission_world import PEOPLE, World
from tests.contracts.project_files import ROOT

_ONE_EACH = list({(row.method, row.pattern): row for row in ROWS}.values())
_MAY_BE_KEPT = {"GET api/v1/media/<uuid:media_id>/"}
"""Pictures of questions: asked for again and again in one exam; browsers ask each time if they changed."""
_SAFE_INLINE = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/", "application/json")
_BY_FILE = ("text/html", "application/problem+json", "application/json", "text/event-stream")


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, World]]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield {state: World(state) for state in {row.state for row in _ONE_EACH}}
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("row", _ONE_EACH, ids=str)
def test_every_answer_says_what_is_safe(row: Row, worlds: dict[str, World], settings: Any) -> None:
    """Asked by the person who gets furthest, over https."""
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    statuses = [int(status) for status in row.statuses.split()]
    person = PEOPLE[statuses.index(min(statuses))]
    response = _answer(row, worlds[row.state], person)
    told = response.headers
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert told["X-Frame-Options"] == "DENY"
    assert told["Cross-Origin-Opener-Policy"] == "same-origin"
    assert told["Cross-Origin-Resource-Policy"] == "same-origin"
    assert told["Strict-Transport-Security"].startswith("max-age=31536000; includeSubDomains")
    assert all(f"{name}=()" in told["Permissions-Policy"] for name in NOT_USED)
    assert "Access-Control-Allow-Origin" not in told
    _check_policy(told["Content-Security-Policy"])
    if str(row) not in _MAY_BE_KEPT:
        assert "no-store" in told["Cache-Control"]
    _check_type(response)
    for cookie in response.cookies.values():
        assert cookie["httponly"] and cookie["samesite"] in ("Lax", "Strict") and not cookie["domain"]


def _answer(row: Row, world: World, person: str) -> Any:
    client = Client(raise_request_exception=False)
    user = world.people[person]
    with transaction.atomic():
        if user is not None:
            client.force_login(user, backend=BACKEND)
        client.defaults["HTTP_X_FORWARDED_PROTO"] = "https"
        response = ask(client, row, address(row.pattern, world))
        b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    return response


def _check_policy(policy: str) -> None:
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert "unsafe" not in policy and " *" not in policy
    if parts["default-src"] == "'none'":  # a file of somebody's: nothing in it may load or run anything
        assert "script-src" not in parts and "style-src" not in parts
        return
    assert parts["script-src"] == parts["style-src"] == "'self'"
    assert parts["object-src"] == parts["base-uri"] == parts["frame-ancestors"] == "'none'"
    assert parts["default-src"] == parts["form-action"] == "'self'"


def _check_type(response: Any) -> None:
    """What a browser shows by itself is ours, a picture, sound or film, or in a sandbox; else it is saved."""
    kind = response.headers.get("Content-Type", "")
    is_caged = "sandbox" in response.headers["Content-Security-Policy"]
    if is_caged or (not response.streaming and not response.content):
        return
    if kind.startswith("text/"):
        assert "charset=utf-8" in kind.lower().replace('"', ""), kind
    is_saved = "attachment" in response.headers.get("Content-Disposition", "")
    assert is_saved or kind.startswith((*_BY_FILE, *_SAFE_INLINE, *_OWN_TEXT)), kind


_OWN_TEXT = (
    "text/plain",
    "text/javascript",
    "text/vtt",
    "text/markdown",
    "application/vnd.oai.openapi",
    "text/calendar",
)
"""Written by the server itself: no file of somebody's, and nothing that a browser runs."""


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "https:evil.example",
    ],
)
def test_no_next_leads_away(away: str, candidate: User, client: Client, browser_of: Any) -> None:
    candidate.set_password("a long enough word")
    candidate.save()
    told = {"login": candidate.email, "password": "a long enough word", "next": away}
    for found in (
        client.post("/account/login/", told),
        browser_of(candidate).get("/account/login/", {"next": away}),
        browser_of(candidate).post("/account/logout/", {"next": away}),
        browser_of(None).get("/admin/login/", {"next": away}),
    ):
        place = found.headers.get("Location", "")
        assert place.startswith("/") and not place.startswith(("//", "/\\")), place


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", "a b"])
def test_other_names_of_this_host_are_refused(host: str, client: Client) -> None:
    found = client.get("/", headers={"host": host})
    assert found.status_code == 400
    assert "evil" not in found.content.decode()


@pytest.mark.django_db
def test_addresses_in_mails_come_from_the_settings(client: Client, candidate: User, mailoutbox: Any) -> None:
    found = client.post(
        "/account/password/reset/", {"email": candidate.email}, headers={"x-forwarded-host": "evil.example"}
    )
    assert found.status_code == 302
    assert mailoutbox and all("evil.example" not in mail.body for mail in mailoutbox)


@pytest.mark.parametrize(
    "name", ["robots.txt", ".git/config", ".env", "static/../manage.py", "var/db.sqlite3"]
)
def test_no_file_of_the_project_is_given_out(name: str, client: Client, db: None) -> None:
    assert client.get(f"/{name}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "OPTIONS", "DELETE"])
def test_other_methods_show_nothing(method: str, client: Client) -> None:
    found = client.generic(method, "/api/docs/", headers={"x-secret": "shown-back"})
    assert found.status_code == 405
    assert b"shown-back" not in found.content


def test_over_https_cookies_are_of_this_host_alone() -> None:
    names = [
        *("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
        *("SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"),
        *("SECURE_HSTS_INCLUDE_SUBDOMAINS", "DEBUG", "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH"),
    ]
    code = (
        "import json, django; from django.conf import settings; django.setup();"
        f"print(json.dumps({{name: getattr(settings, name) for name in {names!r}}}))"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "proctor_site.settings",
        "PROCTOR_BASE_URL": "https://exams.example.org",
        "PROCTOR_SECRET_KEY": "only-for-tests-" + "x" * 40,
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-") and found["CSRF_COOKIE_NAME"].startswith(
        "__Host-"
    )
    assert all(
        value is True for name, value in found.items() if name.endswith(("_SECURE", "_HTTPONLY", "_REDIRECT"))
    )
    assert (found["SESSION_COOKIE_DOMAIN"], found["SESSION_COOKIE_PATH"], found["DEBUG"]) == (
        None,
        "/",
        False,
    )
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000 and found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True


def test_words_for_people_wait_on_the_server() -> None:
    assert django_settings.MESSAGE_STORAGE.endswith("SessionStorage")
