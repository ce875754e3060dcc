"""Webhooks by token: the secret is answered once, the log is read, what was sent is sent again."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import IdempotentCall, Institution, WebhookEndpoint, WebhookMessage, WebhookTry
from accounts.tenancy import within
from accounts.webhooks import keeping, outbox
from proctor_site.kernel import clock
from tests.factories.tokens import token_client

BASE = "/api/v1/institution/"
WEBHOOKS, DELIVERIES = BASE + "webhooks/", BASE + "webhook-deliveries/"
NEW = {"name": "Register", "url": "https://register.example/hooks", "events": ["results.released"]}


@pytest.fixture(autouse=True)
def unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is called from here."""
    monkeypatch.setattr(outbox, "ask_for_sending", lambda *_, **__: None)


@pytest.fixture
def client(institution: Institution) -> APIClient:
    return token_client(institution, "webhooks:read", "webhooks:write")


def _signs(institution: Institution, number: int) -> list[str]:
    with within(institution):
        return keeping.secrets_of(WebhookEndpoint.objects.get(pk=number), clock.now())


def test_the_secret_is_answered_once_and_a_repeat_of_the_same_call_gets_it_again(
    institution: Institution, client: APIClient
) -> None:
    made = client.post(WEBHOOKS, NEW, headers={"idempotency-key": "one"})
    assert (made.status_code, made.data["is_on"], made.data["events"]) == (201, True, ["results.released"])
    secret = made.data["secret"]
    again = client.post(WEBHOOKS, NEW, headers={"idempotency-key": "one"})
    assert again.data["secret"] == secret and again["Idempotent-Replayed"] == "true"
    with within(institution):
        assert WebhookEndpoint.objects.count() == 1
        assert secret not in str(list(IdempotentCall.objects.values()))
    one = f"{WEBHOOKS}{made.data['id']}/"
    assert "secret" not in client.get(one).data
    assert "secret" not in client.get(WEBHOOKS).data["results"][0]
    rotated = client.post(one + "rotate/", {"grace_hours": 1}).data
    assert _signs(institution, made.data["id"]) == [rotated["secret"], secret]
    assert rotated["former_secret_until"] is not None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"url": "http://a.example/"}, "url"), ({"events": ["x"]}, "events.0"), ({"name": " "}, "name")],
)
def test_what_is_wrong_is_named(client: APIClient, wrong: dict[str, Any], field: str) -> None:
    answer = client.post(WEBHOOKS, NEW | wrong)
    assert (answer.status_code, answer.data["field"]) == (400, field)
    assert not WebhookEndpoint.objects.with_scopes_disabled().exists()


def test_it_is_changed_switched_and_deleted(institution: Institution, client: APIClient) -> None:
    one = f"{WEBHOOKS}{client.post(WEBHOOKS, NEW).data['id']}/"
    changed = client.patch(one, {"name": "Hall", "is_on": False}).data
    assert (changed["name"], changed["url"], changed["is_on"]) == ("Hall", NEW["url"], False)
    assert client.post(one + "test/").status_code == 409, "it is off"
    assert client.patch(one, {"is_on": True}).data["is_on"] is True
    told = client.post(one + "test/")
    assert (told.status_code, told.data["event"], told.data["delivery_state"]) == (
        201,
        "webhook.test",
        "waiting",
    )
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
    assert client.get(DELIVERIES).data["results"] == []


def test_one_that_is_being_sent_holds_up_the_deletion(institution: Institution, client: APIClient) -> None:
    one = f"{WEBHOOKS}{client.post(WEBHOOKS, NEW).data['id']}/"
    client.post(one + "test/")
    WebhookMessage._base_manager.update(claimed_until=clock.now() + timedelta(minutes=1))
    assert client.delete(one).status_code == 409
    assert client.get(one).status_code == 200


def test_the_log_is_read_by_pages_and_sent_again(institution: Institution, client: APIClient) -> None:
    one = f"{WEBHOOKS}{client.post(WEBHOOKS, NEW).data['id']}/"
    with within(institution):
        for each in (7, 8, 9):
            outbox.announce(institution, "results.released", {"sitting": each})
        first, second, _ = WebhookMessage.objects.order_by("pk")
        WebhookMessage.objects.filter(pk=first.pk).update(delivered_at=clock.now())
        WebhookMessage.objects.filter(pk=second.pk).update(given_up_at=clock.now())
        WebhookTry.objects.create(
            institution=institution, message=second, at=clock.now(), status=500, milliseconds=9
        )
    page = client.get(DELIVERIES, {"limit": 2}).data
    more = client.get(page["next"]).data
    assert [row["delivery_state"] for row in page["results"] + more["results"]] == [
        "taken",
        "given_up",
        "waiting",
    ]
    given_up = client.get(DELIVERIES, {"delivery_state": "given_up", "event": "results.released"}).data
    assert [row["id"] for row in given_up["results"]] == [second.pk]
    whole = client.get(f"{DELIVERIES}{second.pk}/").data
    assert [(each["status"], each["milliseconds"]) for each in whole["log"]] == [(500, 9)]
    assert client.post(f"{DELIVERIES}{second.pk}/replay/").data["delivery_state"] == "waiting"
    since = (clock.now() - timedelta(hours=1)).isoformat()
    assert client.post(one + "replay/", {"since": since}).data == {"count": 1}
    assert client.get(DELIVERIES, {"delivery_state": "waiting"}).data["results"][0]["id"] == first.pk
    long_ago = (clock.now() - timedelta(days=31)).isoformat()
    assert client.post(one + "replay/", {"since": long_ago}).data["field"] == "since"
