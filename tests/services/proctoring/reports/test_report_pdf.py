"""Reports as PDF: what is in the file, who opens it, what is logged, and that it goes after a day."""

import re
import zlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client

from accounts.jobs import worker
from accounts.models import User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.evidence import derived, store
from proctoring.models import EvidenceItem, Incident, MonitoringSession, ReportFile
from proctoring.reports import files, pdf
from proctoring.reports.gather import report_of
from proctoring.rights import erasers
from proctoring.rights.register import Erasing
from tests.watched_sitting import picture, verbs_of

pytestmark = pytest.mark.django_db(transaction=True)
BrowserOf = Callable[..., Client]
BASE = "/i/north-college/reports/proctoring/"


def streams_of(data: bytes) -> bytes:
    """Everything in the file that is compressed, as it was before."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    return b"".join(_inflated(each) for each in found)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The PDF is written in this process: a new one takes seconds to begin."""

    def write(
        html: str, css: str, pictures: dict[int, bytes], *, beat: Callable[[], None]
    ) -> tuple[bytes, int]:
        beat()
        return pdf.write(html, css, pictures)

    monkeypatch.setattr(pdf, "write_apart", write)


def made(browser: Client, session: MonitoringSession) -> ReportFile:
    """A PDF that was asked for on the page and made by the job."""
    answer = browser.post(f"{BASE}sessions/{session.public_id}/pdf/")
    assert answer.status_code == 302
    worker.work()
    with within(session.institution):
        return ReportFile.objects.select_related("job").get()


def test_it_is_asked_for_made_and_opened_by_who_asked(
    browser_of: BrowserOf,
    session: MonitoringSession,
    evidence: list[EvidenceItem],
    reviewer: User,
    officer: User,
    here: None,
) -> None:
    browser = browser_of(reviewer)
    row = made(browser, session)
    assert (row.pages > 0, row.pictures) == (True, 3)
    page = browser.get(f"{BASE}files/{row.pk}/").content.decode()
    [link] = re.findall(r'href="([^"]+download/[^"]+)"', page)
    answer = browser.get(link.replace("&amp;", "&"))
    assert answer.content.startswith(b"%PDF-")
    assert browser_of(officer).get(f"{BASE}files/{row.pk}/").status_code == 404
    assert browser_of(officer).get(link).status_code == 404
    assert browser.get(f"{BASE}files/{row.pk}/download/?link=x").status_code == 403
    verbs = verbs_of(session.institution, f"monitoringsession:{session.pk}")
    assert verbs[-2:] == ["report.exported", "report.downloaded"]
    assert "evidence.exported" in verbs_of(session.institution, f"evidenceitem:{evidence[0].pk}")


def test_the_file_is_tagged_for_screen_readers(
    session: MonitoringSession, incident: Incident, reviewer: User
) -> None:
    with within(session.institution):
        report = report_of(session, reviewer, zone="Europe/Vienna")
        html, css = files.paper_of(report, session, {})
    data, pages = pdf.write(html, css, {})
    whole = data + streams_of(data)
    assert pages >= 1
    marks = (b"/MarkInfo", b"/StructTreeRoot", b"/Lang (en)", b"pdfuaid", b"/H1", b"/H2", b"/Figure", b"/TH")
    assert [mark for mark in marks if mark not in whole] == []


def test_nothing_is_fetched_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("socket.socket.connect", lambda self, address: asked.append(address))
    pictures = '<img alt="a" src="http://127.0.0.1/a"><img alt="b" src="file:///etc/hostname">'
    html = f'<html lang="en"><title>t</title>{pictures}'
    without, _ = pdf.write(html, "@import url(http://127.0.0.1/b);", {})
    assert asked == []
    assert b"/Image" not in streams_of(without)


def test_an_altered_picture_is_left_out(
    browser_of: BrowserOf,
    session: MonitoringSession,
    evidence: list[EvidenceItem],
    reviewer: User,
    here: None,
) -> None:
    store.flush()
    storages["evidence"].delete(evidence[0].name)
    storages["evidence"].save(evidence[0].name, ContentFile(picture(9)))
    assert made(browser_of(reviewer), session).pictures == 2


def test_it_goes_after_a_day_and_with_the_session(
    browser_of: BrowserOf, session: MonitoringSession, reviewer: User, here: None
) -> None:
    browser = browser_of(reviewer)
    row = made(browser, session)
    assert files.clear_old() == 0
    with within(session.institution):
        ReportFile.objects.update(made_at=clock.now() - timedelta(hours=25))
    assert files.clear_old() == 1
    assert not storages["reports"].exists(row.stored_name)
    assert "This PDF was deleted" in browser.get(f"{BASE}files/{row.pk}/").content.decode()
    with within(session.institution):
        assert derived.drop_reports(session) == 1


def test_it_goes_with_the_evidence_that_it_shows(
    browser_of: BrowserOf,
    session: MonitoringSession,
    evidence: list[EvidenceItem],
    reviewer: User,
    here: None,
) -> None:
    row = made(browser_of(reviewer), session)
    with within(session.institution):
        items = EvidenceItem.objects.filter(session=session)
        erasers.evidence(items, Erasing(session.institution, None, "its period is over"))
        assert not ReportFile.objects.exists()
    assert not storages["reports"].exists(row.stored_name)


def test_the_paper_is_written_in_another_process() -> None:
    beats: list[int] = []
    html = '<html lang="en"><title>t</title><h1>Report</h1><img alt="a" src="evidence:7">'
    data, pages = pdf.write_apart(html, "", {7: picture(90)}, beat=lambda: beats.append(1))
    assert (data[:5], pages) == (b"%PDF-", 1)
