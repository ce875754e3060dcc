"""Webhooks are sent in order, signed, tried again, given up, switched off; nothing is lost or sent twice."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outgoing
from django.db import transaction

from accounts import states
from accounts.jobs import running, services
from accounts.models import AuditEntry, Institution, Job, User, WebhookEndpoint, WebhookMessage, WebhookTry
from accounts.webhooks import endpoints, keeping, outbox, posting, sending
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed
from tests.factories.webhooks import Receiver, is_signed_by, new_webhook, receiving

RELEASED = "results.released"


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs wait until `_run`: else the queue of tests carries them out at once."""
    monkeypatch.setattr(services, "put_into_queue", lambda *_, **__: None)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    with receiving() as here:
        yield here


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock: `at(hours=2)` later than now."""
    start = clock.now()

    def move(**later: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(**later))

    move()
    return move


def _run() -> None:
    for job in Job.objects.filter(state=states.WAITING).order_by("pk"):
        running.run(job.pk)


def _tell(institution: Institution, *sittings: int) -> None:
    for each in sittings:
        outbox.announce(institution, RELEASED, {"sitting": each})


def test_what_happened_is_sent_in_order_and_signed(
    scoped: Institution, admin_member: User, receiver: Receiver
) -> None:
    made, secret = new_webhook(scoped, receiver.url, actor=admin_member)
    _tell(scoped, 7, 8, 9)
    assert Job.objects.filter(kind=outbox.JOB).count() == 1, "one job for all"
    _run()
    assert [
        f'"sitting":{each}' in body.decode() for each, (_, body) in zip((7, 8, 9), receiver.came, strict=True)
    ]
    headers, body = receiver.came[0]
    assert is_signed_by(secret, headers, body)
    assert not is_signed_by(secret, headers, body + b" ") and headers["host"] in receiver.url
    assert body.startswith(b'{"type":"results.released","timestamp":"')
    assert len(set(receiver.ids)) == 3
    assert not WebhookMessage.objects.filter(delivered_at=None).exists()
    tried = WebhookTry.objects.first()
    assert tried is not None and (tried.status, tried.answer) == (200, "thanks")
    stored = str(WebhookEndpoint.objects.values().get(pk=made.pk))
    assert secret not in stored and secret.split("_")[1] not in stored


def test_only_who_wants_an_event_is_told_and_a_rollback_leaves_nothing(
    scoped: Institution, other_institution: Institution, admin_member: User, receiver: Receiver
) -> None:
    _tell(scoped, 1)
    new_webhook(scoped, receiver.url, "case.opened", actor=admin_member)
    _tell(scoped, 1)
    wanting, _ = new_webhook(scoped, receiver.url, actor=admin_member)
    _tell(other_institution, 1)
    with pytest.raises(RuntimeError), transaction.atomic():
        _tell(scoped, 1)
        raise RuntimeError
    assert not WebhookMessage.objects.exists() and not Job.objects.exists()
    endpoints.switch_off(wanting, actor=admin_member)
    _tell(scoped, 1)
    assert not WebhookMessage.objects.exists()
    with pytest.raises(ValueError, match="not in the table"):
        outbox.announce(scoped, RELEASED, {"sitting": 1, "name": "Ada"})


def test_a_failure_is_tried_again_later_under_its_id_and_holds_up_no_other(
    scoped: Institution, admin_member: User, receiver: Receiver, at: Any
) -> None:
    new_webhook(scoped, receiver.url, actor=admin_member)
    receiver.statuses = [500]
    _tell(scoped, 1, 2)
    _run()
    first, second = WebhookMessage.objects.order_by("pk")
    assert (first.delivered_at, first.tries) == (None, 1) and second.delivered_at is not None
    at(seconds=61)
    outbox.ask_for_due()
    _run()
    assert receiver.ids == [first.public_id, second.public_id, first.public_id]
    assert [each.status for each in first.log.all()] == [500, 200]
    assert receiver.came[0][1] == receiver.came[2][1]


def test_a_dead_receiver_rests_is_given_up_and_switched_off(
    scoped: Institution, admin_member: User, receiver: Receiver, at: Any
) -> None:
    made, _ = new_webhook(scoped, receiver.url, actor=admin_member)
    receiver.statuses = [503] * 100
    _tell(scoped, *range(5))
    _run()
    assert len(receiver.came) == 2, "after two failures in a row it is left alone"
    assert not outbox.waiting_of(made).exists()
    for hour in range(1, 80, 2):
        at(hours=hour)
        outbox.ask_for_due()
        _run()
    made.refresh_from_db()
    assert made.switched_off_at is not None and "3 days" in made.off_because
    assert [each.to for each in outgoing.outbox] == [[admin_member.email]]
    assert made.name in outgoing.outbox[0].subject
    assert AuditEntry.objects.filter(verb="webhookendpoint.gave_up").count() == 1
    before = len(receiver.came)
    at(hours=90)
    outbox.ask_for_due()
    _run()
    assert len(receiver.came) == before
    receiver.statuses = []
    endpoints.switch_on(made, actor=admin_member)
    _run()
    assert not outbox.waiting_of(made).exists()
    assert len(set(receiver.ids)) == 5


def test_a_message_is_given_up_after_its_tries(
    scoped: Institution, admin_member: User, receiver: Receiver, at: Any
) -> None:
    made, _ = new_webhook(scoped, receiver.url, actor=admin_member)
    receiver.statuses = [500] * 20
    message = outbox.write(RELEASED, {"sitting": 1}, [made])[0]
    for _ in range(len(sending.WAITS) + 1):
        sending.send(made, message)
    assert message.given_up_at is not None and message.tries == len(sending.WAITS) + 1
    assert 60 < sum(sending.WAITS, timedelta()).total_seconds() / 3_600 < 72


def test_after_a_crash_between_send_and_note_the_id_repeats(
    scoped: Institution, admin_member: User, receiver: Receiver, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_webhook(scoped, receiver.url, actor=admin_member)
    _tell(scoped, 1)
    with monkeypatch.context() as broken:
        broken.setattr(sending, "_note", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            _run()
    outbox.ask_for_due()
    _run()
    assert len(receiver.came) == 1, "it is in the hands of the worker that died"
    at(minutes=3)
    outbox.ask_for_due()
    _run()
    assert len(receiver.came) == 2 and len(set(receiver.ids)) == 1


def test_rotating_signs_with_both_until_the_grace_is_over(
    scoped: Institution, admin_member: User, receiver: Receiver, at: Any
) -> None:
    made, old = new_webhook(scoped, receiver.url, actor=admin_member)
    new = endpoints.rotate(made, grace_hours=2, actor=admin_member)
    _tell(scoped, 1)
    _run()
    at(hours=3)
    _tell(scoped, 2)
    _run()
    both, alone = receiver.came
    assert is_signed_by(old, *both) and is_signed_by(new, *both)
    assert is_signed_by(new, *alone) and not is_signed_by(old, *alone)
    third = endpoints.rotate(made, grace_hours=0, actor=admin_member)
    assert keeping.secrets_of(made, clock.now()) == [third]
    with pytest.raises(InvalidInput):
        endpoints.rotate(made, grace_hours=1_000, actor=admin_member)


def test_a_lost_key_is_a_failed_try_with_a_reason(
    scoped: Institution, admin_member: User, receiver: Receiver, settings: Any
) -> None:
    made, _ = new_webhook(scoped, receiver.url, actor=admin_member)
    settings.EVIDENCE_KEY, settings.SECRET_KEY, settings.EVIDENCE_KEYS_BEFORE = "other", "another", []
    message = outbox.write(RELEASED, {"sitting": 1}, [made])[0]
    assert not sending.send(made, message)
    assert "new secret" in message.log.get().problem and not receiver.came


def test_sending_again_and_replaying(
    scoped: Institution, admin_member: User, officer: User, receiver: Receiver, at: Any
) -> None:
    made, _ = new_webhook(scoped, receiver.url, actor=admin_member)
    _tell(scoped, 1)
    _run()
    at(hours=2)
    _tell(scoped, 2, 3)
    _run()
    middle = clock.now() - timedelta(hours=1)
    assert endpoints.replayable(made, middle).count() == 2
    with pytest.raises(NotAllowed):
        endpoints.replay(made, since=middle, actor=officer)
    with pytest.raises(InvalidInput) as refused:
        endpoints.replay(made, since=clock.now() - timedelta(days=31), actor=admin_member)
    assert refused.value.field == "since"
    assert endpoints.replay(made, since=middle, actor=admin_member) == 2
    _run()
    assert receiver.ids[3:] == receiver.ids[1:3]
    endpoints.send_again(WebhookMessage.objects.earliest("pk"), actor=admin_member)
    _run()
    assert receiver.ids[5] == receiver.ids[0]
    endpoints.send_test(made, actor=admin_member)
    _run()
    assert b'"webhook.test"' in receiver.came[6][1]
    endpoints.switch_off(made, actor=admin_member)
    with pytest.raises(Conflict):
        endpoints.send_test(made, actor=admin_member)


def test_gone_for_good_switches_off_and_old_messages_are_forgotten(
    scoped: Institution, admin_member: User, receiver: Receiver, at: Any
) -> None:
    made, _ = new_webhook(scoped, receiver.url, actor=admin_member)
    receiver.statuses = [410]
    _tell(scoped, 1)
    _run()
    made.refresh_from_db()
    assert "410" in made.off_because
    at(days=29)
    outbox.clear_old()
    assert WebhookMessage.objects.count() == 1
    at(days=31)
    outbox.clear_old()
    assert not WebhookMessage.objects.exists() and not WebhookTry.objects.exists()


def test_redirects_slow_and_huge_answers(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver.statuses, receiver.headers = [302], {"Location": receiver.url}
    answer = posting.post(receiver.url, b"{}", {"webhook-id": "msg_1"})
    assert (answer.status, answer.is_taken, len(receiver.came)) == (302, False, 1)
    assert "not followed" in answer.problem
    receiver.headers, receiver.body = {}, b"x\x00" * 5_000_000
    answer = posting.post(receiver.url, b"{}", {"webhook-id": "msg_2"})
    assert answer.is_taken and len(answer.words) <= 500 and "\x00" not in answer.words
    receiver.body, receiver.pause_s = b"slow" * 100, 0.05
    monkeypatch.setattr(posting, "WHOLE_S", 0.4)
    answer = posting.post(receiver.url, b"{}", {"webhook-id": "msg_3"})
    assert answer.milliseconds < 3_000
    assert answer.status is None or len(answer.words) < 100, "it was cut off"


def test_whom_nobody_answers_is_said_in_words(receiver: Receiver) -> None:
    answer = posting.post("http://127.0.0.1:9/", b"{}", {})
    assert answer.status is None and answer.problem.startswith("No connection")


def test_a_receiver_that_answers_late_is_left_after_one_try_and_others_come_first(
    scoped: Institution, admin_member: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_webhook(scoped, receiver.url, actor=admin_member)
    _tell(scoped, 1, 2, 3)
    tries: list[str] = []
    now = [100.0]
    monkeypatch.setattr(sending.time, "monotonic", lambda: now[0])

    def late(url: str, *_: Any) -> posting.Answer:
        tries.append(url)
        now[0] += sending._SLOW_S
        return posting.Answer(None, 3_000, problem="There was no answer.")

    monkeypatch.setattr(posting, "post", late)
    _run()
    assert len(tries) == 1, "the worker has gone on to other work"
    assert not WebhookMessage.objects.filter(due_at__lte=clock.now()).exists(), "they rest"


def test_a_receiver_that_takes_its_time_is_served_in_short_rounds(
    scoped: Institution, admin_member: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_webhook(scoped, receiver.url, actor=admin_member)
    _tell(scoped, *range(1, 6))
    taken: list[str] = []
    now = [100.0]
    monkeypatch.setattr(sending.time, "monotonic", lambda: now[0])

    def slow(url: str, *_: Any) -> posting.Answer:
        taken.append(url)
        now[0] += 2.0
        return posting.Answer(200, 2_000)

    monkeypatch.setattr(posting, "post", slow)
    _run()
    assert len(taken) == 3
    assert Job.objects.filter(kind=outbox.JOB, state=states.WAITING).count() == 1, "the rest is asked for"
