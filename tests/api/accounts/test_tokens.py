"""Calls by token: who gets in, what is refused and how, limits, repeats, pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from accounts.api import idempotency
from accounts.models import ApiToken, AuditEntry, IdempotentCall, Institution, Invitation, User
from accounts.roles import Role
from accounts.services import api_tokens
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed
from tests.factories.accounts import make_member
from tests.factories.tokens import client_with, new_token, token_client

BASE = "/api/v1/institution/"
INVITATIONS = BASE + "invitations/"
NEW = {"email": "new@example.org", "roles": ["candidate"]}


def test_a_token_reads_its_own_institution(institution: Institution) -> None:
    answer = token_client(institution, "institution:read").get(BASE)
    assert answer.status_code == 200
    assert (answer.data["slug"], answer.data["country"]) == ("north-college", "AT")
    assert answer["Cache-Control"] == "no-store"


def test_only_the_hash_of_the_secret_is_stored(institution: Institution) -> None:
    token, secret = new_token(institution)
    assert secret.startswith("prt_") and secret.startswith(token.prefix) and len(secret) > 45
    with within(institution):
        stored = str(ApiToken.objects.values().get(pk=token.pk))
        said = str(list(AuditEntry.objects.values()))
    assert secret not in stored and secret not in said
    assert secret[len(token.prefix) :] not in stored + said


def test_the_account_is_no_person(institution: Institution, officer: User, browser_of: Any) -> None:
    token, _ = new_token(institution)
    assert not token.account.is_active and not token.account.has_usable_password()
    assert not token.account.memberships.with_scopes_disabled().exists()
    page = browser_of(officer).get("/i/north-college/members/").content.decode()
    assert "API token" not in page


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "token_missing"),
        ("Basic abc", "token_missing"),
        ("Bearer", "token_unknown"),
        ("Bearer prt_wrong", "token_unknown"),
        ("Bearer a b", "token_unknown"),
        ("Bearer \u00e9", "token_unknown"),
    ],
)
def test_without_a_good_token_nobody_gets_in(institution: Institution, header: str, code: str) -> None:
    answer = client_with("x").get(BASE, headers={"authorization": header})
    assert (answer.status_code, answer.data["code"]) == (401, code)
    assert answer["WWW-Authenticate"].startswith("Bearer realm=")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_session_is_no_token(institution: Institution, admin_member: User, api_of: Any) -> None:
    assert api_of(admin_member).get(BASE).status_code == 401


def test_expired_and_revoked_tokens_are_told_apart(institution: Institution, admin_member: User) -> None:
    token, secret = new_token(institution, actor=admin_member)
    api_tokens.revoke_token(token, actor=admin_member)
    assert client_with(secret).get(BASE).data["code"] == "token_revoked"
    token, secret = new_token(institution, actor=admin_member)
    ApiToken.objects.with_scopes_disabled().filter(pk=token.pk).update(expires_at=clock.now())
    assert client_with(secret).get(BASE).data["code"] == "token_expired"


def test_a_missing_scope_is_named(institution: Institution) -> None:
    answer = token_client(institution, "members:read").get(BASE)
    assert (answer.status_code, answer.data["code"]) == (403, "scope_missing")
    assert answer.data["scope"] == "institution:read" and "institution:read" in answer.data["detail"]


def test_a_token_in_the_address_is_refused_even_when_it_is_good(institution: Institution) -> None:
    _, secret = new_token(institution)
    answer = client_with(secret).get(BASE, {"token": secret})
    assert (answer.status_code, answer.data["code"]) == (400, "token_in_address")
    assert secret not in answer.content.decode()


def test_last_use_is_written_at_most_once_a_minute(institution: Institution) -> None:
    token, secret = new_token(institution)
    client_with(secret).get(BASE)
    rows = ApiToken.objects.with_scopes_disabled()
    first = rows.get(pk=token.pk).last_used_at
    assert first is not None
    client_with(secret).get(BASE)
    assert rows.get(pk=token.pk).last_used_at == first
    rows.update(last_used_at=first - timedelta(minutes=2))
    client_with(secret).get(BASE)
    assert rows.get(pk=token.pk).last_used_at >= first


def test_rotation_keeps_the_old_secret_for_its_grace(institution: Institution, admin_member: User) -> None:
    token, old = new_token(institution, "institution:read", actor=admin_member)
    made, new = api_tokens.rotate_token(token, grace_hours=2, actor=admin_member)
    assert client_with(old).get(BASE).status_code == client_with(new).get(BASE).status_code == 200
    assert made.account == token.account and made.scopes == token.scopes
    token.refresh_from_db()
    assert timedelta(hours=1) < token.expires_at - clock.now() <= timedelta(hours=2)
    with pytest.raises(Conflict, match="rotated already"):
        api_tokens.rotate_token(token, actor=admin_member)
    api_tokens.rotate_token(made, grace_hours=0, actor=admin_member)
    assert client_with(new).get(BASE).data["code"] == "token_expired"


def test_only_admins_make_tokens_and_wrong_ones_are_refused(
    institution: Institution, officer: User, admin_member: User
) -> None:
    with pytest.raises(NotAllowed):
        new_token(institution, actor=officer)
    for field, options in (("name", {"name": " "}), ("days", {"days": 366}), ("days", {"days": 0})):
        with pytest.raises(InvalidInput) as refused:
            new_token(institution, actor=admin_member, **options)
        assert refused.value.field == field
    with pytest.raises(InvalidInput, match="no scope cases:all"):
        new_token(institution, "cases:all", actor=admin_member)


def test_limits_are_told_and_held(institution: Institution, settings: Any) -> None:
    settings.API_READS_PER_MINUTE = 2
    client = token_client(institution)
    answers = [client.get(BASE) for _ in range(4)]
    assert {each.status_code for each in answers[:2]} == {200}
    refused = next(each for each in answers if each.status_code == 429)  # the minute may turn meanwhile
    assert refused.data["code"] == "too_often" and refused["RateLimit-Remaining"] == "0"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert answers[0]["RateLimit-Limit"] == "2"
    assert client.patch(BASE, {"name": "North"}).status_code == 200, "writes count apart"


def test_a_repeat_with_the_same_key_creates_nothing_more(institution: Institution) -> None:
    client = token_client(institution)
    first = client.post(INVITATIONS, NEW, headers={"idempotency-key": "one"})
    again = client.post(INVITATIONS, NEW, headers={"idempotency-key": "one"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() and again["Idempotent-Replayed"] == "true"
    with within(institution):
        assert Invitation.objects.count() == 1
    other = client.post(INVITATIONS, NEW | {"name": "N"}, headers={"idempotency-key": "one"})
    assert (other.status_code, other.data["code"]) == (409, "key_of_another_call")
    assert other.data["field"] == "Idempotency-Key"


def test_a_refused_call_may_be_mended_under_its_key(institution: Institution) -> None:
    client = token_client(institution)
    headers = {"idempotency-key": "mend"}
    assert client.post(INVITATIONS, NEW | {"roles": ["admin"]}, headers=headers).status_code == 403
    assert client.post(INVITATIONS, NEW, headers=headers).status_code == 201


def test_a_key_that_is_under_way_is_a_conflict(institution: Institution, monkeypatch: Any) -> None:
    monkeypatch.setattr(cache, "add", lambda name, *args, **kwargs: not name.startswith("api-key:"))
    answer = token_client(institution).post(INVITATIONS, NEW, headers={"idempotency-key": "two"})
    assert (answer.status_code, answer.data["code"], answer["Retry-After"]) == (409, "key_in_use", "1")


@pytest.mark.parametrize("key", ["", "a b", "x" * 256])
def test_keys_that_are_none_are_refused(institution: Institution, key: str) -> None:
    answer = token_client(institution).post(INVITATIONS, NEW, headers={"idempotency-key": key})
    assert (answer.status_code, answer.data["field"]) == (400, "Idempotency-Key")


def test_keys_of_another_institution_are_none_of_ours(
    institution: Institution, other_institution: Institution
) -> None:
    for here in (institution, other_institution):
        answer = token_client(here).post(INVITATIONS, NEW, headers={"idempotency-key": "shared"})
        assert answer.status_code == 201 and "Idempotent-Replayed" not in answer


def test_keys_are_forgotten_after_a_day(institution: Institution) -> None:
    client = token_client(institution)
    client.post(INVITATIONS, NEW, headers={"idempotency-key": "old"})
    assert idempotency.clear_old() == 0
    rows = IdempotentCall.objects.with_scopes_disabled()
    rows.update(created_at=clock.now() - timedelta(hours=25))
    assert idempotency.clear_old() == 1
    assert client.post(INVITATIONS, NEW, headers={"idempotency-key": "old"}).status_code == 409  # invited


def test_pages_follow_one_another_and_back(institution: Institution) -> None:
    people = [make_member(institution, Role.CANDIDATE) for _ in range(5)]
    client = token_client(institution, "members:read")
    first = client.get(BASE + "members/", {"limit": 2, "role": "candidate"}).json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    found = [row["id"] for page in (first, second, third) for row in page["results"]]
    assert found == [person.pk for person in people]
    assert first["previous"] is None and third["next"] is None
    assert client.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "cD1hYmM="}, "cursor"),  # p=abc
        ({"role": "king"}, "role"),
        ({"colour": "blue"}, "colour"),
        ({"member_after": "yesterday"}, "member_after"),
    ],
)
def test_wrong_queries_name_the_field(institution: Institution, query: dict[str, str], field: str) -> None:
    answer = token_client(institution, "members:read").get(BASE + "members/", query)
    assert (answer.status_code, answer.data["field"]) == (400, field)


def test_bodies_must_be_small_json_objects(institution: Institution) -> None:
    client = token_client(institution)
    for body in ("[1]", "{", '{"a": NaN}'):
        answer = client.post(INVITATIONS, body, content_type="application/json")
        assert answer.status_code == 400
    large = client.post(INVITATIONS, '{"a": "' + "x" * 1_100_000 + '"}', content_type="application/json")
    assert large.status_code == 413
    assert client.post(INVITATIONS, "a=1", content_type="text/plain").status_code == 415
    assert client.put(INVITATIONS, {}).status_code == 405
