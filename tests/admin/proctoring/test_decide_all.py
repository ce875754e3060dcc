"""A decision about all that fit a filter: named and typed, made in parts by a job, and taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.jobs import worker
from accounts.models import AuditEntry, Job, Membership, User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.admin.incident_all import decide_all
from proctoring.admin.listed import listed
from proctoring.incidents import many, runs, services
from proctoring.models import DecisionRun, Incident, MonitoringSession
from tests.factories.proctoring import make_incident

LIST = "/admin/proctoring/incident/"
ALL = f"{LIST}many/all/"
BrowserOf = Callable[[User], Client]


@pytest.fixture
def five(session: MonitoringSession, monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[Incident]:
    """Five incidents are many, parts hold two, and jobs wait for a worker."""
    monkeypatch.setattr(many, "MOST", 2)
    monkeypatch.setattr(runs, "AT_ONCE", 2)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    return [make_incident(session) for _ in range(5)]


def states(rows: list[Incident]) -> list[str]:
    found = Incident._base_manager.in_bulk([each.pk for each in rows])
    return [found[each.pk].review_state for each in rows]


def send(client: Client, address: str = ALL, **fields: Any) -> Any:
    return client.post(address, {"verb": "dismiss", "reason": "harmless", **fields})


def asked(client: Client, number: int = 5, **fields: Any) -> DecisionRun:
    answer = send(client, sure="1", typed=str(number), **fields)
    assert answer.status_code == 302, answer.content
    return DecisionRun._base_manager.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))


def test_more_than_fit_a_request_are_named_and_typed(
    browser_of: BrowserOf, five: list[Incident], reviewer: User
) -> None:
    client = browser_of(reviewer)
    with within(five[0].institution):
        services.uphold(five[0], actor=reviewer)
    page = send(client, f"{LIST}many/", across="1").content.decode()
    assert "<strong>4 incidents</strong> of 1 attempt would change" in page
    assert "1 are upheld already" in page
    refused = send(client, sure="1", typed="5")
    assert refused.status_code == 400
    assert "Type the number of incidents, 4" in refused.content.decode()
    assert states(five) == ["upheld", *["unreviewed"] * 4]
    assert not DecisionRun._base_manager.exists()


def test_the_job_decides_in_parts_and_all_is_taken_back(
    browser_of: BrowserOf, five: list[Incident], reviewer: User, officer: User
) -> None:
    client = browser_of(reviewer)
    row = asked(client, note="The fire drill.")
    assert "Incidents are decided" in client.get(f"{LIST}runs/{row.pk}/").content.decode()
    worker.work()
    row.refresh_from_db()
    assert (row.done, row.left, states(five)) == (5, 0, ["dismissed"] * 5)
    parts = AuditEntry._base_manager.filter(verb="incidents.decided", actor=reviewer)
    assert [len(each.detail["done"]) for each in parts.order_by("pk")] == [2, 2, 1]
    with within(five[0].institution):
        services.reopen(Incident._base_manager.get(pk=five[3].pk), actor=officer)  # changed since
    page = client.get(f"{LIST}runs/{row.pk}/").content.decode()
    assert "<strong>5</strong> incidents dismissed" in page
    assert "Take all of it back" in page
    client.post(f"{LIST}runs/{row.pk}/undo/")
    worker.work()
    row.refresh_from_db()
    assert (row.undone, row.undo_left) == (4, 1)
    assert states(five) == ["unreviewed"] * 5
    assert "1 left as they are" in client.get(f"{LIST}runs/{row.pk}/").content.decode()


def test_a_worker_that_dies_within_a_part_leaves_it_whole(
    browser_of: BrowserOf, five: list[Incident], reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = asked(browser_of(reviewer))
    real, calls = runs.decide, []

    def dying(incident: Incident, *args: Any, **more: Any) -> Incident:
        calls.append(incident.pk)
        if len(calls) == 4:
            raise SystemExit("killed")
        return real(incident, *args, **more)

    monkeypatch.setattr(runs, "decide", dying)
    job = Job._base_manager.get(pk=row.job_id)
    progress: Any = type("Silent", (), {"tell": lambda *_: None})()
    with within(row.institution):
        with pytest.raises(SystemExit):
            decide_all(job, progress)
        row.refresh_from_db()
        assert row.done == 2
        assert states(five) == ["unreviewed"] * 3 + ["dismissed"] * 2  # the newest first; no half part
        monkeypatch.setattr(runs, "decide", real)
        decide_all(job, progress)
        decide_all(job, progress)  # and once more: nothing is done twice
    row.refresh_from_db()
    assert (row.done, row.left) == (5, 0)
    assert states(five) == ["dismissed"] * 5
    assert AuditEntry._base_manager.filter(verb="incident.dismiss").count() == 5


def test_what_comes_later_or_is_decided_meanwhile_is_not_touched(
    browser_of: BrowserOf, five: list[Incident], reviewer: User, officer: User, session: MonitoringSession
) -> None:
    row = asked(browser_of(reviewer), _changelist_filters="review_state__exact=unreviewed&q=Carla")
    later = make_incident(session)
    with within(row.institution):
        services.uphold(Incident._base_manager.get(pk=five[2].pk), actor=officer)
    worker.work()
    row.refresh_from_db()
    assert states([*five, later]) == [
        "dismissed", "dismissed", "upheld", "dismissed", "dismissed", "unreviewed",
    ]  # fmt: skip
    assert row.query == "review_state__exact=unreviewed"  # the name is needed no more
    page = browser_of(reviewer).get(f"{LIST}runs/{row.pk}/").content.decode()
    assert "1 no longer fitted" in page


def test_undoing_stops_a_run_that_goes_on(
    browser_of: BrowserOf, five: list[Incident], reviewer: User
) -> None:
    client = browser_of(reviewer)
    row = asked(client)
    with within(row.institution):
        runs.take_part(row.pk, listed(reviewer, ""))
    client.post(f"{LIST}runs/{row.pk}/undo/")
    for _ in range(3):
        worker.work()
    row.refresh_from_db()
    assert (row.done, row.undone, states(five)) == (2, 2, ["unreviewed"] * 5)


def test_only_one_run_at_a_time_and_only_ones_own(
    browser_of: BrowserOf, five: list[Incident], reviewer: User, officer: User
) -> None:
    client = browser_of(reviewer)
    row = asked(client)
    again = send(client, sure="1", typed="5")
    assert again.status_code == 400
    assert "still goes on" in again.content.decode()
    for page in ("", "state/"):
        assert browser_of(officer).get(f"{LIST}runs/{row.pk}/{page}").status_code == 404
    assert browser_of(officer).post(f"{LIST}runs/{row.pk}/undo/").status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"verb": "uphold"},
        {"verb": "reopen"},
        {"_changelist_filters": "colour=red"},
    ],
)
def test_what_is_adverse_or_makes_no_sense_is_refused(
    browser_of: BrowserOf, five: list[Incident], reviewer: User, fields: dict[str, str]
) -> None:
    answer = send(browser_of(reviewer), sure="1", typed="5", **fields)
    assert answer.status_code == 302
    assert not DecisionRun._base_manager.exists()
    assert states(five) == ["unreviewed"] * 5


def test_who_lost_the_right_decides_nothing(
    browser_of: BrowserOf, five: list[Incident], reviewer: User
) -> None:
    row = asked(browser_of(reviewer))
    Membership._base_manager.filter(user=reviewer).update(ended_at=clock.now())
    worker.work()
    assert Job._base_manager.get(pk=row.job_id).state == "failed"
    assert states(five) == ["unreviewed"] * 5
