"""Downloads of a sitting: who may, what is in them, hostile content, the audit entry."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.audit import stream_of
from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams.models import Answer, Mark, Sitting
from tests.factories.exams import make_exam, make_sitting
from tests.factories.results import make_results

BrowserOf = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting(institution: Institution) -> Sitting:
    return make_results(institution, attempts=6)


def address(sitting: Sitting, what: str, form: str) -> str:
    return f"/i/north-college/reports/sittings/{sitting.pk}/export/?what={what}&as={form}"


def body(response: Any) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows_of(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(response).decode("utf-8-sig"), newline="")))


def test_results(browser_of: BrowserOf, officer: User, sitting: Sitting) -> None:
    response = browser_of(officer).get(address(sitting, "results", "csv"))
    assert response["Content-Disposition"] == f'attachment; filename="results-sitting-{sitting.pk}.csv"'
    assert "no-store" in response["Cache-Control"]
    rows = rows_of(response)
    assert len(rows) == 6
    first = rows[0]
    with within(sitting.institution):
        marks = Mark.objects.filter(attempt__enrolment__candidate__email=first["E-mail"])
        assert float(first["Points"]) == float(sum(each.points or 0 for each in marks))
    assert first["Possible"] == "5.00" and first["Not marked yet"] == "0"
    assert first["Started (Europe/Vienna)"].endswith(("+01:00", "+02:00"))


def test_answers_have_a_row_for_each_question(browser_of: BrowserOf, officer: User, sitting: Sitting) -> None:
    rows = json.loads(body(browser_of(officer).get(address(sitting, "answers", "json"))))
    assert len(rows) == 30
    assert [row["Position"] for row in rows[:5]] == [1, 2, 3, 4, 5]
    with within(sitting.institution):
        blank = sum(value is None for value in Answer.objects.values_list("value", flat=True))
    assert sum(row["Answer"] == "" for row in rows) == blank
    right = [row for row in rows if row["Answer"] == row["Right answer"] and row["Type"] == "Single choice"]
    assert right and all(row["Points"] == 1 for row in right)


def test_statistics_as_a_workbook(browser_of: BrowserOf, author: User, sitting: Sitting) -> None:
    data = body(browser_of(author).get(address(sitting, "statistics", "xlsx")))
    rows = list(load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))
    assert len(rows) == 6
    assert rows[0][5] == "Facility in per cent" and isinstance(rows[1][5], int | float)


def test_missing_figures_have_their_reason(
    browser_of: BrowserOf, author: User, institution: Institution
) -> None:
    sitting = make_results(institution, attempts=3, kinds=["true_false", "essay"])
    essay = rows_of(browser_of(author).get(address(sitting, "statistics", "csv")))[1]
    assert essay["Facility in per cent"] == ""
    assert "Facility: Some of its answers are not marked yet." in essay["Why figures are missing"]


def test_a_sitting_without_results(browser_of: BrowserOf, officer: User, institution: Institution) -> None:
    empty = make_sitting(make_exam(institution))
    for what in ("results", "answers", "statistics"):
        assert json.loads(body(browser_of(officer).get(address(empty, what, "json")))) == []


def test_a_hostile_answer_and_name_run_nothing(
    browser_of: BrowserOf, officer: User, sitting: Sitting
) -> None:
    formula = '=cmd|"/c calc"!A1'
    User.objects.filter(email__startswith="sat").update(name=formula)
    with within(sitting.institution):
        Mark.objects.update(comment="@SUM(A1)")
    rows = rows_of(browser_of(officer).get(address(sitting, "answers", "csv-spreadsheet")))
    assert {row["Candidate"] for row in rows} == {f"'{formula}"}
    assert {row["Comment"] for row in rows} == {"'@SUM(A1)"}


def test_each_download_is_in_the_audit_log(browser_of: BrowserOf, officer: User, sitting: Sitting) -> None:
    body(browser_of(officer).get(address(sitting, "results", "xlsx")))
    with within(sitting.institution):
        entry = AuditEntry.objects.get(stream=stream_of(sitting), verb="sitting.exported")
    assert entry.actor == officer
    assert entry.detail == {"what": "results", "format": "xlsx", "rows": 6}


def test_authors_get_no_names(browser_of: BrowserOf, author: User, sitting: Sitting) -> None:
    assert browser_of(author).get(address(sitting, "results", "csv")).status_code == 403
    assert browser_of(author).get(address(sitting, "answers", "csv")).status_code == 403
    page = browser_of(author).get(f"/i/north-college/reports/sittings/{sitting.pk}/").content.decode()
    assert 'value="statistics"' in page and 'value="results"' not in page
    with within(sitting.institution):
        assert not AuditEntry.objects.filter(verb="sitting.exported").exists()


def test_unknown_tables_and_forms_are_refused(browser_of: BrowserOf, officer: User, sitting: Sitting) -> None:
    for what, form in (("everything", "csv"), ("results", "exe"), ("", "csv"), ("results", "%00")):
        response = browser_of(officer).get(address(sitting, what, form))
        assert response.status_code == 400
        assert "there are:" in response.content.decode()


def test_others_get_nothing(
    browser_of: BrowserOf, proctor: User, candidate: User, foreign_officer: User, sitting: Sitting
) -> None:
    assert browser_of(proctor).get(address(sitting, "results", "csv")).status_code == 403
    assert browser_of(candidate).get(address(sitting, "statistics", "csv")).status_code == 403
    foreign = f"/i/south-school/reports/sittings/{sitting.pk}/export/?what=results&as=csv"
    assert browser_of(foreign_officer).get(foreign).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_real_server_streams_the_file(
    browser_of: BrowserOf, officer: User, sitting: Sitting, asgi_server: str
) -> None:
    cookies = {name: morsel.value for name, morsel in browser_of(officer).cookies.items()}
    response = httpx.get(asgi_server + address(sitting, "answers", "csv"), cookies=cookies, timeout=20)
    assert response.status_code == 200
    assert len(response.text.splitlines()) >= 31
