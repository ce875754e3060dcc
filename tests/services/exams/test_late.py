"""Answers that arrive after the end: counted when given in time, kept otherwise, never twice, never lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Institution, User
from exams import states
from exams.delivery import attempts
from exams.delivery.expiry import sweep
from exams.delivery.journal import save_batch
from exams.delivery.late import LateResult, accept_kept, send_late
from exams.delivery.receipts import journal_matches, verify_receipt
from exams.delivery.verification import verify_journal
from exams.models import Answer, Attempt, JournalEntry, KeptChange
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

S = timedelta(seconds=1)


@pytest.fixture
def attempt(scoped: Institution, candidate: User) -> Attempt:
    return make_attempt(enrol(make_sitting(make_exam(scoped, kinds=("single_choice", "essay"))), candidate))


def end(attempt: Attempt) -> datetime:
    assert attempt.deadline_at is not None
    return attempt.deadline_at


def change(
    attempt: Attempt, number: int, at: datetime, value: str = "a", position: int = 1
) -> dict[str, Any]:
    item = attempt.paper.get(position=position).pk
    return {"client_sequence": number, "item": item, "value": value, "client_at": at.isoformat()}


def late(attempt: Attempt, *changes: Any, at: timedelta = 60 * S, device: str = "device-1") -> LateResult:
    with clock.at(end(attempt) + at):
        sweep()
        return send_late(Attempt.objects.get(pk=attempt.pk), device=device, changes=changes)


def points(attempt: Attempt) -> Any:
    return attempt.marks.get(item__position=1).points


def test_given_in_time_counts_is_marked_late_and_is_marked_by_rule(attempt: Attempt) -> None:
    sent = change(attempt, 1, end(attempt) - 30 * S)
    result = late(attempt, sent)
    assert (result.counted, result.kept, result.refused) == ([1], {}, [])
    entry = JournalEntry.objects.get()
    assert (entry.is_late, entry.value) == (True, "a")
    assert Answer.objects.get().value == "a"
    assert points(attempt) == 1
    again = late(attempt, sent, at=70 * S)
    assert again.counted == [1]
    assert JournalEntry.objects.count() == 1
    fresh = Attempt.objects.get(pk=attempt.pk)
    assert verify_journal(fresh) is None
    assert journal_matches(fresh, verify_receipt(result.receipt))


def test_what_does_not_count_is_kept_and_can_be_accepted(attempt: Attempt, officer: User) -> None:
    sent = change(attempt, 1, end(attempt) + 30 * S)
    result = late(attempt, sent)
    assert (result.counted, result.kept) == ([], {1: "given_after_end"})
    assert not Answer.objects.exists()
    assert points(attempt) == 0
    assert late(attempt, sent, at=65 * S).kept == {1: "given_after_end"}
    row = KeptChange.objects.get()
    fresh = Attempt.objects.get(pk=attempt.pk)
    with pytest.raises(InvalidInput) as refusal:
        accept_kept(fresh, [row.pk], actor=officer, reason=" ")
    assert refusal.value.field == "reason"
    assert accept_kept(fresh, [row.pk], actor=officer, reason="Power cut in the hall") == 1
    assert Answer.objects.get().value == "a"
    assert points(attempt) == 1
    assert verify_journal(Attempt.objects.get(pk=attempt.pk)) is None
    assert AuditEntry.objects.filter(verb="attempt.kept_answers_accepted", actor=officer).count() == 1
    with pytest.raises(InvalidInput):
        accept_kept(fresh, [row.pk], actor=officer, reason="Again")


def test_a_clock_that_is_hours_ahead_is_corrected_by_what_came_in_time(attempt: Attempt) -> None:
    with clock.at(end(attempt) - 600 * S):
        early = change(attempt, 1, clock.now() + timedelta(hours=5))
        save_batch(attempt, device="device-1", changes=[early])
    given = end(attempt) - 30 * S + timedelta(hours=5)
    after = end(attempt) + 30 * S + timedelta(hours=5)
    result = late(attempt, change(attempt, 2, given, "b"), change(attempt, 3, after, "c"))
    assert (result.counted, result.kept) == ([2], {3: "given_after_end"})


def test_who_was_back_before_had_nothing_waiting(attempt: Attempt) -> None:
    late(attempt, change(attempt, 1, end(attempt) - 30 * S))
    result = late(attempt, change(attempt, 2, end(attempt) - 20 * S, "b"), at=300 * S)
    assert result.kept == {2: "came_back_before"}


def test_before_the_end_and_by_others_it_is_refused(attempt: Attempt) -> None:
    with pytest.raises(Conflict) as refusal:
        send_late(attempt, device="device-1", changes=[])
    assert refusal.value.code == "not_over"
    with pytest.raises(Conflict) as refusal:
        late(attempt, device="stranger")
    assert refusal.value.code == "other_device"
    with pytest.raises(Conflict) as refusal:
        late(attempt, at=timedelta(days=31))
    assert refusal.value.code == "ended"


def test_after_handing_in_the_end_is_the_handing_in(attempt: Attempt) -> None:
    moment = clock.now() + 100 * S
    with clock.at(moment):
        attempts.submit(attempt, actor=None, ended_by="candidate")
    with clock.at(moment + 60 * S):
        sent = [change(attempt, 1, moment - 5 * S), change(attempt, 2, moment + 5 * S, "b")]
        result = send_late(attempt, device="device-1", changes=sent)
    assert (result.counted, result.kept) == ([1], {2: "given_after_end"})


def test_terminated_is_kept_only(attempt: Attempt, proctor: User) -> None:
    attempts.terminate(attempt, actor=proctor, reason="Left the room")
    result = send_late(attempt, device="device-1", changes=[change(attempt, 1, clock.now() - 60 * S)])
    assert result.kept == {1: "terminated"}
    assert attempt.state == states.TERMINATED


def test_once_reinstated_what_was_given_before_the_termination_counts(
    attempt: Attempt, proctor: User
) -> None:
    stopped = clock.now() + 100 * S
    with clock.at(stopped):
        attempts.terminate(attempt, actor=proctor, reason="Left the room")
    sent = [change(attempt, 1, stopped - 5 * S), change(attempt, 2, stopped + 30 * S, "b")]
    with clock.at(stopped + 60 * S):
        assert set(send_late(attempt, device="device-1", changes=sent).kept) == {1, 2}
    with clock.at(stopped + 700 * S):  # after the minutes of late upload
        send_late(attempt, device="device-1", changes=[change(attempt, 3, stopped - 2 * S, "c")])
    assert not Answer.objects.exists()
    with clock.at(stopped + 800 * S):
        attempts.reinstate(attempt, actor=proctor)
    assert Answer.objects.get().value == "a"
    assert [entry.is_late for entry in JournalEntry.objects.all()] == [True]
    assert set(KeptChange.objects.filter(accepted_at=None).values_list("client_sequence", flat=True)) == {
        2,
        3,
    }
    with clock.at(stopped + 900 * S):
        attempts.resume(attempt, actor=proctor)
        again = save_batch(attempt, device="device-1", changes=[change(attempt, 4, clock.now(), "b")])
    assert again.accepted == [4] and Answer.objects.get().value == "b"
    assert verify_journal(Attempt.objects.get(pk=attempt.pk)) is None
    # At the real end the device is no old acquaintance: what it sent after the termination is another matter.
    result = late(
        Attempt.objects.get(pk=attempt.pk),
        change(attempt, 5, end(Attempt.objects.get(pk=attempt.pk)) - S, "c"),
        at=200 * S,
    )
    assert result.counted == [5]


def test_a_kept_answer_that_was_altered_is_found(attempt: Attempt) -> None:
    late(attempt, change(attempt, 1, end(attempt) + 30 * S))
    KeptChange.objects.update(value="b")
    fault = verify_journal(Attempt.objects.get(pk=attempt.pk))
    assert fault is not None and "kept" in fault.detail


def test_bad_changes_are_named(attempt: Attempt) -> None:
    result = late(attempt, {"client_sequence": 1}, "x", change(attempt, 2, end(attempt), "no-such-option"))
    assert [each.client_sequence for each in result.refused] == [1, None, 2]
    assert result.kept == {}
