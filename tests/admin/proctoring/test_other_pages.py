"""Sessions, consents, notices and warnings in the admin: to read, own rows only; and who sees which entry."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from accounts.admin.site import site
from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams.models import Attempt
from proctoring import supervision
from proctoring.models import (
    CandidateWarning,
    Consent,
    EvidenceItem,
    Incident,
    MonitoringSession,
    Notice,
    ReferenceFace,
)
from tests.factories.accounts import make_member
from tests.watched_sitting import picture

BrowserOf = Callable[..., Client]
WORDING = {"ReasonCode", "ReadyText"}
WATCHED = {
    *WORDING,
    "Incident",
    "MonitoringSession",
    "CandidateWarning",
    "ChatMessage",
    "DetectorPrecision",
    "Policy",
}
REVIEW = {"Case", "CaseTag", "ReviewSettings", "SealedPackage"}
RIGHTS = {
    "DataExport",
    "DeletionCertificate",
    "ErasureRequest",
    "LegalHold",
    "RetentionPeriod",
    "RetentionRun",
}
OFFICE = {
    *REVIEW,
    *RIGHTS,
    "DetectorPrecision",
    "Incident",
    "MonitoringSession",
    "CandidateWarning",
    "ChatMessage",
    "Policy",
    "Consent",
    "Notice",
    "KeptFaceData",
    "Meeting",
    "OfficerPhoto",
    "PhotoUpload",
}
READ_ONLY = ("monitoringsession", "candidatewarning", "consent", "notice")


@pytest.fixture
def rows(session: MonitoringSession, attempt: Attempt, proctor: User) -> dict[str, int]:
    """One row of each kind, by the name of its model."""
    with within(session.institution):
        warning = supervision.warn(attempt, proctor=proctor, text="Stay in view.")
        return {
            "monitoringsession": session.pk,
            "candidatewarning": warning.pk,
            "consent": Consent.objects.get().pk,
            "notice": Notice.objects.get().pk,
        }


@pytest.mark.parametrize("model", READ_ONLY)
def test_officers_read_and_nobody_writes(
    browser_of: BrowserOf, rows: dict[str, int], officer: User, model: str
) -> None:
    client = browser_of(officer)
    url = f"/admin/proctoring/{model}/"
    assert client.get(url).status_code == 200
    page = client.get(f"{url}{rows[model]}/change/")
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert client.get(f"{url}add/").status_code == 404
    assert client.post(f"{url}{rows[model]}/delete/", {"post": "yes"}).status_code == 404
    assert client.post(f"{url}{rows[model]}/change/", {}).status_code == 403


@pytest.mark.parametrize("model", READ_ONLY)
@pytest.mark.parametrize("rest", ["change/", "history/", "delete/"])
def test_foreign_rows_are_not_found(
    browser_of: BrowserOf, rows: dict[str, int], foreign_officer: User, model: str, rest: str
) -> None:
    url = f"/admin/proctoring/{model}/{rows[model]}/{rest}"
    assert browser_of(foreign_officer).get(url).status_code == 404


@pytest.mark.parametrize("model", ["monitoringsession", "candidatewarning"])
def test_a_proctor_of_another_sitting_does_not_find_them(
    browser_of: BrowserOf, rows: dict[str, int], proctor: User, second_proctor: User, model: str
) -> None:
    url = f"/admin/proctoring/{model}/{rows[model]}/change/"
    assert browser_of(proctor).get(url).status_code == 200
    assert browser_of(second_proctor).get(url).status_code == 404


def test_a_session_says_whether_its_evidence_is_whole(
    browser_of: BrowserOf, session: MonitoringSession, evidence: list[EvidenceItem], officer: User
) -> None:
    url = f"/admin/proctoring/monitoringsession/{session.pk}/change/"
    client = browser_of(officer)
    assert "Whole: 3 items, every file and every link fits." in client.get(url).content.decode()
    (Path(settings.EVIDENCE_SPOOL) / evidence[1].name).write_bytes(picture(1))
    assert "BROKEN at item 2: its file was altered." in client.get(url).content.decode()


def test_a_session_names_its_consent(
    browser_of: BrowserOf, session: MonitoringSession, officer: User
) -> None:
    page = (
        browser_of(officer).get(f"/admin/proctoring/monitoringsession/{session.pk}/change/").content.decode()
    )
    assert "camera and face comparison, notice version 1" in page


def entries(client: Client) -> set[str]:
    apps = client.get("/admin/").context["app_list"]
    return {
        model["object_name"] for app in apps for model in app["models"] if app["app_label"] == "proctoring"
    }


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.PROCTOR, WATCHED),
        (Role.REVIEWER, WATCHED | REVIEW),
        (Role.AUTHOR, {"Policy"}),
        (
            Role.EXAM_OFFICER,
            OFFICE | WORDING,
        ),
        (
            Role.DATA_PROTECTION_OFFICER,
            OFFICE | WORDING,
        ),
    ],
)
def test_the_index_shows_what_the_role_may_see(
    browser_of: BrowserOf, institution: Institution, role: Role, expected: set[str]
) -> None:
    assert entries(browser_of(make_member(institution, role))) == expected


def test_reference_faces_and_evidence_rows_have_no_page() -> None:
    registered = set(site._registry)
    assert ReferenceFace not in registered
    assert EvidenceItem not in registered
    assert {Incident, MonitoringSession, CandidateWarning, Consent, Notice} <= registered
