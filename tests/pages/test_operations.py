"""The operator's page: who sees it, which processes are at work, and what gives way."""

import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.jobs.queries import JobFigures
from accounts.models import User
from proctor_site import concerns, last_errors, processes
from proctor_site.kernel import clock, request_ids
from proctor_site.processes import Process, ladder
from proctoring.analysis import pool, sound_pool
from proctoring.evidence import spool_state
from proctoring.evidence.spool_state import SpoolState
from tests.conftest import BACKEND

ADDRESS = "/admin/operations/"
ME = Process("one", 1, "capture", "2026-11-22T05:00:00+00:00", "2026-11-22T05:00:00+00:00", 2, 0.5, 20.0)


@pytest.fixture(autouse=True)
def _own_list() -> Iterator[None]:
    cache.delete_many(["processes", "last-errors"])
    last_errors.forget()
    yield
    cache.delete_many(["processes", "last-errors"])
    last_errors.forget()


@pytest.mark.django_db
def test_operators_see_what_runs_and_others_do_not(candidate: User, monkeypatch: pytest.MonkeyPatch) -> None:
    # Other tests of this process may have left files in its spool, or pictures out.
    monkeypatch.setattr(spool_state, "state", lambda: SpoolState(waiting=0, oldest_s=0, not_kept=0))
    monkeypatch.setattr(pool, "load", lambda: None)
    monkeypatch.setattr(sound_pool, "gives_way", lambda: False)
    monkeypatch.setattr(processes, "_shed", deque())
    client = Client()
    client.force_login(candidate, backend=BACKEND)
    assert client.get(ADDRESS).status_code == 403
    assert Client().get(ADDRESS).status_code == 302
    User.objects.filter(pk=candidate.pk).update(is_superuser=True)
    empty = client.get(ADDRESS)
    assert empty.status_code == 200 and "No process has told" in empty.content.decode()
    processes.tell()
    page = client.get(ADDRESS).content.decode()
    assert "All is well." in page and "None in the last 24 hours." in page
    assert "0 attempts under way" in page
    assert "Nothing gives way" in page and "nothing waits for its store" in page
    assert f'data-label="Process">{processes.alive()[0].pid}</td>' in page


def test_a_process_that_says_nothing_any_more_is_forgotten() -> None:
    processes.tell()
    (me,) = processes.alive()
    cache.delete(f"processes:{me.host}:{me.pid}")
    assert processes.alive() == []
    assert cache.get("processes") == []
    processes.tell()
    assert [each.pid for each in processes.alive()] == [me.pid]


@pytest.mark.parametrize(
    ("running", "gives_way"),
    [
        ([], []),
        ([ME], []),
        ([replace(ME, puts_off_sound=True)], ["Sound"]),
        ([ME, replace(ME, pid=2, frames_left_out=3)], ["Frames"]),
        ([replace(ME, puts_off_sound=True, frames_left_out=3)], ["Sound", "Frames"]),
    ],
)
def test_sound_gives_way_first_and_answers_never(running: list[Process], gives_way: list[str]) -> None:
    steps = ladder(running)
    assert [step.name for step in steps] == ["Sound", "Frames", "Alerts", "Timer", "Answers"]
    assert [step.name for step in steps if step.gives_way] == gives_way


@pytest.mark.parametrize(("every", "words"), [(14.6, "about every 15 s"), (1.2, "nearly every second")])
def test_operators_are_told_how_often_people_are_looked_at_then(every: float, words: str) -> None:
    ladder_now = ladder([replace(ME, frames_left_out=3, look_every_s=every), replace(ME, pid=2)])
    assert f"Calm candidates are looked at {words}" in ladder_now[1].words
    assert "looked at about" not in ladder([replace(ME, look_every_s=every)])[1].words


def _fail(where: str) -> None:
    raise RuntimeError(f"{where} of ada@example.org")


@pytest.mark.django_db
def test_faults_stand_on_the_page_by_place_and_say_nothing_of_anybody(candidate: User) -> None:
    User.objects.filter(pk=candidate.pk).update(is_superuser=True)
    client = Client()
    client.force_login(candidate, backend=BACKEND)
    log = logging.getLogger("proctoring.somewhere")
    with request_ids.bound("number-of-the-request"):
        for _ in range(3):
            try:
                _fail("secret name")
            except RuntimeError:
                log.exception("the work of %s failed", "ada@example.org")
        log.warning("this is no fault")
    log.error("nothing was raised")
    processes.tell()
    raised, plain = sorted(last_errors.newest(), key=lambda fault: -fault.times)
    assert (raised.kind, raised.times, raised.number) == ("RuntimeError", 3, "number-of-the-request")
    assert raised.place.startswith("tests/pages/test_operations.py:") and raised.place.endswith(" in _fail")
    assert (plain.kind, plain.times) == ("log entry of proctoring.somewhere", 1)
    page = client.get(ADDRESS).content.decode()
    assert "RuntimeError" in page and "number-of-the-request" in page and "2 kinds of faults" in page
    assert "ada@" not in page and "secret name" not in page


def test_a_process_remembers_fifty_places_and_the_newest_of_each() -> None:
    handler = last_errors.LastErrors()
    for line in [*range(60), 30]:
        handler.emit(
            logging.LogRecord("some", logging.ERROR, "/x/site-packages/lib/a.py", line, "m", (), None)
        )
    last_errors.tell()
    found = last_errors.newest()
    assert len(found) == last_errors.MOST
    assert {each.place for each in found if each.times == 2} == {"lib/a.py:30"}
    assert "lib/a.py:9" not in {each.place for each in found}


WELL = SpoolState(waiting=0, oldest_s=0, not_kept=0)
NO_JOBS = JobFigures(due=0, oldest_s=0.0, running=0, failed=0)


def test_what_an_operator_should_look_at_comes_first(settings: Any) -> None:
    def said(running: list[Process], jobs: JobFigures = NO_JOBS, spool: SpoolState = WELL) -> list[str]:
        return concerns.concerns(running, ladder(running), jobs, spool, [], clock.now())

    settings.ROLE = "web"
    everybody = [replace(ME, role=role) for role in concerns.ROLES]
    assert said(everybody) == []
    assert said([replace(ME, role="all")]) == []
    assert [line.split(".")[0] for line in said(everybody[:2])] == [
        "No process of the role worker is at work"
    ]
    late = JobFigures(due=7, oldest_s=600.0, running=0, failed=0)
    lost = SpoolState(waiting=3, oldest_s=90, not_kept=2)
    found = said([replace(each, frames_left_out=4) for each in everybody], late, lost)
    assert [line[:18] for line in found] == [
        "Pictures of 2 inci", "3 files of evidenc", "Frames: 12 picture", "7 jobs wait, the o",
    ]  # fmt: skip
