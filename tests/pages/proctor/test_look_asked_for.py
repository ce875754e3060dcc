"""Who watched, or reads a report, asks that somebody look at an attempt: once, with a reason, not live."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.tenancy import within
from exams import states as attempt_states
from exams.models import Attempt
from proctoring.models import Case, MonitoringSession
from tests.factories.cases import make_ended_session
from tests.watched_sitting import verbs_of

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


@pytest.fixture
def ended(attempt: Attempt) -> MonitoringSession:
    Attempt._base_manager.filter(pk=attempt.pk).update(state=attempt_states.SUBMITTED)
    MonitoringSession._base_manager.filter(attempt=attempt).delete()
    attempt.refresh_from_db()
    return make_ended_session(attempt)


def address(session: MonitoringSession) -> str:
    return f"/i/{session.institution.slug}/reports/proctoring/sessions/{session.public_id}/look/"


def test_a_proctor_asks_for_a_look_and_a_reader_sees_why(
    browser_of: Browser, proctor: User, reviewer: User, ended: MonitoringSession
) -> None:
    client = browser_of(proctor)
    report = client.get(f"/i/{ended.institution.slug}/reports/proctoring/attempts/{ended.attempt_id}/")
    assert address(ended) in report.content.decode()
    assert "What should be looked at" in client.get(address(ended)).content.decode()
    answer = client.post(address(ended), {"reason": "Carla spoke with somebody at 9:12."}, follow=True)
    assert "readers have it in their queue" in answer.content.decode()
    with within(ended.institution):
        case = Case.objects.get(session=ended)
        assert (case.opened_for, case.opened_by) == ("asked", proctor)
        assert "case.opened" in verbs_of(ended.institution, f"case:{case.pk}")
    desk = browser_of(reviewer).get(f"/admin/proctoring/case/{case.pk}/change/").content.decode()
    assert f"Candidate {case.pseudonym} spoke with somebody at 9:12." in desk
    assert str(proctor) in desk
    again = client.post(address(ended), {"reason": "Once more."})
    assert again.status_code == 409
    assert "has a case already" in again.content.decode()


def test_without_a_reason_nothing_is_opened_and_the_field_is_named(
    browser_of: Browser, reviewer: User, ended: MonitoringSession
) -> None:
    for reason in ("", "  ", "x" * 1001):
        answer = browser_of(reviewer).post(address(ended), {"reason": reason})
        assert answer.status_code == 400
        assert 'aria-invalid="true"' in answer.content.decode()
    with within(ended.institution):
        assert not Case.objects.exists()


def test_while_the_attempt_runs_nobody_asks(
    browser_of: Browser, proctor: User, session: MonitoringSession
) -> None:
    client = browser_of(proctor)
    assert "The attempt still runs" in client.get(address(session)).content.decode()
    assert client.post(address(session), {"reason": "Now."}).status_code == 409


def test_nobody_asks_about_sittings_of_others_or_the_own_attempt(
    browser_of: Browser, second_proctor: User, candidate: User, ended: MonitoringSession
) -> None:
    assert browser_of(second_proctor).post(address(ended), {"reason": "See."}).status_code == 404
    assert browser_of(candidate).post(address(ended), {"reason": "See."}).status_code == 403


def test_the_session_page_leads_there(browser_of: Browser, reviewer: User, ended: MonitoringSession) -> None:
    page = browser_of(reviewer).get(f"/admin/proctoring/monitoringsession/{ended.pk}/change/")
    assert address(ended) in page.content.decode()
