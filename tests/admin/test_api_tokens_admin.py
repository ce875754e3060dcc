"""API tokens in the admin: the secret is shown once, and an admin alone makes, rotates and revokes."""

import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import ApiToken, AuditEntry, Institution, User
from accounts.tenancy import within
from tests.factories.tokens import client_with, new_token

LIST = "admin:accounts_apitoken_changelist"
NEW = "admin:accounts_apitoken_new"
FORM = {"name": "Student register", "days": "30", "scopes": ["institution:read", "members:read"]}


def _secret_in(page: str) -> str:
    found = re.search(r'value="(prt_[^"]+)"', page)
    assert found, "the page shows no secret"
    return found[1]


def test_a_token_is_made_and_its_secret_shown_once(
    institution: Institution, admin_member: User, browser_of: Any
) -> None:
    client = browser_of(admin_member)
    assert 'name="scopes"' in client.get(reverse(NEW)).content.decode()
    answer = client.post(reverse(NEW), FORM)
    secret = _secret_in(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    assert client_with(secret).get("/api/v1/institution/").status_code == 200
    token = ApiToken.objects.with_scopes_disabled().get()
    for page in (reverse(LIST), reverse("admin:accounts_apitoken_change", args=[token.pk])):
        shown = client.get(page).content.decode()
        assert secret not in shown and token.prefix in shown
    with within(institution):
        entry = AuditEntry.objects.get(verb="apitoken.made")
    assert entry.actor == admin_member and entry.detail["scopes"] == FORM["scopes"]


@pytest.mark.parametrize("wrong", [{"days": "400"}, {"scopes": []}, {"name": ""}, {"scopes": ["all"]}])
def test_a_wrong_form_makes_none(admin_member: User, browser_of: Any, wrong: dict[str, Any]) -> None:
    answer = browser_of(admin_member).post(reverse(NEW), FORM | wrong)
    assert "errorlist" in answer.content.decode()
    assert not ApiToken.objects.with_scopes_disabled().exists()


def test_rotating_shows_a_new_secret_and_revoking_asks(
    institution: Institution, admin_member: User, browser_of: Any
) -> None:
    token, old = new_token(institution, actor=admin_member)
    client = browser_of(admin_member)
    page = client.get(reverse("admin:accounts_apitoken_change", args=[token.pk])).content.decode()
    assert "/rotate/" in page and "/revoke/" in page
    rotate = reverse("admin:accounts_apitoken_rotate", args=[token.pk])
    answer = client.post(rotate, {"grace_hours": "1", "days": "90"})
    new = _secret_in(answer.content.decode())
    assert new != old
    revoke = reverse("admin:accounts_apitoken_revoke", args=[token.pk])
    assert "cannot be undone" in client.get(revoke).content.decode()
    assert client_with(old).get("/api/v1/institution/").status_code == 200, "asking changes nothing"
    client.post(revoke)
    assert client_with(old).get("/api/v1/institution/").data["code"] == "token_revoked"
    assert client_with(new).get("/api/v1/institution/").status_code == 200


def test_others_neither_see_nor_make_tokens(
    institution: Institution, officer: User, admin_member: User, browser_of: Any
) -> None:
    token, _ = new_token(institution, actor=admin_member)
    client = browser_of(officer)
    assert client.get(reverse(LIST)).status_code == 403
    for name in ("rotate", "revoke"):
        address = reverse(f"admin:accounts_apitoken_{name}", args=[token.pk])
        assert client.post(address, {"grace_hours": "0", "days": "1"}).status_code == 403
    assert client.post(reverse(NEW), FORM).status_code == 403
