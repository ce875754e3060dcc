"""Captures from pages of other origins: off until an origin is listed, and never with cookies."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Institution, User
from accounts.services import institutions
from accounts.tenancy import within
from proctor_site.kernel.errors import InvalidInput
from proctoring.ingest import tokens
from proctoring.models import MonitoringSession
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.outside import make_outside_sitting, start_session
from tests.factories.proctoring import make_session

ENGINE = "https://exam.example"
ROUTES = ("api_session_frames", "api_session_clips", "api_session_browser_events")
ALLOW = "Access-Control-Allow-Origin"


@pytest.fixture
def session(institution: Institution, officer: User) -> MonitoringSession:
    return start_session(make_outside_sitting(institution), officer)


def _list(institution: Institution, *origins: str) -> None:
    Institution.objects.filter(pk=institution.pk).update(capture_origins=list(origins))


def _preflight(route: str, session: MonitoringSession, origin: str = ENGINE) -> Any:
    asked = {"origin": origin, "access-control-request-method": "POST"}
    return Client().options(reverse(route, args=[session.public_id]), headers=asked)


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES)
def test_a_listed_page_is_let_in_and_no_other(
    institution: Institution, session: MonitoringSession, route: str
) -> None:
    off = _preflight(route, session)
    assert (off.status_code, off.headers.get(ALLOW)) == (204, None)
    assert "Origin" in off["Vary"]
    _list(institution, ENGINE)
    told = _preflight(route, session)
    assert (told[ALLOW], told["Access-Control-Allow-Methods"]) == (ENGINE, "POST, OPTIONS")
    assert "Authorization" in told["Access-Control-Allow-Headers"] and "Origin" in told["Vary"]
    assert "Access-Control-Allow-Credentials" not in told.headers
    assert "Cross-Origin-Resource-Policy" not in told.headers
    for other in ("https://exam.example.evil.example", "http://exam.example", "null"):
        assert ALLOW not in _preflight(route, session, other).headers


@pytest.mark.django_db
def test_answers_are_readable_there_also_when_they_refuse(
    institution: Institution, session: MonitoringSession
) -> None:
    _list(institution, ENGINE)
    address = reverse(ROUTES[2], args=[session.public_id])
    headers = {"origin": ENGINE, "authorization": f"Bearer {tokens.make(session)}"}
    sent = Client().post(address, {}, content_type="application/json", headers=headers)
    assert (sent.status_code, sent[ALLOW]) == (400, ENGINE)
    assert "Retry-After" in sent["Access-Control-Expose-Headers"]
    nobody = Client().post(address, {}, content_type="application/json", headers={"origin": ENGINE})
    assert (nobody.status_code, nobody[ALLOW]) == (401, ENGINE)


@pytest.mark.django_db
def test_sessions_of_our_own_exams_stay_with_our_own_pages(institution: Institution, candidate: User) -> None:
    _list(institution, ENGINE)
    own = make_session(make_attempt(enrol(make_sitting(make_exam(institution)), candidate)))
    assert ALLOW not in _preflight(ROUTES[0], own).headers


@pytest.mark.parametrize(
    "wrong",
    [
        "http://exam.example",
        "*",
        "https://*.example",
        "https://a.example/path",
        "https://u@a.example",
        "null",
    ],
)
def test_only_https_origins_are_listed(institution: Institution, admin_member: User, wrong: str) -> None:
    given: dict[str, Any] = {
        "name": institution.name,
        "time_zone": institution.time_zone,
        "language": institution.language,
        "requires_second_factor": False,
        "actor": admin_member,
    }
    with pytest.raises(InvalidInput) as refused:
        institutions.change_settings(institution, capture_origins=[ENGINE, wrong], **given)
    assert refused.value.field == "capture_origins"
    assert Institution.objects.get(pk=institution.pk).capture_origins == []


def test_an_admin_lists_them_and_the_log_says_so(
    institution: Institution, admin_member: User, browser_of: Any
) -> None:
    address = f"/i/{institution.slug}/settings/"
    given = {"name": institution.name, "time_zone": institution.time_zone, "language": institution.language}
    browser = browser_of(admin_member)
    lines = "https://Exam.example/\nhttps://exam.example:443\nhttps://two.example:8443"
    assert browser.post(address, {**given, "capture_origins": lines}).status_code == 302
    kept = Institution.objects.get(pk=institution.pk).capture_origins
    assert kept == [ENGINE, "https://two.example:8443"]
    assert "https://two.example:8443" in browser.get(address).content.decode()
    with within(institution):
        assert AuditEntry.objects.get(verb="institution.changed").detail["capture_origins"]["to"] == kept
    browser.post(address, {**given, "capture_origins": ""})
    assert Institution.objects.get(pk=institution.pk).capture_origins == []
