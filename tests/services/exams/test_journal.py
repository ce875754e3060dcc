"""The answer journal: idempotent, order-proof, chained, closed outside working time, safe on two devices."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Institution, User
from exams import states
from exams.delivery import attempts
from exams.delivery.journal import BatchResult, save_batch
from exams.delivery.receipts import journal_matches, sign_receipt, verify_receipt
from exams.delivery.verification import verify_journal
from exams.models import Answer, Attempt, JournalEntry
from proctor_site.kernel import clock
from proctor_site.kernel.chains import GENESIS
from proctor_site.kernel.errors import Conflict, InvalidInput, Refusal, TooLarge, TooLate
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

KINDS = ("single_choice", "short_answer", "essay")


@pytest.fixture
def attempt(scoped: Institution, candidate: User) -> Attempt:
    return make_attempt(enrol(make_sitting(make_exam(scoped, kinds=KINDS)), candidate))


def item_of(attempt: Attempt, kind: str) -> int:
    return attempt.paper.get(version__question__kind=kind).pk


def change(sequence: Any, item: Any, value: Any, **more: Any) -> dict[str, Any]:
    when = {"client_at": "2026-11-23T10:00:00.000Z"}
    return {"client_sequence": sequence, "item": item, "value": value, **when, **more}


def save(attempt: Attempt, *changes: Any, device: str = "device-1") -> BatchResult:
    return save_batch(attempt, device=device, changes=changes)


def answers(attempt: Attempt) -> dict[str, Any]:
    rows = Answer.objects.filter(attempt=attempt).order_by("item__position")
    return dict(rows.values_list("item__version__question__kind", "value"))


def snapshot(attempt: Attempt) -> tuple[Any, ...]:
    return (
        Attempt.objects.filter(pk=attempt.pk).values().get(),
        list(JournalEntry.objects.order_by("pk").values()),
        list(Answer.objects.order_by("pk").values()),
    )


def test_changes_become_entries_answers_and_a_receipt(attempt: Attempt) -> None:
    choice, text = item_of(attempt, "single_choice"), item_of(attempt, "short_answer")
    result = save(
        attempt, change(1, choice, "b"), change(2, text, "Wien", flagged=True), change(3, choice, "a")
    )
    assert (result.accepted, result.refused) == ([1, 2, 3], [])
    assert answers(attempt) == {"single_choice": "a", "short_answer": "Wien"}
    assert list(Answer.objects.order_by("item__position").values_list("flagged", flat=True)) == [False, True]
    attempt.refresh_from_db()
    assert attempt.journal_length == 3
    receipt = verify_receipt(result.receipt)
    assert (receipt.attempt, receipt.length, receipt.hash) == (attempt.pk, 3, attempt.journal_hash)
    assert journal_matches(attempt, receipt)
    assert verify_journal(attempt) is None


def test_a_repeat_is_accepted_and_saved_once(attempt: Attempt) -> None:
    choice = item_of(attempt, "single_choice")
    save(attempt, change(1, choice, "a", flagged=True))
    before = snapshot(attempt)
    again = save(attempt, change(1, choice, "a", flagged=True, client_at="2026-11-23T11:00:00Z"))
    assert (again.accepted, again.refused) == ([1], [])
    assert snapshot(attempt) == before


@pytest.mark.parametrize("other", [{"value": "b"}, {"flagged": True}, {"item": "short_answer", "value": "a"}])
def test_a_repeat_with_other_content_is_refused(attempt: Attempt, other: dict[str, Any]) -> None:
    choice = item_of(attempt, "single_choice")
    save(attempt, change(1, choice, "a"))
    before = snapshot(attempt)
    if "item" in other:
        other = {**other, "item": item_of(attempt, other["item"])}
    result = save(attempt, {**change(1, choice, "a"), **other})
    assert [(each.client_sequence, each.code, each.field) for each in result.refused] == [
        (1, "repeated_with_other_value", "client_sequence")
    ]
    assert snapshot(attempt) == before


def test_a_number_twice_in_one_batch(attempt: Attempt) -> None:
    choice = item_of(attempt, "single_choice")
    result = save(attempt, change(1, choice, "a"), change(1, choice, "a"), change(1, choice, "b"))
    assert (result.accepted, [each.code for each in result.refused]) == ([1], ["repeated_with_other_value"])
    assert attempt.journal_length == 1


def test_batches_out_of_order_end_with_the_newest_answer(attempt: Attempt) -> None:
    text = item_of(attempt, "short_answer")
    save(attempt, change(5, text, "newest"))
    save(attempt, change(3, text, "older"), change(4, text, "old", flagged=True))
    assert answers(attempt) == {"short_answer": "newest"}
    assert attempt.journal_length == 3
    save(attempt, change(7, text, None), change(6, text, "between"))
    assert answers(attempt) == {"short_answer": None}
    assert verify_journal(attempt) is None


def test_bad_changes_do_not_lose_the_good_ones(attempt: Attempt, second_candidate: User) -> None:
    choice, text, essay = (item_of(attempt, kind) for kind in KINDS)
    foreign = make_attempt(enrol(attempt.enrolment.sitting, second_candidate))
    result = save(
        attempt,
        change(1, choice, "a"),
        change(2, item_of(foreign, "single_choice"), "a"),
        change(3, 999_999, "a"),
        change(4, choice, "z"),
        change(5, choice, ["a"]),
        change(6, essay, "x" * 100_001),
        change(7, text, "nul\x00"),
        change(8, text, "half \ud800"),
        change(None, text, "x"),
        change(True, text, "x"),
        change(0, text, "x"),
        change(2**40, text, "x"),
        change(9, "first", "x"),
        change(10, text, "x", flagged="yes"),
        change(11, text, "x", client_at="yesterday"),
        change(12, text, "x", client_at="2026-11-23T10:00:00"),
        change(13, text, "x", client_at="0001-01-01T00:00:00+14:00"),
        {"client_sequence": 14, "item": text, "client_at": "2026-11-23T10:00:00Z"},
        "not an object",
        change(20, essay, "good"),
    )
    assert result.accepted == [1, 20]
    assert [(each.client_sequence, each.code, each.field) for each in result.refused] == [
        (None, "invalid", "client_sequence"),
        (None, "invalid", "client_sequence"),
        (None, "invalid", "client_sequence"),
        (None, "invalid", "client_sequence"),
        (9, "invalid", "item"),
        (10, "invalid", "flagged"),
        (11, "invalid", "client_at"),
        (12, "invalid", "client_at"),
        (13, "invalid", "client_at"),
        (14, "invalid", "value"),
        (None, "invalid", "changes"),
        (2, "not_on_paper", "item"),
        (3, "not_on_paper", "item"),
        (4, "invalid", "value"),
        (5, "invalid", "value"),
        (6, "too_long", "value"),
        (7, "invalid", "value"),
        (8, "invalid", "value"),
    ]
    assert all(each.detail for each in result.refused)
    assert str(item_of(foreign, "single_choice")) in result.refused[11].detail
    assert answers(attempt) == {"single_choice": "a", "essay": "good"}
    assert answers(foreign) == {}


@pytest.mark.parametrize(
    ("client_at", "stored"),
    [
        ("1971-01-01T00:00:00Z", "1971-01-01T00:00:00+00:00"),
        ("2199-06-01T00:00:00+02:00", "2199-05-31T22:00:00+00:00"),
    ],
)
def test_a_wrong_clock_of_the_device_decides_nothing(attempt: Attempt, client_at: str, stored: str) -> None:
    result = save(attempt, change(1, item_of(attempt, "essay"), "text", client_at=client_at))
    assert result.accepted == [1]
    assert JournalEntry.objects.get().client_at.isoformat() == stored


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (states.READY, "not_started"),
        (states.PAUSED, "paused"),
        (states.SUBMITTED, "ended"),
        (states.TERMINATED, "ended"),
        (states.MISSED, "ended"),
    ],
)
def test_outside_the_working_time_the_whole_batch_is_refused(
    scoped: Institution, candidate: User, state: str, code: str
) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(scoped)), candidate), state=state)
    before = snapshot(attempt)
    with pytest.raises(Conflict) as refusal:
        save(attempt, change(1, 1, "a"))
    assert refusal.value.code == code
    assert snapshot(attempt) == before


def test_the_deadline_itself_still_counts(attempt: Attempt) -> None:
    choice = item_of(attempt, "single_choice")
    assert attempt.deadline_at is not None
    with clock.at(attempt.deadline_at):
        assert save(attempt, change(1, choice, "a")).accepted == [1]
    before = snapshot(attempt)
    with clock.at(attempt.deadline_at + timedelta(microseconds=1)), pytest.raises(TooLate) as refusal:
        save(attempt, change(2, choice, "b"))
    assert refusal.value.code == "too_late"
    assert snapshot(attempt) == before


def test_too_many_changes_are_refused_whole(attempt: Attempt) -> None:
    text = item_of(attempt, "short_answer")
    with pytest.raises(TooLarge) as refusal:
        save(attempt, *(change(number, text, "x") for number in range(1, 202)))
    assert refusal.value.field == "changes"
    assert attempt.journal_length == 0
    assert save(attempt, *(change(number, text, "x") for number in range(1, 201))).accepted[-1] == 200


def test_another_device_is_refused_until_it_takes_over(attempt: Attempt) -> None:
    choice = item_of(attempt, "single_choice")
    save(attempt, change(1, choice, "a"))
    before = snapshot(attempt)
    with pytest.raises(Conflict) as refusal:
        save(attempt, change(1, choice, "b"), device="phone")
    assert refusal.value.code == "other_device"
    assert snapshot(attempt) == before
    attempts.take_over(attempt, actor=None, device="phone")
    assert save(attempt, change(1, choice, "b"), device="phone").accepted == [1]
    assert answers(attempt) == {"single_choice": "b"}


@pytest.mark.parametrize("leftovers_first", [True, False])
def test_leftovers_of_the_former_device_are_kept_and_do_not_win(
    attempt: Attempt, leftovers_first: bool
) -> None:
    choice, text = item_of(attempt, "single_choice"), item_of(attempt, "short_answer")
    save(attempt, change(1, choice, "a"))
    attempts.take_over(attempt, actor=None, device="phone")
    batches: list[tuple[str, list[Any]]] = [
        ("device-1", [change(2, choice, "c"), change(3, text, "typed, not sent")]),
        ("phone", [change(1, choice, "b")]),
    ]
    for device, batch in batches if leftovers_first else reversed(batches):
        assert save(attempt, *batch, device=device).refused == []
    assert answers(attempt) == {"single_choice": "b", "short_answer": "typed, not sent"}
    assert attempt.journal_length == 4
    assert verify_journal(attempt) is None


def test_a_device_that_comes_back_beats_the_one_between(attempt: Attempt) -> None:
    choice = item_of(attempt, "single_choice")
    save(attempt, change(9, choice, "a"))
    attempts.take_over(attempt, actor=None, device="phone")
    save(attempt, change(1, choice, "b"), device="phone")
    attempts.take_over(attempt, actor=None, device="device-1")
    save(attempt, change(2, choice, "b"), device="phone")
    save(attempt, change(10, choice, "c"))
    assert answers(attempt) == {"single_choice": "c"}


def test_every_altered_byte_is_found(attempt: Attempt) -> None:
    text = item_of(attempt, "short_answer")
    save(attempt, *(change(number, text, f"text {number}") for number in range(1, 6)))
    for altered in (
        {"value": "other"},
        {"device": "phone"},
        {"client_sequence": 99},
        {"flagged": True},
        {"item_id": item_of(attempt, "essay")},
        {"received_at": clock.now()},
        {"hash": "0" * 64},
    ):
        entry = JournalEntry.objects.get(sequence=3)
        JournalEntry.objects.filter(pk=entry.pk).update(**altered)
        fault = verify_journal(attempt)
        assert fault is not None and fault.sequence == 3, altered
        entry.save()
        assert verify_journal(attempt) is None


def test_missing_entries_and_changed_answers_are_found(attempt: Attempt) -> None:
    text = item_of(attempt, "short_answer")
    receipt = verify_receipt(save(attempt, *(change(n, text, str(n)) for n in range(1, 4))).receipt)
    Answer.objects.update(value="forged")
    fault = verify_journal(attempt)
    assert fault is not None and (fault.sequence, "differs" in fault.detail) == (3, True)
    Answer.objects.update(value="3")
    assert verify_journal(attempt) is None
    JournalEntry.objects.filter(sequence=3).delete()
    fault = verify_journal(attempt)
    assert fault is not None and fault.sequence == 3
    assert not journal_matches(attempt, receipt)
    JournalEntry.objects.filter(sequence=1).delete()
    fault = verify_journal(attempt)
    assert fault is not None and fault.sequence == 2


def test_receipts_cannot_be_forged(attempt: Attempt, second_candidate: User) -> None:
    receipt = sign_receipt(attempt)
    assert verify_receipt(receipt).hash == GENESIS
    assert journal_matches(attempt, verify_receipt(receipt))
    other = make_attempt(enrol(attempt.enrolment.sitting, second_candidate))
    assert not journal_matches(other, verify_receipt(receipt))
    for forged in ("", "x", receipt[:-1], receipt[1:], receipt + "x", "e30:1:x"):
        with pytest.raises(InvalidInput) as refusal:
            verify_receipt(forged)
        assert refusal.value.field == "receipt"


def test_an_empty_batch_answers_with_the_state_of_things(attempt: Attempt) -> None:
    result = save(attempt)
    assert (result.accepted, result.refused, attempt.journal_length) == ([], [], 0)


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_costs_the_same_queries_for_any_number_of_changes(
    attempt: Attempt, count: int, django_assert_num_queries: Any
) -> None:
    items = [item_of(attempt, "short_answer"), item_of(attempt, "essay"), item_of(attempt, "essay")]
    batch = [change(number + 1, items[number], "text") for number in range(count)]
    # Savepoint in and out, the attempt under its lock, items, saved changes, entries, head, answers.
    with django_assert_num_queries(8):
        save(attempt, *batch)


def test_refusals_are_refusals(attempt: Attempt) -> None:
    with pytest.raises(Refusal) as refusal:
        save_batch(attempt, device="no spaces", changes=[])
    assert refusal.value.field == "device"


def test_an_answer_that_comes_while_a_journal_is_verified_is_no_fault(attempt: Attempt) -> None:
    read_before = Attempt.objects.get(pk=attempt.pk)
    save(attempt, change(1, item_of(attempt, "short_answer"), "Wien"))
    assert verify_journal(read_before) is None
