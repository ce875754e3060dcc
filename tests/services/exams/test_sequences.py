"""Random sequences of save, pause, resume, take-over, submit and waiting against a model of the promise."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.delivery import attempts
from exams.delivery.expiry import sweep
from exams.delivery.journal import save_batch
from exams.delivery.queries import seconds_left
from exams.delivery.receipts import Receipt, journal_matches, verify_receipt
from exams.delivery.verification import verify_journal
from exams.models import Attempt, Exam
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Refusal
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

DEVICES = ("device-1", "phone")
saves = st.tuples(
    st.just("save"), st.sampled_from(DEVICES), st.lists(st.integers(1, 12), min_size=1, max_size=4)
)
steps = st.one_of(
    saves,
    saves,
    st.tuples(st.just("wait"), st.integers(0, 1500)),
    st.just(("pause",)),
    st.just(("resume",)),
    st.tuples(st.sampled_from(["submit", "terminate", "reinstate", "sweep"])),
    st.tuples(st.just("take_over"), st.sampled_from(DEVICES)),
)


class Undone(Exception):
    """Ends one example and takes its rows back."""


class Run:
    """One attempt of an hour, driven step by step; the model is what has been acknowledged, and the clock."""

    def __init__(self, attempt: Attempt, now: datetime) -> None:
        self.attempt, self.now = attempt, now
        self.item = attempt.paper.get().pk
        self.acknowledged: dict[tuple[str, int], str] = {}
        self.receipts: list[Receipt] = []
        self.worked = 0.0

    def step(self, name: str, *details: Any) -> None:
        before = self.attempt.state
        if name == "wait":
            if before == states.IN_PROGRESS:
                self.worked += details[0]
            self.now += timedelta(seconds=details[0])
            return
        with clock.at(self.now):
            try:
                getattr(self, name)(*details)
            except Refusal as refusal:
                assert refusal.code
            self.attempt = Attempt.objects.get(pk=self.attempt.pk)

    def save(self, device: str, sequences: list[int]) -> None:
        sent = [
            {
                "client_sequence": n,
                "item": self.item,
                "value": f"{device} {n}",
                "client_at": "2026-11-23T10:00:00Z",
            }
            for n in sequences
        ]
        in_time = self.attempt.state == states.IN_PROGRESS and self.worked <= 3600
        may_save = in_time and device in self.attempt.devices
        try:
            result = save_batch(self.attempt, device=device, changes=sent)
        except Refusal:
            assert not may_save
            raise
        assert may_save and result.refused == []
        self.acknowledged |= {(device, n): f"{device} {n}" for n in result.accepted}
        self.receipts.append(verify_receipt(result.receipt))

    def pause(self) -> None:
        attempts.pause(self.attempt, actor=None, reason="r")

    def resume(self) -> None:
        attempts.resume(self.attempt, actor=None)

    def submit(self) -> None:
        attempts.submit(self.attempt, actor=None, ended_by="candidate")

    def terminate(self) -> None:
        attempts.terminate(self.attempt, actor=None, reason="r")

    def reinstate(self) -> None:
        attempts.reinstate(self.attempt, actor=None)

    def take_over(self, device: str) -> None:
        attempts.take_over(self.attempt, actor=None, device=device)

    def sweep(self) -> None:
        assert sweep().failed == 0

    def check(self) -> None:
        """Nothing acknowledged is lost, the chain holds, the clock is the one that was promised."""
        saved = {(entry.device, entry.client_sequence): entry.value for entry in self.attempt.journal.all()}
        assert saved == self.acknowledged
        assert verify_journal(self.attempt) is None
        assert all(journal_matches(self.attempt, receipt) for receipt in self.receipts)
        if self.attempt.state in states.RUNNING:
            left = seconds_left(self.attempt, self.now)
            assert left == pytest.approx(max(0.0, 3600 - self.worked), abs=0.01)


@pytest.fixture
def exam(transactional_db: None, institution: Institution) -> Exam:
    return make_exam(institution, kinds=("essay",))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example(script=[("pause",), ("wait", 500), ("resume",), ("save", "device-1", [1])])
@example(script=[("terminate",), ("wait", 4000), ("reinstate",), ("wait", 9), ("resume",)])
@given(script=st.lists(steps, min_size=8, max_size=16))
def test_any_sequence_keeps_what_was_acknowledged(
    institution: Institution, candidate: User, exam: Exam, script: list[tuple[Any, ...]]
) -> None:
    now = clock.now()
    try:
        with transaction.atomic(), within(institution), clock.at(now):
            run = Run(make_attempt(enrol(make_sitting(exam), candidate)), now)
            for step in script:
                run.step(*step)
                run.check()
            raise Undone
    except Undone:
        pass
