"""The incident list as a file: as filtered, names hidden where they are, at once or by a job; audited."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.storage import storages
from django.test import Client
from openpyxl import load_workbook

from accounts.jobs import worker
from accounts.models import AuditEntry, Institution, Job, User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.admin.incident_exports import make
from proctoring.evidence import derived
from proctoring.models import Incident, IncidentExport, MonitoringSession
from proctoring.review import incident_exports
from tests.factories.cases import make_case
from tests.factories.proctoring import make_incident

LIST = "/admin/proctoring/incident/"
BrowserOf = Callable[[User], Client]


def export(client: Client, form: str = "csv", query: str = "") -> Any:
    return client.post(f"{LIST}export/", {"form": form, "_changelist_filters": query})


def body(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.headers
    return b"".join(answer.streaming_content)


def table(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(answer).decode())))


@pytest.fixture
def three(session: MonitoringSession) -> list[Incident]:
    rows = [make_incident(session) for _ in range(3)]
    Incident._base_manager.filter(pk=rows[0].pk).update(severity="low")
    Incident._base_manager.filter(pk=rows[1].pk).update(explanation="=1+1 was said")
    return rows


@pytest.fixture
def long_lists(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Two rows are many, and jobs wait for a worker."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    monkeypatch.setattr(incident_exports, "AT_ONCE", 1)
    monkeypatch.setattr(incident_exports, "_READ_AT_ONCE", 2)


def test_what_is_listed_is_exported_newest_first(
    browser_of: BrowserOf, three: list[Incident], foreign_incident: Incident, reviewer: User
) -> None:
    rows = table(export(browser_of(reviewer)))
    assert [int(row["Number"]) for row in rows] == [each.pk for each in reversed(three)]
    assert rows[0]["Candidate"] == "Carla Candidate"
    assert rows[1]["Explanation"] == "'=1+1 was said"
    narrowed = table(export(browser_of(reviewer), query="severity__exact=low"))
    assert [int(row["Number"]) for row in narrowed] == [three[0].pk]
    entry = AuditEntry._base_manager.filter(verb="incidents.exported").latest("pk")
    assert entry.actor == reviewer
    assert entry.detail["rows"] == 1
    assert entry.detail["filter"] == "severity__exact=low"


def test_each_form_holds_the_same(browser_of: BrowserOf, three: list[Incident], reviewer: User) -> None:
    client = browser_of(reviewer)
    lines = [json.loads(line) for line in body(export(client, "jsonl")).decode().splitlines()]
    sheet = load_workbook(io.BytesIO(body(export(client, "xlsx")))).active
    assert sheet is not None
    cells = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [line["Number"] for line in lines] == [row[0] for row in cells] == [x.pk for x in reversed(three)]
    assert lines[1]["Explanation"] == "=1+1 was said"  # no spreadsheet reads it
    assert cells[1][13] == "'=1+1 was said"
    assert body(export(client, "csv-spreadsheet")).startswith(b"\xef\xbb\xbf")


def test_names_are_hidden_from_blind_readers_only(
    browser_of: BrowserOf, three: list[Incident], session: MonitoringSession, reviewer: User, officer: User
) -> None:
    session.state, session.ended_at = "ended", clock.now()
    session.save(update_fields=["state", "ended_at"])
    case = make_case(session)
    assert {row["Candidate"] for row in table(export(browser_of(reviewer)))} == {
        f"Candidate {case.pseudonym}"
    }
    assert table(export(browser_of(reviewer), query="q=Carla")) == []  # finding it would tell the name
    entry = AuditEntry._base_manager.filter(verb="incidents.exported").latest("pk")
    assert entry.detail["searched"] is True
    assert "Carla" not in json.dumps(entry.detail)


def test_a_filter_that_makes_no_sense_exports_nothing(
    browser_of: BrowserOf, three: list[Incident], reviewer: User
) -> None:
    client = browser_of(reviewer)
    assert export(client, query="colour=red").status_code == 302
    assert export(client, form="doc").status_code == 302
    assert not AuditEntry._base_manager.filter(verb="incidents.exported").exists()


def test_proctors_take_nothing_out(browser_of: BrowserOf, three: list[Incident], proctor: User) -> None:
    client = browser_of(proctor)
    assert 'id="export-title"' not in client.get(LIST).content.decode()
    assert export(client).status_code == 403


def test_a_long_list_is_made_by_a_job_and_told_by_mail(
    browser_of: BrowserOf, three: list[Incident], reviewer: User, officer: User, long_lists: None
) -> None:
    client = browser_of(reviewer)
    asked = export(client)
    assert asked.status_code == 302
    assert export(client)["Location"] == asked["Location"]  # the same one is not made twice
    page = client.get(asked["Location"]).content.decode()
    assert "The file is being written" in page
    worker.work()
    worker.work()
    row = IncidentExport._base_manager.get()
    assert (row.rows, Job._base_manager.get(pk=row.job_id).state) == (3, "done")
    assert mail.outbox[-1].subject == "Your export of 3 incidents is ready"
    assert f"/incidents/exports/{row.pk}/" in mail.outbox[-1].body
    page = client.get(asked["Location"]).content.decode()
    link = page.split("/file/?link=")[1].split('"')[0]
    address = f"{LIST}exports/{row.pk}/file/?link={link}"
    assert len(table(client.get(address))) == 3
    assert AuditEntry._base_manager.filter(verb="incidents.export_downloaded").count() == 1
    assert browser_of(officer).get(address).status_code == 404
    assert client.get(f"{LIST}exports/{row.pk}/file/").status_code == 302  # no link, no file
    assert "Ready" in client.get(f"{LIST}exports/").content.decode()


def test_a_second_try_makes_no_second_file(
    institution: Institution, three: list[Incident], reviewer: User, long_lists: None
) -> None:
    with within(institution):
        row = incident_exports.ask(institution, actor=reviewer, form="csv", query="", zone="UTC", expected=3)
        job = Job.objects.get(pk=row.job_id)
        told: list[tuple[int, int]] = []
        progress: Any = type("Told", (), {"tell": lambda _self, done, total: told.append((done, total))})()
        make(job, progress)
        first = IncidentExport.objects.get()
        make(job, progress)
    assert IncidentExport._base_manager.get().stored_name == first.stored_name
    assert AuditEntry._base_manager.filter(verb="incidents.exported").count() == 1
    assert told == [(2, 3), (2, 3)]  # it is over when the file is kept, not when it is written


def made(institution: Institution, reviewer: User) -> IncidentExport:
    with within(institution):
        incident_exports.ask(institution, actor=reviewer, form="csv", query="q=Carla", zone="UTC", expected=3)
    return IncidentExport._base_manager.get()


def test_the_file_goes_after_a_day(institution: Institution, three: list[Incident], reviewer: User) -> None:
    row = made(institution, reviewer)
    assert storages["exports"].exists(row.stored_name)
    assert incident_exports.clear_old() == 0
    IncidentExport._base_manager.update(expires_at=clock.now() - timedelta(seconds=1))
    assert incident_exports.clear_old() == 1
    kept = IncidentExport._base_manager.get()
    assert (kept.stored_name, kept.query) == ("", "")
    assert not incident_exports.is_there(kept)


def test_the_file_goes_when_a_persons_data_is_erased(
    institution: Institution, three: list[Incident], reviewer: User
) -> None:
    made(institution, reviewer)
    with within(institution):
        assert derived.drop_exported_lists(institution) == 1
    assert IncidentExport._base_manager.get().stored_name == ""


def test_who_lost_the_right_gets_no_file(
    institution: Institution, three: list[Incident], proctor: User
) -> None:
    row = made(institution, proctor)  # asked for while they were more than a proctor
    job = Job._base_manager.get(pk=row.job_id)
    assert (job.state, row.stored_name) == ("failed", "")
    assert "takes no lists out" in job.reason
