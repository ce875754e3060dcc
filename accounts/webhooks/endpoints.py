"""The only writer of webhooks as people set them up, and of what they ask to have sent again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.models import Institution, User, WebhookEndpoint, WebhookMessage
from accounts.permissions import roles_of
from accounts.roles import Role
from accounts.tenancy import within
from accounts.transitions import lock
from accounts.webhooks import addresses, keeping, outbox, signing
from accounts.webhooks.events import EVENTS, TEST
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed

DEFAULT_GRACE_HOURS, MOST_GRACE_HOURS = 24, 7 * 24
MOST = 20
"""Webhooks of an institution: each event writes a row for each of them."""
_LONGEST_NAME = 100


def make(
    institution: Institution, *, name: str, url: str, events: Iterable[str], actor: User
) -> tuple[WebhookEndpoint, str]:
    """A new webhook, switched on, and the secret that signs what is sent; nobody is shown it again.

    Raises NotAllowed (not an admin), InvalidInput (name, url, events), Conflict (there are too many).
    """
    _refuse_others(institution, actor)
    words, codes = _clean_name(name), _clean_events(events)
    addresses.read(url)
    secret = signing.new_secret()
    with within(institution), transaction.atomic():
        lock(institution)
        if WebhookEndpoint.objects.count() >= MOST:
            raise Conflict(f"An institution has at most {MOST} webhooks; change one that is switched off.")
        made = WebhookEndpoint.objects.create(
            institution=institution,
            name=words,
            url=url,
            events=codes,
            secret=keeping.seal(secret),
            made_by=actor,
            made_at=clock.now(),
        )
        detail = {"name": words, "url": url, "events": codes}
        audit.record(institution, made, "webhookendpoint.made", actor=actor, detail=detail)
        outbox.note_change(institution)
    return made, secret


def change(endpoint: WebhookEndpoint, *, name: str, url: str, events: Iterable[str], actor: User) -> None:
    """Other words, address or events; what waits already goes to the new address.

    Raises NotAllowed, InvalidInput (name, url, events).
    """
    _refuse_others(endpoint.institution, actor)
    words, codes = _clean_name(name), _clean_events(events)
    addresses.read(url)
    with transaction.atomic():
        lock(endpoint)
        endpoint.name, endpoint.url, endpoint.events = words, url, codes
        endpoint.save(update_fields=["name", "url", "events"])
        detail = {"name": words, "url": url, "events": codes}
        audit.record(endpoint.institution, endpoint, "webhookendpoint.changed", actor=actor, detail=detail)


def rotate(endpoint: WebhookEndpoint, *, grace_hours: int = DEFAULT_GRACE_HOURS, actor: User) -> str:
    """A new secret, which is returned; the former one signs too for `grace_hours` more.

    Raises NotAllowed, InvalidInput (grace_hours).
    """
    _refuse_others(endpoint.institution, actor)
    if not 0 <= grace_hours <= MOST_GRACE_HOURS:
        raise InvalidInput(f"Give 0 to {MOST_GRACE_HOURS} hours.", field="grace_hours")
    secret = signing.new_secret()
    with transaction.atomic():
        lock(endpoint)
        endpoint.secret_before = endpoint.secret if grace_hours else None
        endpoint.before_until = clock.now() + timedelta(hours=grace_hours) if grace_hours else None
        endpoint.secret = keeping.seal(secret)
        endpoint.save(update_fields=["secret", "secret_before", "before_until"])
        detail = {"grace_hours": grace_hours}
        audit.record(endpoint.institution, endpoint, "webhookendpoint.rotated", actor=actor, detail=detail)
    return secret


def switch_off(endpoint: WebhookEndpoint, *, actor: User) -> None:
    """Nothing is sent or written for it from then on. Raises NotAllowed, Conflict (it is off)."""
    _refuse_others(endpoint.institution, actor)
    with transaction.atomic():
        lock(endpoint)
        if endpoint.switched_off_at is not None:
            raise Conflict("It is switched off already.")
        endpoint.switched_off_at, endpoint.off_because = clock.now(), "An admin switched it off."
        endpoint.save(update_fields=["switched_off_at", "off_because"])
        audit.record(endpoint.institution, endpoint, "webhookendpoint.switched_off", actor=actor)


def switch_on(endpoint: WebhookEndpoint, *, actor: User) -> None:
    """Events are sent again, with what had been waiting. Raises NotAllowed, Conflict (it is on)."""
    _refuse_others(endpoint.institution, actor)
    with transaction.atomic():
        lock(endpoint)
        if endpoint.switched_off_at is None:
            raise Conflict("It is switched on already.")
        endpoint.switched_off_at, endpoint.off_because, endpoint.failing_since = None, "", None
        endpoint.save(update_fields=["switched_off_at", "off_because", "failing_since"])
        audit.record(endpoint.institution, endpoint, "webhookendpoint.switched_on", actor=actor)
        outbox.note_change(endpoint.institution)
        outbox.ask_for_sending(endpoint)


def remove(endpoint: WebhookEndpoint, *, actor: User) -> None:
    """Deletes it with what waits for it and the log of what was sent. Raises NotAllowed.

    Raises Conflict while a worker has a message in hand: it would note its try on nothing.
    """
    _refuse_others(endpoint.institution, actor)
    with transaction.atomic():
        lock(endpoint)
        rows = WebhookMessage.objects.filter(endpoint=endpoint)
        if rows.filter(claimed_until__gt=clock.now()).exists():
            raise Conflict("Something is being sent at this moment; switch it off, and try again.")
        detail = {"name": endpoint.name, "url": endpoint.url, "messages": rows.count()}
        audit.record(endpoint.institution, endpoint, "webhookendpoint.removed", actor=actor, detail=detail)
        rows.delete()
        endpoint.delete()


def send_test(endpoint: WebhookEndpoint, *, actor: User) -> WebhookMessage:
    """Sends an event that says only that it is a test. Raises NotAllowed, Conflict (it is off)."""
    _refuse_others(endpoint.institution, actor)
    _refuse_off(endpoint)
    with transaction.atomic():
        made = outbox.write(TEST, {}, [endpoint])[0]
        audit.record(endpoint.institution, endpoint, "webhookendpoint.tested", actor=actor)
    return made


def send_again(message: WebhookMessage, *, actor: User) -> None:
    """Has one message sent once more under its id, with all its tries. Raises NotAllowed, Conflict."""
    _refuse_others(message.institution, actor)
    _refuse_off(message.endpoint)
    now = clock.now()
    with transaction.atomic():
        rows = WebhookMessage.objects.filter(pk=message.pk)
        free = rows.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
        if not _put_back(free, now):
            raise Conflict("It is being sent at this moment; reload and look again.")
        outbox.ask_for_sending(message.endpoint)
        detail = {"webhook_id": message.public_id}
        audit.record(
            message.institution, message.endpoint, "webhookendpoint.sent_again", actor=actor, detail=detail
        )


def replayable(endpoint: WebhookEndpoint, since: datetime) -> "QuerySet[WebhookMessage]":
    """What was written for it since then and is not waiting anyhow: delivered, or given up."""
    rows = WebhookMessage.objects.filter(endpoint=endpoint, happened_at__gte=since)
    return rows.exclude(delivered_at=None, given_up_at=None).exclude(kind=TEST)


def replay(endpoint: WebhookEndpoint, *, since: datetime, actor: User) -> int:
    """Has all of that sent once more, in the order in which it happened; returns how many.

    Raises NotAllowed, Conflict (it is off), InvalidInput (since: longer ago than messages are kept).
    """
    _refuse_others(endpoint.institution, actor)
    _refuse_off(endpoint)
    now = clock.now()
    if not now - outbox.KEPT_FOR <= since <= now:
        days = outbox.KEPT_FOR.days
        raise InvalidInput(f"Give a moment of the last {days} days: they are kept so long.", field="since")
    with transaction.atomic():
        count = _put_back(replayable(endpoint, since), now)
        outbox.ask_for_sending(endpoint)
        detail = {"since": since.isoformat(), "messages": count}
        audit.record(endpoint.institution, endpoint, "webhookendpoint.replayed", actor=actor, detail=detail)
    return count


def _put_back(rows: "QuerySet[WebhookMessage]", now: datetime) -> int:
    return rows.update(delivered_at=None, given_up_at=None, tries=0, due_at=now)


def _refuse_others(institution: Institution, actor: User) -> None:
    if Role.ADMIN not in roles_of(actor, institution):
        raise NotAllowed("Only an institution admin can manage webhooks.")


def _refuse_off(endpoint: WebhookEndpoint) -> None:
    if endpoint.switched_off_at is not None:
        raise Conflict("It is switched off; switch it on before.")


def _clean_name(name: str) -> str:
    words = " ".join(name.split())
    if not words or len(words) > _LONGEST_NAME or "\x00" in words:
        raise InvalidInput(
            f"Name the system that is told, in at most {_LONGEST_NAME} characters.", field="name"
        )
    return words


def _clean_events(events: Iterable[str]) -> list[str]:
    wanted = set(events)
    unknown = sorted(wanted - EVENTS.keys())
    if unknown:
        raise InvalidInput(f"There is no event {unknown[0]}.", field="events")
    if not wanted:
        raise InvalidInput("Choose at least one event.", field="events")
    return [code for code in EVENTS if code in wanted]
