"""Jobs: carried out once, tried again with growing waits, failing in words, rescued after a stop."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from accounts import states
from accounts.jobs import kinds, running, services, worker
from accounts.jobs.kinds import Progress
from accounts.models import AuditEntry, Institution, Job, User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, IllegalMove


class Script:
    """What the next tries of the test's kind of job do."""

    def __init__(self) -> None:
        self.steps: list[Exception | dict[str, Any]] = []
        self.seen: list[dict[str, Any]] = []

    def __call__(self, job: Job, progress: Progress) -> dict[str, Any]:
        self.seen.append(job.arguments)
        progress.tell(1, 2)
        step = self.steps.pop(0) if self.steps else {"rows": 2}
        if isinstance(step, Exception):
            raise step
        return step


@pytest.fixture
def script() -> Iterator[Script]:
    made = Script()
    kinds.job_kind("test", tries=3)(made)
    yield made
    del kinds.KINDS["test"]


@pytest.fixture
def queued(settings: Any) -> None:
    """The queue of production instead of carrying out at once."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def ask(institution: Institution, **more: Any) -> Job:
    return services.enqueue(institution, "test", title="A test", actor=None, **more)


def make_due() -> None:
    DBTaskResult.objects.update(run_after=clock.now() - timedelta(seconds=1))


def test_a_job_waits_in_the_queue_and_is_carried_out_once(
    scoped: Institution, script: Script, queued: None, officer: User
) -> None:
    job = services.enqueue(scoped, "test", title="A test", actor=officer, arguments={"n": 1})
    assert (job.state, job.created_by, script.seen) == (states.WAITING, officer, [])
    worker.work()
    worker.work()
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.tries, job.result, script.seen) == (states.DONE, 1, {"rows": 2}, [{"n": 1}])
    assert job.finished_at is not None
    verbs = AuditEntry.objects.filter(stream=f"job:{job.pk}").order_by("sequence")
    assert [each.verb for each in verbs] == ["job.start", "job.finish"]


def test_what_is_rolled_back_asks_for_nothing(scoped: Institution, script: Script, queued: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        ask(scoped)
        raise RuntimeError
    worker.work()
    assert not Job.objects.exists() and script.seen == []


def test_failing_is_tried_again_with_growing_waits_and_then_told(
    scoped: Institution, script: Script, queued: None
) -> None:
    script.steps = [SMTPServerDisconnected("gone"), KeyError("x"), KeyError("x")]
    job = ask(scoped)
    waits = []
    for _ in range(2):
        worker.work()
        job.refresh_from_db()
        assert job.state == states.WAITING
        waits.append(round((job.due_at - clock.now()).total_seconds()))
        worker.work()  # not due yet
        make_due()
    assert waits == [10, 40] and len(script.seen) == 2
    worker.work()
    job.refresh_from_db()
    assert (job.state, job.tries) == (states.FAILED, 3)
    assert job.reason == f"A fault of ours (KeyError). The operator finds it in the log as job {job.pk}."


def test_the_mail_server_is_named_and_a_refusal_ends_at_once(scoped: Institution, script: Script) -> None:
    script.steps = [Conflict("The sitting was cancelled.")]
    refused = ask(scoped)
    assert (refused.state, refused.tries, refused.reason) == (states.FAILED, 1, "The sitting was cancelled.")
    script.steps = [OSError("no route")] * 3
    lost = ask(scoped)
    assert (lost.state, lost.tries) == (states.FAILED, 3)
    assert "mail server" in lost.reason


def test_a_failed_job_can_be_tried_again(scoped: Institution, script: Script, officer: User) -> None:
    script.steps = [Conflict("Not now.")]
    job = ask(scoped)
    services.try_again(job, actor=officer)
    assert (job.state, job.reason) == (states.DONE, "")
    with pytest.raises(IllegalMove):
        services.try_again(job, actor=officer)


def test_of_one_key_one_waits(scoped: Institution, script: Script, queued: None) -> None:
    first, second = ask(scoped, key="mail"), ask(scoped, key="mail")
    assert first == second and Job.objects.count() == 1
    worker.work()
    assert ask(scoped, key="mail") != first
    with pytest.raises(ValueError, match="no kind"):
        services.enqueue(scoped, "unknown", title="", actor=None)


def test_a_job_whose_worker_was_stopped_is_taken_up_again(
    scoped: Institution, script: Script, queued: None
) -> None:
    job = ask(scoped)
    Job.objects.update(state=states.RUNNING, tries=1, beat_at=clock.now() - timedelta(minutes=4))
    assert worker.rescue() == 0
    Job.objects.update(beat_at=clock.now() - worker.SILENT_FOR - timedelta(seconds=1))
    assert (worker.rescue(), worker.rescue()) == (1, 0)
    make_due()
    worker.work()
    job.refresh_from_db()
    assert (job.state, job.tries, len(script.seen)) == (states.DONE, 2, 1)


def test_progress_is_written_now_and_then_and_at_the_end(
    scoped: Institution, script: Script, queued: None
) -> None:
    job = ask(scoped)
    now = clock.now()
    job.started_at = now
    progress = running.RowProgress(job)
    for seconds, done, seen in ((0.5, 3, 0), (1.1, 4, 4), (1.5, 5, 4), (1.6, 9, 9)):
        with clock.at(now + timedelta(seconds=seconds)):
            progress.tell(done, 9)
        job.refresh_from_db()
        assert job.done == seen
    assert job.total == 9


def test_old_rows_of_the_queue_are_removed_and_jobs_stay(
    scoped: Institution, script: Script, queued: None
) -> None:
    job = ask(scoped)
    call_command("run_jobs", once=True, stdout=StringIO())
    DBTaskResult.objects.update(finished_at=clock.now() - timedelta(days=8))
    worker.tidy()
    assert not DBTaskResult.objects.exists() and Job.objects.get(pk=job.pk).state == states.DONE


def test_what_waits_for_others_is_carried_out_after_all_else(
    scoped: Institution, script: Script, queued: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask(scoped)
    monkeypatch.setitem(
        kinds.KINDS, "tests.calls_others", kinds.Kind("tests.calls_others", script, 5, gives_way=True)
    )
    calls = services.enqueue(scoped, "tests.calls_others", title="Calls", actor=None, after=clock.now())
    second = ask(scoped)
    make_due()
    ready = [row.args_kwargs["args"][0] for row in DBTaskResult.objects.ready()]
    assert ready == [first.pk, second.pk, calls.pk]
