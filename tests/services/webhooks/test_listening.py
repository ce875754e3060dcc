"""Who listens is remembered, so that events which nobody wants cost no query; and no change is missed."""

from typing import Any

import pytest

from accounts.models import Institution, User, WebhookMessage
from accounts.webhooks import endpoints, outbox
from tests.factories.webhooks import new_webhook

RELEASED = "results.released"


@pytest.fixture(autouse=True)
def unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is called from here."""
    monkeypatch.setattr(outbox, "ask_for_sending", lambda *_, **__: None)


def _tell(institution: Institution) -> None:
    outbox.announce(institution, RELEASED, {"sitting": 1})


def test_where_nobody_listens_only_the_first_event_asks(
    scoped: Institution, other_institution: Institution, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        _tell(scoped)
        _tell(scoped)
        assert not outbox.is_heard(scoped, RELEASED)
    with django_assert_num_queries(1):
        assert not outbox.is_heard(other_institution, RELEASED)


def test_a_new_webhook_and_one_switched_on_hear_at_once(scoped: Institution, admin_member: User) -> None:
    _tell(scoped)
    made, _ = new_webhook(scoped, "https://register.example/", RELEASED, actor=admin_member)
    _tell(scoped)
    assert WebhookMessage.objects.count() == 1
    endpoints.switch_off(made, actor=admin_member)
    _tell(scoped)
    endpoints.switch_on(made, actor=admin_member)
    _tell(scoped)
    assert WebhookMessage.objects.count() == 2


def test_who_looked_before_a_change_cannot_hide_it(
    scoped: Institution, admin_member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_webhook(scoped, "https://register.example/", RELEASED, actor=admin_member)
    seen_before = outbox.WebhookEndpoint.objects.none()
    with monkeypatch.context() as before:
        before.setattr(outbox.WebhookEndpoint._base_manager, "filter", lambda **_: seen_before)
        _tell(scoped)  # as a server would that read before the change was stored
    _tell(scoped)
    assert WebhookMessage.objects.count() == 1
