"""The page of a report about an attempt: what it shows to whom, and what it never shows."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tenancy import within
from exams.models import Allowance
from proctoring.models import EvidenceItem, Incident, MonitoringSession
from tests.factories.proctoring import make_incident
from tests.watched_sitting import keep_pictures, verbs_of

pytestmark = pytest.mark.django_db
BrowserOf = Callable[..., Client]


def page_of(browser: Client, session: MonitoringSession) -> str:
    answer = browser.get(f"/i/north-college/reports/proctoring/attempts/{session.attempt_id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_pictures_by_links_of_the_viewer_and_logs_itself(
    browser_of: BrowserOf, session: MonitoringSession, evidence: list[EvidenceItem], reviewer: User
) -> None:
    browser = browser_of(reviewer)
    page = page_of(browser, session)
    links = re.findall(r'src="(/i/north-college/evidence/[^"]+)"', page)
    assert len(links) == 3
    assert browser.get(links[0].replace("&amp;", "&")).status_code == 200
    assert "report.opened" in verbs_of(session.institution, f"monitoringsession:{session.pk}")


def test_thirty_incidents_cost_no_more_queries_than_two(
    browser_of: BrowserOf, session: MonitoringSession, reviewer: User
) -> None:
    browser = browser_of(reviewer)

    def add(number: int) -> None:
        for _ in range(number):
            keep_pictures(make_incident(session), 1)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page_of(browser, session)
        return len(queries)

    add(2)
    cost()
    few = cost()
    add(28)
    assert cost() == few


def test_an_attempt_without_anything(
    browser_of: BrowserOf, session: MonitoringSession, reviewer: User
) -> None:
    page = page_of(browser_of(reviewer), session)
    assert "No incident was recorded. That is no proof of anything." in page
    assert "No figures over time were recorded" in page
    assert "No evidence item was kept." in page


def test_hostile_words_are_text(
    browser_of: BrowserOf, session: MonitoringSession, incident: Incident, reviewer: User
) -> None:
    with within(session.institution):
        Incident.objects.filter(pk=incident.pk).update(explanation="<script>alert(1)</script>")
    page = page_of(browser_of(reviewer), session)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_the_reason_of_an_allowance_is_not_in_it(
    browser_of: BrowserOf, session: MonitoringSession, reviewer: User
) -> None:
    assert session.attempt is not None
    with within(session.institution):
        Allowance.objects.create(
            institution=session.institution,
            enrolment=session.attempt.enrolment,
            extra_minutes=10,
            reason="Dyslexia, as certified",
        )
    assert "Dyslexia" not in page_of(browser_of(reviewer), session)
