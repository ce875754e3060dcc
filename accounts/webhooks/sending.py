"""Sends what is due to one address, notes each try, puts off, gives up, switches off what never answers."""

import time
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min, Q

from accounts import audit, mail
from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue
from accounts.models import Job, Membership, User, WebhookEndpoint, WebhookMessage, WebhookTry
from accounts.roles import Role
from accounts.transitions import lock
from accounts.webhooks import keeping, outbox, posting, signing
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Unavailable

WAITS = tuple(timedelta(seconds=each) for each in (10, 60, 600, 3_600, 21_600, 43_200, 86_400, 86_400))
"""Before each repeat, together 67 hours, so that a weekend without a receiver loses nothing."""
OFF_AFTER = timedelta(days=3)
"""An address that has taken nothing for so long is switched off."""
MAIL_JOB = "accounts.webhook_off"
_RUN_S = 5.0
"""After that a round begins no further try: with the last one a worker is held for 15 seconds at most."""
_SLOW_S = 3.0
"""A failure that took so long ends the round at once."""
_MOST_FAILURES = 2
"""In a row: then the address is left alone for a while, and the worker does other work."""
LEAST_REST, MOST_REST = timedelta(minutes=1), timedelta(hours=1)
"""How long; between them, a quarter of the time for which it has been failing."""
_SOON = timedelta(minutes=1)
"""What is due within that is not left to upkeep, which looks once a minute."""
_IN_HAND = timedelta(minutes=2)
"""Longer than any try may take. A worker that died with a message leaves it to others after that."""
_GONE = 410


@job_kind(outbox.JOB, gives_way=True)
def send_due(job: Job, progress: Progress) -> dict[str, Any]:
    """The work of a job: all that is due at one address, the oldest first; one failure holds up no other."""
    counts, in_a_row = {"taken": 0, "failed": 0}, 0
    until = time.monotonic() + _RUN_S
    while time.monotonic() < until and in_a_row < _MOST_FAILURES:
        endpoint = WebhookEndpoint.objects.filter(pk=job.arguments["endpoint"], switched_off_at=None)
        here = endpoint.select_related("institution").first()
        message = outbox.waiting_of(here).first() if here is not None else None
        if here is None or message is None:
            break
        if not _claim(message):
            continue
        began = time.monotonic()
        is_taken = send(here, message)
        counts["taken" if is_taken else "failed"] += 1
        in_a_row = 0 if is_taken else in_a_row + 1
        if not is_taken and time.monotonic() - began >= _SLOW_S:
            in_a_row = _MOST_FAILURES
        progress.tell(sum(counts.values()), sum(counts.values()) + 1)
    _arrange_next(job.arguments["endpoint"], is_failing=in_a_row >= _MOST_FAILURES)
    return counts


def _arrange_next(endpoint_id: int, *, is_failing: bool) -> None:
    """Lets an address rest that takes nothing, and asks for the job of what is due soon."""
    found = WebhookEndpoint.objects.filter(pk=endpoint_id, switched_off_at=None)
    endpoint = found.select_related("institution").first()
    if endpoint is None:
        return
    now, waiting = clock.now(), WebhookMessage.objects.filter(outbox.WAITING, endpoint=endpoint)
    if is_failing and endpoint.failing_since is not None:
        rest = min(max((now - endpoint.failing_since) / 4, LEAST_REST), MOST_REST)
        waiting.filter(due_at__lt=now + rest).update(due_at=now + rest)
    due = waiting.filter(claimed_until=None).aggregate(first=Min("due_at"))["first"]
    if due is not None and due < now + _SOON:
        outbox.ask_for_sending(endpoint, after=max(due, now))


def _claim(message: WebhookMessage) -> bool:
    now = clock.now()
    free = WebhookMessage.objects.filter(pk=message.pk, delivered_at=None)
    free = free.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    return bool(free.update(claimed_until=now + _IN_HAND))


def send(endpoint: WebhookEndpoint, message: WebhookMessage) -> bool:
    """One try, and the note of it. A stop between the two has it sent again under the same id."""
    body, now = message.body.encode(), clock.now()
    try:
        keys = keeping.secrets_of(endpoint, now)
    except Unavailable as error:
        answer = posting.Answer(None, 0, problem=error.message)
    else:
        headers = signing.headers_for(message.public_id, int(now.timestamp()), body, keys)
        answer = posting.post(endpoint.url, body, headers)
    with transaction.atomic():
        _note(endpoint, message, answer)
    return answer.is_taken


def _note(endpoint: WebhookEndpoint, message: WebhookMessage, answer: posting.Answer) -> None:
    lock(endpoint, "institution")
    now = clock.now()
    WebhookTry.objects.create(
        institution=endpoint.institution,
        message=message,
        at=now,
        status=answer.status,
        milliseconds=answer.milliseconds,
        answer=answer.words,
        problem=answer.problem,
    )
    message.tries += 1
    message.claimed_until = None
    if answer.is_taken:
        if endpoint.failing_since is not None:  # it is back: nothing has to rest any longer
            others = WebhookMessage.objects.filter(outbox.WAITING, endpoint=endpoint, due_at__gt=now, tries=0)
            others.exclude(pk=message.pk).update(due_at=now)
        message.delivered_at, endpoint.taken_at, endpoint.failing_since = now, now, None
    elif message.tries > len(WAITS):
        message.given_up_at = now
    else:
        message.due_at = now + WAITS[message.tries - 1]
    if not answer.is_taken:
        endpoint.failing_since = endpoint.failing_since or now
    message.save(update_fields=["tries", "claimed_until", "delivered_at", "given_up_at", "due_at"])
    endpoint.save(update_fields=["taken_at", "failing_since"])
    if answer.status == _GONE:
        _switch_off(endpoint, "It answered that it is gone for good (410).")
    elif endpoint.failing_since is not None and now - endpoint.failing_since >= OFF_AFTER:
        _switch_off(endpoint, f"It has taken nothing for {OFF_AFTER.days} days.")


def _switch_off(endpoint: WebhookEndpoint, why: str) -> None:
    if endpoint.switched_off_at is not None:
        return
    endpoint.switched_off_at, endpoint.off_because = clock.now(), why
    endpoint.save(update_fields=["switched_off_at", "off_because"])
    audit.record(endpoint.institution, endpoint, "webhookendpoint.gave_up", actor=None, detail={"why": why})
    admins = Membership.objects.filter(role=Role.ADMIN, ended_at=None).order_by("pk")
    for each in admins:
        arguments = {"endpoint": endpoint.pk, "admin": each.user_id}
        title = f"E-mail: the webhook {endpoint.name} is switched off"
        enqueue(endpoint.institution, MAIL_JOB, title=title, actor=None, arguments=arguments)


@job_kind(MAIL_JOB)
def tell_admin(job: Job, progress: Progress) -> dict[str, Any]:
    """The work of a job: tells one admin that an address was switched off. Raises OSError for another try."""
    endpoint = WebhookEndpoint.objects.select_related("institution").get(pk=job.arguments["endpoint"])
    admin = User.objects.get(pk=job.arguments["admin"])
    context = {"endpoint": endpoint, "person": admin, "institution": endpoint.institution}
    if not mail.send("webhook_off", admin.email, context):
        raise OSError("the mail server refused it")
    return {}
