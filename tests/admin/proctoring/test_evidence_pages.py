"""Pages about evidence in the admin: packages of a case, who saw what, and what waits for the store."""

import io
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.evidence import spool_state, store
from proctoring.evidence.exhibits import Picture
from proctoring.models import Case, EvidenceItem, Incident, MonitoringSession, SealedPackage
from proctoring.review.cases import open_case
from tests.capture import RED, frame

pytestmark = pytest.mark.usefixtures("folder_store")
BrowserOf = Callable[..., Client]


@pytest.fixture
def case(session: MonitoringSession, evidence: Any) -> Case:
    with within(session.institution):
        MonitoringSession.objects.filter(pk=session.pk).update(state="ended", ended_at=clock.now())
        session.refresh_from_db()
        return open_case(session, "incidents")


def body_of(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_officer_makes_a_package_and_downloads_it(
    browser_of: BrowserOf, case: Case, officer: User, reviewer: User
) -> None:
    client = browser_of(officer)
    desk = body_of(client, f"/admin/proctoring/case/{case.pk}/change/")
    url = f"/admin/proctoring/sealedpackage/of/{case.pk}/"
    assert url in desk and f"/admin/proctoring/monitoringsession/{case.session_id}/custody/" in desk
    assert "Nothing was handed over" in body_of(client, url)
    refused = client.post(url, {"recipient": "", "reason": "Hearing"})
    assert refused.status_code == 400 and "This field is required" in refused.content.decode()
    made = client.post(
        url, {"recipient": "The board", "reason": "Hearing", "with_readings": "on"}, follow=True
    )
    page = made.content.decode()
    assert "Package for The board: It is ready below." in page and "with readings" in page
    (row,) = SealedPackage._base_manager.all()
    link = page.split(f'href="/admin/proctoring/sealedpackage/{row.pk}/download/')[1].split('"')[0]
    answer = client.get(f"/admin/proctoring/sealedpackage/{row.pk}/download/{link}")
    assert answer["Content-Type"] == "application/zip" and "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[attr-defined]
        assert {"index.html", "verify.py", "readings.json", "custody.json"} <= set(archive.namelist())
    said = body_of(client, f"/admin/proctoring/monitoringsession/{case.session_id}/custody/")
    assert "package downloaded" in said and "The log below is whole" in said
    other = body_of(browser_of(reviewer), url)
    assert "Exam officers and admins make packages" in other and "download/?link" not in other


@pytest.mark.django_db
def test_pages_say_what_is_missing_of_an_incident_and_why(
    browser_of: BrowserOf,
    case: Case,
    incident: Incident,
    reviewer: User,
    monkeypatch: pytest.MonkeyPatch,
    officer: User,
) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    with within(incident.institution):
        store.keep(incident, [Picture(91, clock.now(), frame(RED))])  # no commit: it waits
        gone = EvidenceItem.objects.filter(incident=incident).exclude(frame_sequence=91).first()
        assert gone is not None
        store.erase_items([gone], reason="retention", actor=officer)
        monkeypatch.setattr(store, "_write", full)
        found = spool_state.stage_what_can_be(incident.session, [Picture(92, clock.now(), frame(RED))])
        spool_state.note_lost(incident, found)
    client = browser_of(reviewer)
    for url in (
        f"/admin/proctoring/incident/{incident.pk}/change/",
        f"/admin/proctoring/case/{case.pk}/change/",
    ):
        page = body_of(client, url)
        assert "could not be kept: the disk of the server was full" in page, url
        assert "on the server&#x27;s disk for the evidence store" in page, url
        assert "1 file of it was erased" in page and f"/evidence/{gone.pk}/" not in page, url


@pytest.mark.django_db
def test_what_waits_for_the_store_is_shown(
    browser_of: BrowserOf, incident: Incident, proctor: User, monkeypatch: Any
) -> None:
    url = "/admin/proctoring/monitoringsession/store/"
    client = browser_of(proctor)
    with within(incident.institution):
        store.keep(incident, [Picture(91, clock.now(), frame(RED))])
    page = body_of(client, url)
    assert "is on its way" in page and "the oldest since" in page

    def refuses(item: EvidenceItem) -> None:
        raise ConnectionError("no answer")

    monkeypatch.setattr(store, "_push", refuses)
    monkeypatch.setattr(store, "RETRY_AFTER_S", -1.0)
    monkeypatch.setattr(store, "_store_down_until", 0.0)
    monkeypatch.setattr(spool_state, "LATE_S", -1.0)
    assert store.retry_spooled() == 0
    page = body_of(client, url)
    assert "the evidence store does not take them" in page and "last at 20" in page
    assert not AuditEntry._base_manager.filter(verb=spool_state.NOT_KEPT).exists()
    index = body_of(client, "/admin/")
    assert "1 file of evidence waits" in index and f'href="{url}"' in index


class _Here:
    """Carries out at once what is handed to a thread: the test's transaction is its own."""

    @staticmethod
    def submit(work: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(work())
        return future


@pytest.mark.django_db
def test_the_office_has_the_store_tried_at_once(
    browser_of: BrowserOf, incident: Incident, officer: User, reviewer: User, monkeypatch: Any, tmp_path: Any
) -> None:
    url = "/admin/proctoring/monitoringsession/store/"
    monkeypatch.setattr(
        settings, "EVIDENCE_SPOOL", tmp_path / "spool"
    )  # others leave files in the common one
    monkeypatch.setattr(store, "RETRY_AFTER_S", -1.0)
    monkeypatch.setattr(store, "_store_down_until", time.monotonic() + 60)
    monkeypatch.setattr(spool_state, "_tries", _Here)
    monkeypatch.setattr(spool_state, "close_old_connections", lambda: None)
    with within(incident.institution):
        [item] = store.keep(incident, [Picture(91, clock.now(), frame(RED))])
    assert "Try now" not in body_of(browser_of(reviewer), url)
    assert browser_of(reviewer).post(f"{url}retry/").status_code == 403
    client = browser_of(officer)
    assert "Try now" in body_of(client, url)
    page = client.post(f"{url}retry/", follow=True).content.decode()
    assert "1 file was stored; nothing waits" in page
    item.refresh_from_db()
    assert item.stored_at is not None
    for _ in range(6):
        page = client.post(f"{url}retry/", follow=True).content.decode()
    assert "too often" in page
    assert "Evidence reaches its store." in body_of(client, "/admin/")
