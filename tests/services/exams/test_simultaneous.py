"""Threads on a real database: what happens at the same moment happens once, and in some order."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams import states
from exams.delivery import attempts, expiry
from exams.delivery.journal import save_batch
from exams.delivery.verification import verify_journal
from exams.models import Attempt, Enrolment, JournalEntry
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(institution: Institution, *jobs: Callable[[], Any]) -> list[Any]:
    """Runs the jobs in threads that start together; the result or the Conflict of each, in order."""
    gate = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(number: int, job: Callable[[], Any]) -> None:
        try:
            with within(institution):
                gate.wait(10)
                results[number] = job()
        except Conflict as refusal:
            results[number] = refusal.code
        except BaseException as error:  # noqa: BLE001  (shown by the assertions, in the test's thread)
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return results


def changes(item: int, sequences: Sequence[int]) -> list[dict[str, Any]]:
    return [
        {"client_sequence": n, "item": item, "value": f"text {n}", "client_at": "2026-11-23T10:00:00Z"}
        for n in sequences
    ]


@pytest.fixture
def attempt(transactional_db: None, institution: Institution, candidate: User) -> Attempt:
    return make_attempt(enrol(make_sitting(make_exam(institution, kinds=("essay",))), candidate))


def fresh(attempt: Attempt) -> Attempt:
    return Attempt._base_manager.get(pk=attempt.pk)


def essay(attempt: Attempt) -> int:
    with within(attempt.institution):
        return attempt.paper.get().pk


def test_overlapping_batches_are_saved_once_each(institution: Institution, attempt: Attempt) -> None:
    item = essay(attempt)
    overlapping = [range(1, 11), range(6, 16), range(1, 21), range(11, 21)]

    def saver(sequences: range) -> Callable[[], Any]:
        seen_before = fresh(attempt)
        return lambda: save_batch(seen_before, device="device-1", changes=changes(item, sequences))

    results = at_once(institution, *(saver(sequences) for sequences in overlapping))
    assert [result.accepted for result in results] == [list(sequences) for sequences in overlapping]
    with within(institution):
        after = fresh(attempt)
        assert sorted(after.journal.values_list("client_sequence", flat=True)) == list(range(1, 21))
        assert verify_journal(after) is None
        assert after.answers.get().value == "text 20"


def test_two_devices_at_once_lose_nothing(institution: Institution, attempt: Attempt) -> None:
    item = essay(attempt)

    def typing(device: str) -> Callable[[], Any]:
        def job() -> list[int]:
            taken: list[int] = []
            for n in range(1, 11):
                try:
                    taken += save_batch(fresh(attempt), device=device, changes=changes(item, [n])).accepted
                except Conflict:
                    attempts.take_over(fresh(attempt), actor=None, device=device)
            return taken

        return job

    laptop, phone = at_once(institution, typing("device-1"), typing("phone"))
    with within(institution):
        after = fresh(attempt)
        kept = {(entry.device, entry.client_sequence) for entry in JournalEntry.objects.all()}
        assert kept == {("device-1", n) for n in laptop} | {("phone", n) for n in phone}
        assert verify_journal(after) is None
        assert after.devices == ["device-1", "phone"]
        assert after.answers.get().value == f"text {phone[-1]}"


def test_what_is_acknowledged_before_the_submit_stays(institution: Institution, attempt: Attempt) -> None:
    item = essay(attempt)

    def typing() -> list[int]:
        taken: list[int] = []
        for n in range(1, 30):
            try:
                taken += save_batch(fresh(attempt), device="device-1", changes=changes(item, [n])).accepted
            except Conflict as refusal:
                assert refusal.code == "ended"
        return taken

    taken, _ = at_once(
        institution, typing, lambda: attempts.submit(fresh(attempt), actor=None, ended_by="candidate")
    )
    with within(institution):
        after = fresh(attempt)
        assert after.state == states.SUBMITTED
        assert sorted(after.journal.values_list("client_sequence", flat=True)) == taken
        assert verify_journal(after) is None


def test_two_sweeps_and_a_submit_end_an_attempt_once(institution: Institution, attempt: Attempt) -> None:
    Attempt._base_manager.update(deadline_at=clock.now() - timedelta(seconds=1))
    results = at_once(
        institution,
        expiry.sweep,
        expiry.sweep,
        lambda: attempts.submit(fresh(attempt), actor=None, ended_by="candidate"),
    )
    assert not any(isinstance(result, BaseException) for result in results)
    assert sum(result.failed for result in results[:2]) == 0
    with within(institution):
        after = fresh(attempt)
        assert (after.state, after.ended_by, after.marks.count()) == ("submitted", "clock", 1)
        assert AuditEntry.objects.filter(verb="attempt.submit").count() == 1


def test_opening_and_starting_at_once_make_one_attempt(
    transactional_db: None, institution: Institution, candidate: User
) -> None:
    enrolment = enrol(make_sitting(make_exam(institution)), candidate)

    def fresh_enrolment() -> Any:
        return type(enrolment)._base_manager.get(pk=enrolment.pk)

    opened = at_once(
        institution, *(lambda: attempts.open_attempt(fresh_enrolment(), actor=None).pk for _ in range(4))
    )
    assert len(set(opened)) == 1
    with within(institution):
        attempt = Attempt.objects.get()
        assert attempt.paper.count() == 2
        attempts.check_in(attempt, actor=None)
        attempts.admit(attempt, actor=None)
    started = at_once(
        institution,
        lambda: attempts.start(fresh(attempt), actor=None, device="laptop").device,
        lambda: attempts.start(fresh(attempt), actor=None, device="phone").device,
    )
    assert sorted(started, key=lambda each: each == "other_device")[1] == "other_device"
    assert fresh(attempt).device in started


def test_a_hall_that_starts_at_once_gets_one_attempt_and_one_paper_each(
    transactional_db: None, institution: Institution
) -> None:
    """Everybody opens and starts in two tabs at once; on PostgreSQL 100 candidates, so 200 starts."""
    hall = 100 if connection.vendor == "postgresql" else 5  # SQLite lets writers in one by one anyway
    sitting = make_sitting(make_exam(institution, kinds=("single_choice", "essay"), shuffle_options=True))
    enrolments = [enrol(sitting, make_member(institution, Role.CANDIDATE)).pk for _ in range(hall)]

    def tab(device: str, verb: Callable[[int, str], str], first: int) -> Callable[[], Any]:
        return lambda: [verb(pk, device) for pk in enrolments[first::10]]

    def everybody(verb: Callable[[int, str], str]) -> list[str]:
        """Ten threads for each tab: at every moment two threads are at the same candidate."""
        jobs = [tab(device, verb, first) for device in ("laptop", "phone") for first in range(10)]
        results = at_once(institution, *jobs)
        assert [result for result in results if not isinstance(result, list)] == []
        return [outcome for result in results for outcome in result]

    def opening(enrolment: int, device: str) -> str:
        return str(attempts.open_attempt(Enrolment._base_manager.get(pk=enrolment), actor=None).pk)

    def starting(enrolment: int, device: str) -> str:
        try:
            attempt = Attempt._base_manager.get(enrolment=enrolment)
            return attempts.start(attempt, actor=None, device=device).state
        except Conflict as refusal:
            return refusal.code

    assert len(set(everybody(opening))) == hall
    Attempt._base_manager.update(state=states.READY)
    outcomes = everybody(starting)
    assert (outcomes.count("in_progress"), outcomes.count("other_device")) == (hall, hall)
    with within(institution):
        rows = list(Attempt.objects.prefetch_related("paper"))
        assert sorted(row.enrolment_id for row in rows) == sorted(enrolments)
        assert {row.state for row in rows} == {states.IN_PROGRESS}
        assert {len(row.paper.all()) for row in rows} == {2}
        assert all(row.devices == [row.device] for row in rows)
        assert AuditEntry.objects.filter(verb="attempt.start").count() == hall


def test_the_queue_holds_when_everybody_starts_at_once(
    transactional_db: None, institution: Institution
) -> None:
    opens_at = clock.now() - timedelta(seconds=1)
    sitting = make_sitting(make_exam(institution), opens_at=opens_at, starts_per_minute=3)
    people = [make_member(institution, Role.CANDIDATE) for _ in range(12)]
    waiting = [make_attempt(enrol(sitting, person), state=states.READY) for person in people]

    def starter(attempt: Attempt) -> Callable[[], Any]:
        return lambda: attempts.start(fresh(attempt), actor=None, device="tab").state

    results = at_once(institution, *(starter(attempt) for attempt in waiting))
    assert results == [states.IN_PROGRESS] * 3 + ["not_your_turn"] * 9


def test_a_pause_and_a_resume_race_ends_in_one_of_both(institution: Institution, attempt: Attempt) -> None:
    results = at_once(
        institution,
        lambda: attempts.pause(fresh(attempt), actor=None, reason="x").state,
        lambda: attempts.pause(fresh(attempt), actor=None, reason="y").state,
    )
    assert sorted(results) == ["illegal_move", "paused"]
