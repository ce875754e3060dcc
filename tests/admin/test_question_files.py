"""Import and export of questions in the admin: upload, report, filter, CSV, confirmation, rights."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.jobs import running
from accounts.jobs import services as job_services
from accounts.models import Institution, Job, User
from accounts.tenancy import within
from exams.bank import import_jobs, imports
from exams.models import Question, QuestionImport
from tests.factories.exams import make_question

Browser = Callable[..., Client]
ADD = "admin:exams_questionimport_add"
GIFT = (
    b"::Capital::Capital of Austria? {=Vienna ~Graz}\n\n::=cmd()::Broken {\n\n::Lost::Who? {=me#yes ~you}\n"
)


def upload(client: Client, data: bytes = GIFT, **more: Any) -> Any:
    body = {"file": SimpleUploadedFile("quiz <b>.txt", data), **more}
    return client.post(reverse(ADD), body)


def only_import(institution: Institution) -> QuestionImport:
    with within(institution):
        return QuestionImport.objects.get()


def test_upload_report_confirm(institution: Institution, author: User, browser_of: Browser) -> None:
    client = browser_of(author)
    form = client.get(reverse(ADD)).content.decode()
    assert "Nothing is imported yet" in form and "Aiken" in form
    answer = upload(client)
    found = only_import(institution)
    report = reverse("admin:exams_questionimport_change", args=[found.pk])
    assert (answer.status_code, answer["Location"]) == (302, report)
    page = client.get(report).content.decode()
    assert "What would become of the items" in page and "Import 2 questions" in page
    assert "quiz &lt;b&gt;.txt" in page and "quiz <b>" not in page
    assert "feedback to answers is left out" in page and "line 3" in page
    with within(institution):
        assert not Question.objects.exists()
    confirm = reverse("admin:exams_questionimport_confirm", args=[found.pk])
    page = client.post(confirm, follow=True).content.decode()
    assert "2 questions of this file are in the bank now" in page and "What became of the items" in page
    assert "Import 2 questions" not in page
    page = client.post(confirm, follow=True).content.decode()
    assert "2 questions of this file are in the bank now" in page and "errornote" not in page
    with within(institution):
        assert Question.objects.count() == 2
    upload(client)
    with within(institution):
        again = QuestionImport.objects.first()
    assert again is not None
    page = client.get(reverse("admin:exams_questionimport_change", args=[again.pk])).content.decode()
    assert "very same file was imported" in page and "nothing in this file that could be imported" in page


def test_a_large_file_is_read_and_imported_by_jobs_that_the_page_waits_for(
    institution: Institution, author: User, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "CHECKED_AT_ONCE", 10)
    monkeypatch.setattr(job_services, "put_into_queue", lambda job, after=None: None)
    client = browser_of(author)
    upload(client)
    found = only_import(institution)
    report = reverse("admin:exams_questionimport_change", args=[found.pk])
    state = reverse("admin:exams_questionimport_state", args=[found.pk])
    confirm = reverse("admin:exams_questionimport_confirm", args=[found.pk])
    page = client.get(report).content.decode()
    assert "The file is being read" in page and f'data-state-url="{state}"' in page
    assert "not read yet" in client.post(confirm, follow=True).content.decode()
    assert client.get(state).json()["is_over"] is False
    running.run(found.job_id or 0)
    page = client.get(report).content.decode()
    assert "Import 2 questions" in page and client.get(state).json()["is_over"]
    page = client.post(confirm, follow=True).content.decode()
    assert "The import is under way" in page and "Import 2 questions" not in page
    page = client.post(confirm, follow=True).content.decode()  # a double click
    assert "The import is under way" in page and "errornote" not in page
    running.run(only_import(institution).job_id or 0)
    page = client.get(report).content.decode()
    assert "2 questions of this file are in the bank now" in page
    with within(institution):
        assert (Question.objects.count(), Job.objects.count()) == (2, 2)


def test_filter_pages_and_csv(institution: Institution, officer: User, browser_of: Browser) -> None:
    client = browser_of(officer)
    data = b"\n\n".join(b"Is %d even? {T}" % number for number in range(130)) + b"\n\n" + GIFT
    upload(client, data)
    found = only_import(institution)
    report = reverse("admin:exams_questionimport_change", args=[found.pk])
    page = client.get(report)
    assert len(page.context["rows"]) == 100 and "Page 1 of 2" in page.content.decode()
    assert len(client.get(report, {"p": "2"}).context["rows"]) == 33
    refused = client.get(report, {"outcome": "refused"})
    assert [row["title"] for row in refused.context["rows"]] == ["=cmd()"]
    assert len(client.get(report, {"outcome": "no such", "p": "x"}).context["rows"]) == 100
    file = client.get(reverse("admin:exams_questionimport_report", args=[found.pk]))
    assert file["Content-Type"].startswith("text/csv") and "attachment" in file["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert len(rows) == 134
    assert rows[-2][:4] == ["132", "line 263", "Refused", "'=cmd()"]


def test_drop(institution: Institution, officer: User, browser_of: Browser) -> None:
    client = browser_of(officer)
    upload(client)
    found = only_import(institution)
    page = client.post(reverse("admin:exams_questionimport_drop", args=[found.pk]), follow=True)
    assert "dropped" in page.content.decode() and "Dropped" in page.content.decode()
    confirm = reverse("admin:exams_questionimport_confirm", args=[found.pk])
    assert "Nothing was imported" in client.post(confirm, follow=True).content.decode()


@pytest.mark.parametrize(
    ("data", "more", "field", "words"),
    [
        (b"", {}, "file", "empty"),
        (b"hello", {}, "file", "none of the known formats"),
        (b"caf\xe9 {T}", {"format": "gift"}, "file", "not UTF-8"),
        (b"x {T}", {"format": "word"}, "format", "not one of the available choices"),
        (b"x {T}", {"format": "aiken"}, None, ""),
    ],
)
def test_files_that_cannot_be_read_are_explained(
    institution: Institution,
    officer: User,
    browser_of: Browser,
    data: bytes,
    more: dict[str, str],
    field: str | None,
    words: str,
) -> None:
    answer = upload(browser_of(officer), data, **more)
    if field is None:
        assert answer.status_code == 302 and only_import(institution).counts["refused"] == 1
        return
    assert words in " ".join(answer.context["form"].errors[field])
    with within(institution):
        assert not QuestionImport.objects.exists()


def test_a_file_that_is_too_large_is_not_even_read(
    institution: Institution, officer: User, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_BYTES", 10)
    monkeypatch.setattr(imports, "check", lambda *args, **more: pytest.fail("it was read"))
    answer = upload(browser_of(officer))
    assert "larger than" in " ".join(answer.context["form"].errors["file"])


def test_export_of_chosen_questions_with_report_and_file(
    institution: Institution, other_institution: Institution, author: User, browser_of: Browser
) -> None:
    one, two = make_question(institution, title="One"), make_question(institution, "essay", title="Two")
    foreign = make_question(other_institution, title="Foreign")
    client = browser_of(author)
    body = {"action": "export_chosen", "_selected_action": [one.pk, two.pk]}
    page = client.post(reverse("admin:exams_question_changelist"), body)
    chosen = page.context["form"]["questions"].value()
    assert sorted(chosen.split(",")) == sorted([str(one.pk), str(two.pk)])
    assert "2 questions: the chosen ones" in page.content.decode()
    url = reverse("admin:exams_question_export")
    page = client.post(url, {"questions": chosen, "format": "aiken", "check": ""}).content.decode()
    assert "1 of 2 can be exported" in page and "no questions of this kind" in page
    file = client.post(url, {"questions": f"{chosen},{foreign.pk}", "format": "gift", "download": ""})
    assert 'filename="questions.gift.txt"' in file["Content-Disposition"]
    assert "::One::" in file.content.decode() and "Foreign" not in file.content.decode()
    everything = client.post(url, {"questions": "", "format": "gift", "download": ""})
    assert everything.content == file.content
    page = client.post(url, {"questions": str(two.pk), "format": "aiken", "download": ""})
    assert "can hold none of these" in page.content.decode()
    for junk in ("1;2", "x" * 40, "9" * 40):
        page = client.post(url, {"questions": junk, "format": "gift", "download": ""})
        assert "Choose the questions again" in page.content.decode()


@pytest.mark.parametrize("who", ["reviewer", "proctor", "candidate", "stranger", "foreign_officer"])
def test_who_may_not(
    institution: Institution, officer: User, request: Any, browser_of: Browser, who: str
) -> None:
    with within(institution):
        found = imports.check(institution, file_name="a.txt", data=GIFT, actor=officer)
    client = browser_of(request.getfixturevalue(who))
    for name in ("change", "report"):
        page = client.get(reverse(f"admin:exams_questionimport_{name}", args=[found.pk]), follow=True)
        assert "Capital" not in page.content.decode()
    make_question(institution, title="Secret")
    export = {"questions": "", "format": "gift", "download": ""}
    answer = client.post(reverse("admin:exams_question_export"), export, follow=True)
    assert "Secret" not in answer.content.decode()
    client.post(reverse("admin:exams_questionimport_confirm", args=[found.pk]))
    client.post(reverse("admin:exams_questionimport_drop", args=[found.pk]))
    found.refresh_from_db()
    assert (found.imported_at, found.dropped_at) == (None, None)
    if who != "foreign_officer":
        upload(client)
        with within(institution):
            assert QuestionImport.objects.count() == 1
