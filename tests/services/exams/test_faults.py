"""A thousand random faults: no acknowledged answer is lost, the deadline holds to 2 s, receipts verify.

The server is killed between any two of its queries or after its commit, connections are cut on the way
there or back, pages reloaded, storages full, clocks wrong by hours, things sent twice, from two tabs and two
devices. The browser's side is its twin (tests/browser_twin.py); a shorter run drives the real one.
"""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from math import ceil
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Institution
from accounts.roles import Role
from accounts.tenancy import within
from exams import states
from exams.delivery import allowances, attempts, heartbeat, journal, late
from exams.delivery.expiry import sweep
from exams.delivery.receipts import journal_matches
from exams.delivery.verification import verify_journal
from exams.models import Attempt, Exam, KeptChange, ServerPulse
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Refusal
from tests.browser_twin import Browser, Lost, Page, Told
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

FAULTS = 1_000
SEED = 20261121
TOLERANCE = timedelta(seconds=2)
LATE = timedelta(minutes=10)


class Killed(BaseException):
    """The server dies here; nothing may catch it."""


@contextmanager
def killed_after(queries: int) -> Iterator[None]:
    """Dies before the query of that number, counted from 1."""
    number = itertools.count(1)

    def run(execute: Any, *statement: Any) -> Any:
        if next(number) >= queries:
            raise Killed
        return execute(*statement)

    with connection.execute_wrapper(run):
        yield


class Run:
    """One attempt with everything that can go wrong, and a model of what was promised."""

    def __init__(self, attempt: Attempt, source: random.Random, counts: Counter[str]) -> None:
        self.attempt, self.source, self.counts = attempt, source, counts
        self.now = clock.now()
        self.items = list(attempt.paper.values_list("pk", flat=True))
        self.told = Told()
        laptop = Browser()
        self.pages = [Page(laptop, self.told, self.now, device="device-1")]
        assert attempt.deadline_at is not None
        self.promised = attempt.deadline_at
        self.outages = 0
        self.number = 0
        self.broken = ""
        with clock.at(self.now):
            heartbeat.beat()

    def fault(self, name: str) -> None:
        self.counts[name] += 1

    def server(self, work: Callable[[], Any]) -> Any:
        """One request, through whatever is broken at the moment."""
        broken, self.broken = self.broken, ""
        if broken == "cut_on_the_way_there":
            raise Lost
        result, gone = None, broken == "killed_between_two_queries"
        try:
            with transaction.atomic(), clock.at(self.now):
                with killed_after(self.source.randint(1, 24) if gone else 10_000):
                    result = work()
                gone = False
        except Killed:
            pass
        if broken.startswith("killed"):
            self.restart()
        if gone or broken in ("killed_after_the_commit", "cut_on_the_way_back"):
            raise Lost
        return result

    def fresh(self) -> Attempt:
        return Attempt.objects.select_related("enrolment__sitting").get(pk=self.attempt.pk)

    def restart(self) -> None:
        """The server comes back after a while; the outage is given back as the sitting says."""
        gap = self.source.choice([2, 8, 31, 90.5])
        running = self.fresh().state == states.IN_PROGRESS
        self.now += timedelta(seconds=gap)
        with clock.at(self.now):
            heartbeat.beat()
        if running and gap >= 10:
            given = min(ceil(gap), 1800 - self.outages)
            self.outages += given
            self.promised += timedelta(seconds=given)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        ServerPulse.objects.update(beat_at=self.now)

    def call(self, name: str, device: str, changes: list[dict[str, Any]]) -> Any:
        service: Any = journal.save_batch if name == "answers" else late.send_late
        return self.server(lambda: service(self.fresh(), device=device, changes=changes))

    # what people do

    def write(self) -> None:
        page = self.source.choice(self.pages)
        for _ in range(self.source.randint(1, 3)):
            self.number += 1
            page.write(self.source.choice(self.items), f"text {self.number}", self.now)
        page.flush(self.call)

    def ordinary(self) -> None:
        self.wait(self.source.choice([1, 5, 30, 100]))
        act = self.source.choice(["write"] * 6 + ["pause", "minutes", "take_over", "sweep"])
        with suppress(Lost, Refusal):
            getattr(self, act)()

    def pause(self) -> None:
        began = self.now
        if self.fresh().state != states.IN_PROGRESS:
            return
        with clock.at(self.now):
            attempts.pause(self.fresh(), actor=None, reason="Alarm")
        self.wait(self.source.choice([0.4, 20, 200]))
        self.pages[0].flush(self.call)
        with clock.at(self.now):
            attempts.resume(self.fresh(), actor=None)
        self.promised += timedelta(seconds=ceil((self.now - began).total_seconds()))

    def minutes(self) -> None:
        before = self.fresh().enrolment.allowances.count()
        try:
            self.server(lambda: allowances.give(self.fresh().enrolment, actor=None, extra_minutes=2))
        finally:
            given = self.fresh().enrolment.allowances.count() - before
            self.promised += timedelta(minutes=2 * given)

    def take_over(self) -> None:
        page = self.source.choice(self.pages)
        page.flush(self.call)
        self.server(lambda: attempts.take_over(self.fresh(), actor=None, device=page.device))

    def sweep(self) -> None:
        with clock.at(self.now):
            assert sweep().failed == 0

    # what goes wrong

    def requests(self, name: str) -> None:
        """The next request meets this."""
        self.broken = name
        while self.broken:
            self.ordinary()

    def reloaded(self) -> None:
        at = self.source.randrange(len(self.pages))
        self.pages[at] = self.pages[at].reload(self.now)

    def storage_full(self) -> None:
        page = self.source.choice(self.pages)
        page.browser.is_full = not page.browser.is_full
        self.write()

    def clock_wrong(self) -> None:
        self.source.choice(self.pages).skew = timedelta(hours=self.source.choice([-7, -1, 0, 2, 9]))
        self.write()

    def sent_twice(self) -> None:
        def twice(name: str, device: str, changes: list[dict[str, Any]]) -> Any:
            self.call(name, device, changes)
            return self.call(name, device, changes)

        page = self.source.choice(self.pages)
        self.number += 1
        page.write(self.source.choice(self.items), f"text {self.number}", self.now)
        page.flush(twice)

    def second_tab(self) -> None:
        if len(self.pages) > 4:
            self.pages.pop(1).close()
        self.pages.append(Page(self.pages[0].browser, self.told, self.now))
        self.take_over()

    def second_device(self) -> None:
        if len(self.pages) > 4:
            self.pages.pop(1).close()
        self.pages.append(Page(Browser(), self.told, self.now))
        self.take_over()

    def over(self) -> None:
        """The time is up; clock and candidate hand in, and every page comes back with what it has."""
        self.fault("double_submit")
        self.broken = ""
        end = self.fresh().deadline_at
        assert end is not None
        for page in self.pages:
            page.skew = timedelta(0)
            page.write(self.items[0], "the last words", end - timedelta(seconds=5))
        self.now = max(self.now, end + timedelta(seconds=40))
        ServerPulse.objects.update(beat_at=self.now)
        for _ in range(2):
            with clock.at(self.now):
                sweep()
                attempts.submit(self.fresh(), actor=None, ended_by="candidate")
        for page in self.pages:
            try:
                page.flush(self.call, "late")
            except Refusal:
                continue

    def check(self) -> None:
        """Nothing acknowledged is lost, the chain holds, receipts prove it, the deadline is as promised."""
        attempt = self.fresh()
        saved = {(entry.device, entry.client_sequence): entry.value for entry in attempt.journal.all()}
        lost = {key for key, value in self.told.accepted.items() if saved.get(key) != value}
        assert lost == set()
        kept = set(KeptChange.objects.filter(attempt=attempt).values_list("device", "client_sequence"))
        assert self.told.kept <= kept
        assert verify_journal(attempt) is None
        assert attempt.deadline_at is not None
        assert abs(attempt.deadline_at - self.promised) <= TOLERANCE
        if self.told.receipts:
            assert journal_matches(attempt, self.told.receipts[-1])


BROKEN_REQUESTS = (
    "killed_between_two_queries",
    "killed_after_the_commit",
    "cut_on_the_way_there",
    "cut_on_the_way_back",
)
OTHER_FAULTS = (
    "reloaded",
    "storage_full",
    "clock_wrong",
    "sent_twice",
    "second_tab",
    "second_device",
)


@pytest.fixture
def exam(institution: Institution) -> Exam:
    return make_exam(institution, kinds=("essay", "short_answer"))


def test_a_thousand_faults_lose_nothing(institution: Institution, exam: Exam) -> None:
    source, counts = random.Random(SEED), Counter[str]()
    with within(institution):
        sitting = make_sitting(exam, closes_at=clock.now() + timedelta(days=2))
        while counts.total() < FAULTS:
            run = Run(make_attempt(enrol(sitting, make_member(institution, Role.CANDIDATE))), source, counts)
            for _ in range(45):
                name = source.choice(BROKEN_REQUESTS + OTHER_FAULTS)
                run.fault(name)
                with suppress(Lost, Refusal):
                    run.requests(name) if name in BROKEN_REQUESTS else getattr(run, name)()
                if run.number % 8 == 0:
                    run.check()
            run.check()
            run.over()
            run.check()
            for receipt in run.told.receipts:
                assert journal_matches(run.fresh(), receipt)
    assert set(counts) == {*BROKEN_REQUESTS, *OTHER_FAULTS, "double_submit"}
    assert counts.total() >= FAULTS
