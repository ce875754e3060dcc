"""Webhooks in the admin: the secret is shown once, each act asks, and an admin alone does any of it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Institution, User, WebhookEndpoint, WebhookMessage, WebhookTry
from accounts.tenancy import within
from accounts.webhooks import outbox
from proctor_site.kernel import clock
from tests.factories.webhooks import new_webhook

NEW = "admin:accounts_webhookendpoint_new"
URL = "https://register.example/hooks"
FORM = {"name": "Student register", "url": URL, "events": ["results.released", "case.opened"]}


@pytest.fixture(autouse=True)
def unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is called from here."""
    monkeypatch.setattr(outbox, "ask_for_sending", lambda *_, **__: None)


def _page(name: str, row: Any) -> str:
    return reverse(f"admin:accounts_{name}", args=[row.pk])


def _secret_in(page: str) -> str:
    found = re.search(r'value="(whsec_[^"]+)"', page)
    assert found, "the page shows no secret"
    return found[1]


def test_a_webhook_is_made_and_its_secret_shown_once(
    institution: Institution, admin_member: User, browser_of: Any
) -> None:
    client = browser_of(admin_member)
    assert "case.decided" in client.get(reverse(NEW)).content.decode()
    answer = client.post(reverse(NEW), FORM)
    secret = _secret_in(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    with within(institution):
        made = WebhookEndpoint.objects.get()
        entry = AuditEntry.objects.get(verb="webhookendpoint.made")
    assert entry.actor == admin_member and entry.detail["events"] == FORM["events"]
    for page in (reverse("admin:accounts_webhookendpoint_changelist"), _page("webhookendpoint_change", made)):
        shown = client.get(page).content.decode()
        assert secret not in shown and URL in shown
    new = _secret_in(client.post(_page("webhookendpoint_rotate", made), {"grace_hours": 1}).content.decode())
    assert new != secret


@pytest.mark.parametrize("wrong", [{"url": "http://a.example/"}, {"events": []}, {"name": ""}])
def test_a_wrong_form_makes_none(admin_member: User, browser_of: Any, wrong: dict[str, Any]) -> None:
    answer = browser_of(admin_member).post(reverse(NEW), FORM | wrong)
    assert "errorlist" in answer.content.decode()
    assert not WebhookEndpoint.objects.with_scopes_disabled().exists()


def test_it_is_changed_switched_tried_and_replayed(
    institution: Institution, admin_member: User, browser_of: Any
) -> None:
    client = browser_of(admin_member)
    with within(institution):
        made, _ = new_webhook(institution, URL, actor=admin_member)
    assert URL in client.get(_page("webhookendpoint_edit", made)).content.decode()
    client.post(_page("webhookendpoint_edit", made), FORM | {"name": "Registry", "events": ["case.opened"]})
    switch = _page("webhookendpoint_switch", made)
    assert "Switch it off" in client.get(switch).content.decode()
    client.post(switch, {"to": "off"})
    made.refresh_from_db()
    assert (made.name, made.events, made.switched_off_at is None) == ("Registry", ["case.opened"], False)
    assert "Switch it on" in client.get(switch).content.decode()
    client.post(switch, {"to": "on"})
    client.post(_page("webhookendpoint_test", made))
    now = clock.now()
    with within(institution):
        assert WebhookMessage.objects.get().kind == "webhook.test"
        sent = outbox.write("case.opened", {}, [made])[0]
        WebhookTry.objects.create(
            institution=institution, message=sent, at=now, status=500, milliseconds=9, answer="<b>no</b>"
        )
        WebhookMessage.objects.update(delivered_at=now)
    shown = client.get(_page("webhookmessage_change", sent)).content.decode()
    assert "500" in shown and "&lt;b&gt;no" in shown and "<b>no" not in shown
    replay, since = _page("webhookendpoint_replay", made), f"{now - timedelta(hours=1):%Y-%m-%d %H:%M:%S}"
    asked = client.post(replay, {"since": since}).content.decode()
    assert "1 event since" in asked
    with within(institution):
        assert not WebhookMessage.objects.filter(delivered_at=None).exists(), "asking changes nothing"
    client.post(replay, {"since": since, "confirmed": "yes"})
    with within(institution):
        assert WebhookMessage.objects.get(delivered_at=None) == sent
        WebhookMessage.objects.update(delivered_at=now)
    assert "again" in client.get(_page("webhookmessage_again", sent)).content.decode()
    client.post(_page("webhookmessage_again", sent))
    with within(institution):
        assert WebhookMessage.objects.get(delivered_at=None) == sent
    listed = client.get(reverse("admin:accounts_webhookmessage_changelist"), {"state": "waiting"})
    assert sent.public_id in listed.content.decode()
    assert (
        "errorlist" in client.post(replay, {"since": "2020-01-01 00:00", "confirmed": "yes"}).content.decode()
    )


def test_tries_are_read_in_the_readers_zone(
    institution: Institution, admin_member: User, browser_of: Any
) -> None:
    with within(institution):
        Institution.objects.filter(pk=institution.pk).update(time_zone="Asia/Tokyo")
        made, _ = new_webhook(institution, URL, actor=admin_member)
        sent = outbox.write("case.opened", {}, [made])[0]
        at = datetime(2026, 11, 22, 20, 30, 5, tzinfo=UTC)
        WebhookTry.objects.create(institution=institution, message=sent, at=at, status=500, milliseconds=9)
    page = browser_of(admin_member).get(_page("webhookmessage_change", sent)).content.decode()
    assert "23 Nov 2026, 05:30:05" in page


def test_it_is_deleted_after_a_page_said_what_goes(
    institution: Institution, admin_member: User, browser_of: Any
) -> None:
    client = browser_of(admin_member)
    with within(institution):
        made, _ = new_webhook(institution, URL, actor=admin_member)
        other, _ = new_webhook(institution, URL, actor=admin_member)
        for each in (made, made, other):
            outbox.write("case.opened", {}, [each])
        WebhookMessage.objects.filter(pk=WebhookMessage.objects.latest("pk").pk - 2).update(
            delivered_at=clock.now(), claimed_until=clock.now() + timedelta(minutes=1)
        )
    page = _page("webhookendpoint_remove", made)
    asked = client.get(page).content.decode()
    assert "The log of 2 events" in asked and "1 that waits is never sent" in asked
    held = client.post(page, follow=True).content.decode()
    assert "being sent at this moment" in held
    with within(institution):
        assert WebhookEndpoint.objects.filter(pk=made.pk).exists()
        WebhookMessage.objects.update(claimed_until=None)
    done = client.post(page, follow=True).content.decode()
    assert "is deleted, with the log" in done
    with within(institution):
        assert list(WebhookEndpoint.objects.all()) == [other]
        assert [each.endpoint for each in WebhookMessage.objects.all()] == [other]
        assert AuditEntry.objects.filter(verb="webhookendpoint.removed").exists()


def test_others_neither_see_nor_make_webhooks(
    institution: Institution, officer: User, admin_member: User, browser_of: Any
) -> None:
    with within(institution):
        made, _ = new_webhook(institution, URL, actor=admin_member)
    client = browser_of(officer)
    assert client.get(reverse("admin:accounts_webhookendpoint_changelist")).status_code == 403
    for name in ("edit", "rotate", "switch", "test", "replay"):
        assert client.post(_page(f"webhookendpoint_{name}", made), FORM).status_code == 403
    assert client.post(reverse(NEW), FORM).status_code == 403
