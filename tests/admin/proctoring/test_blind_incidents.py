"""While a case is read blind, no page of its incidents says who it is about: list, search, page, texts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams.models import Attempt, Sitting
from proctoring import states
from proctoring.incidents import services
from proctoring.models import (
    CandidateWarning,
    Case,
    CaseComment,
    ChatMessage,
    Incident,
    MonitoringSession,
    ReviewSettings,
)
from tests.factories.accounts import make_member
from tests.factories.cases import make_case
from tests.factories.exams import enrol, make_attempt
from tests.factories.proctoring import make_incident
from tests.watched_sitting import keep_pictures

BrowserOf = Callable[..., Client]
LIST = "/admin/proctoring/incident/"


@pytest.fixture
def case(session: MonitoringSession, incident: Incident, attempt: Attempt, proctor: User) -> Case:
    """An open case with evidence, in which everybody calls the candidate by the name."""
    session.state, session.ended_at = "ended", session.started_at + timedelta(hours=1)
    session.save(update_fields=["state", "ended_at"])
    keep_pictures(incident, 1)
    made = make_case(session)
    here = {"institution": attempt.institution}
    with within(attempt.institution):
        CandidateWarning.objects.create(
            session=session, proctor=proctor, text="Carla, sit down.", sent_at=session.started_at, **here
        )
        ChatMessage.objects.create(
            attempt=attempt,
            side="proctor",
            author=proctor,
            text="Hello CARLA!",
            client_id="1",
            sent_at=session.started_at,
            **here,
        )
        CaseComment.objects.create(
            case=made, author=proctor, text="I know Carla well.", created_at=session.started_at, **here
        )
        services.acknowledge(incident, actor=proctor, note="Carla again")
    return made


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def addresses(case: Case, incident: Incident) -> list[str]:
    return [
        f"/admin/proctoring/case/{case.pk}/change/",
        f"{LIST}{incident.pk}/change/",
        LIST,
        f"{LIST}?session__id__exact={case.session_id}",
    ]


def test_no_page_says_the_name_before_the_first_reading(
    browser_of: BrowserOf, reviewer: User, case: Case, incident: Incident
) -> None:
    client = browser_of(reviewer)
    for address in addresses(case, incident):
        text = page_of(client, address)
        assert "carla" not in text.lower(), address
        assert case.pseudonym in text, address
    desk = page_of(client, addresses(case, incident)[0])
    assert f"Hello Candidate {case.pseudonym}!" in desk
    assert f"I know Candidate {case.pseudonym} well." in desk
    page = page_of(client, f"{LIST}{incident.pk}/change/")
    assert f"Candidate {case.pseudonym} again" in page
    assert f"/monitoringsession/{case.session_id}/" not in page, "its page says the name"


def test_the_search_for_a_name_does_not_find_who_is_hidden(
    browser_of: BrowserOf, reviewer: User, case: Case, incident: Incident, sitting: Sitting
) -> None:
    other = make_member(sitting.institution, Role.CANDIDATE, name="Carla Other")
    own = make_incident(
        MonitoringSession.objects.create(
            institution=sitting.institution,
            attempt=make_attempt(enrol(sitting, other)),
            sitting=sitting,
            candidate=other,
            started_at=incident.started_at,
        )
    )
    text = page_of(browser_of(reviewer), f"{LIST}?q=Carla")
    assert f"{LIST}{own.pk}/change/" in text
    assert f"{LIST}{incident.pk}/change/" not in text


def test_who_watched_and_reads_no_cases_sees_the_name(
    browser_of: BrowserOf, proctor: User, case: Case, incident: Incident
) -> None:
    client = browser_of(proctor)
    assert "Carla" in page_of(client, f"{LIST}{incident.pk}/change/")
    assert f"{LIST}{incident.pk}/change/" in page_of(client, f"{LIST}?q=Carla")


def test_where_nobody_reads_blind_all_is_shown(
    browser_of: BrowserOf, reviewer: User, case: Case, incident: Incident, institution: Institution
) -> None:
    with within(institution):
        ReviewSettings.objects.update_or_create(institution=institution, defaults={"is_blind": False})
    for address in addresses(case, incident):
        assert "Carla" in page_of(browser_of(reviewer), address), address


def test_after_the_readings_the_name_is_shown(
    browser_of: BrowserOf, reviewer: User, case: Case, incident: Incident, institution: Institution
) -> None:
    with within(institution):
        Case.objects.filter(pk=case.pk).update(state=states.CASE_SECOND_READ)
    for address in addresses(case, incident):
        assert "Carla" in page_of(browser_of(reviewer), address), address


def test_names_of_a_list_cost_no_query_each(
    browser_of: BrowserOf, reviewer: User, case: Case, session: MonitoringSession
) -> None:
    client = browser_of(reviewer)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            page_of(client, LIST)
        return len(found)

    count()
    few = count()
    for _ in range(5):
        make_incident(session)
    assert count() == few
