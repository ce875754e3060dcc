"""Writes what other systems are to hear of, in the transaction of the event, and has a job send it."""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import states
from accounts.jobs.services import enqueue
from accounts.models import Institution, Job, WebhookEndpoint, WebhookMessage
from accounts.tenancy import within
from accounts.webhooks.events import EVENTS, TEST
from proctor_site.kernel import clock

JOB = "accounts.webhooks"
GATHERED_FOR = timedelta(seconds=2)
"""What happens within so long is sent by one job; each job leaves two entries in the log."""
KEPT_FOR = timedelta(days=30)
KNOWN_FOR_S = 15
"""So long it is remembered that nobody listens; a server with a cache of its own may be wrong so long."""
_NOBODY, _ASK = "nobody", "ask"
WAITING = Q(delivered_at=None, given_up_at=None)


def is_heard(institution: Institution, kind: str) -> bool:
    """Whether an address may want events of this kind; asks the database when somebody listens at all."""
    if cache.get(_name(institution.pk)) == _NOBODY:
        return False
    return bool(_listening(institution, kind))


def note_change(institution: Institution) -> None:
    """What listens there is another now: the next announcement asks the database, from this moment on.

    `set` here and `add` below: who has looked before the change was stored cannot write over this.
    """
    name = _name(institution.pk)
    cache.set(name, _ASK, timeout=KNOWN_FOR_S)
    transaction.on_commit(lambda: cache.set(name, _ASK, timeout=KNOWN_FOR_S))


def announce(institution: Institution, kind: str, data: Mapping[str, Any]) -> None:
    """Tells the addresses that want events of this kind, if there are any; gone when the transaction fails.

    `data`: exactly the fields of the event; numbers, moments and words of ours, never names.
    Raises ValueError for a kind or fields that are not in the table.
    """
    if kind not in EVENTS or set(data) != set(EVENTS[kind].fields):
        raise ValueError(f"{kind} with {sorted(data)} is not in the table of events")
    if cache.get(_name(institution.pk)) != _NOBODY:
        write(kind, data, _listening(institution, kind))


def _listening(institution: Institution, kind: str) -> list[WebhookEndpoint]:
    found = list(WebhookEndpoint._base_manager.filter(institution=institution, switched_off_at=None))
    if not found:
        cache.add(_name(institution.pk), _NOBODY, timeout=KNOWN_FOR_S)
    return [each for each in found if kind in each.events]


def _name(institution_id: int) -> str:
    return f"webhooks-heard:{institution_id}"


def write(kind: str, data: Mapping[str, Any], endpoints: Iterable[WebhookEndpoint]) -> list[WebhookMessage]:
    """One message for each of these addresses of one institution, which a job will send soon."""
    assert kind in EVENTS or kind == TEST
    now, public_id = clock.now(), f"msg_{uuid.uuid4().hex}"
    made = []
    for each in endpoints:
        told = {"institution": each.institution_id, **data}
        body = {"type": kind, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": told}
        made.append(
            WebhookMessage._base_manager.create(
                institution_id=each.institution_id,
                endpoint=each,
                public_id=public_id,
                kind=kind,
                body=json.dumps(body, separators=(",", ":"), ensure_ascii=False),
                happened_at=now,
                due_at=now,
            )
        )
        ask_for_sending(each)
    return made


def ask_for_sending(endpoint: WebhookEndpoint, *, after: datetime | None = None) -> None:
    """A job that sends what is due, unless one waits already. What it misses, `ask_for_due` finds."""
    key = f"webhook:{endpoint.pk}"
    with within(endpoint.institution):
        if Job.objects.filter(key=key, state=states.WAITING).exists():
            return
        enqueue(
            endpoint.institution,
            JOB,
            title=f"Webhooks to {endpoint.name}",
            actor=None,
            arguments={"endpoint": endpoint.pk},
            key=key,
            after=after or clock.now() + GATHERED_FOR,
        )


def waiting_of(endpoint: WebhookEndpoint) -> "QuerySet[WebhookMessage]":
    """What is due there and in nobody's hands, the oldest first."""
    now = clock.now()
    rows = WebhookMessage._base_manager.filter(WAITING, endpoint=endpoint, due_at__lte=now)
    return rows.filter(Q(claimed_until=None) | Q(claimed_until__lt=now)).order_by("pk")


def ask_for_due() -> None:
    """Has sent what its time has come for again, at all institutions."""
    due = WebhookMessage._base_manager.filter(WAITING, due_at__lte=clock.now())
    wanted = WebhookEndpoint._base_manager.filter(switched_off_at=None, pk__in=due.values("endpoint"))
    for endpoint in wanted.select_related("institution"):
        ask_for_sending(endpoint)


def clear_old() -> int:
    """Forgets what happened more than KEPT_FOR ago, with its tries, at all institutions; returns how much."""
    rows = WebhookMessage._base_manager.filter(happened_at__lt=clock.now() - KEPT_FOR)
    return int(rows.delete()[0])
