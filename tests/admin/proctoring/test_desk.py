"""The desk: what it shows, to whom, blind, in a fixed number of queries, and decisions made on it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams.models import Attempt, JournalEntry, QuestionView, Sitting
from proctoring.models import BrowserEvent, Case, CoverageMinute, EvidenceItem, Incident, MonitoringSession
from proctoring.models.case import OpenedFor
from proctoring.observations import ObservationKind, Severity
from tests.factories.accounts import make_member
from tests.factories.cases import make_case
from tests.factories.exams import enrol, make_attempt
from tests.factories.proctoring import make_incident
from tests.watched_sitting import keep_pictures, keep_sound

BrowserOf = Callable[..., Client]


@pytest.fixture
def case(session: MonitoringSession, attempt: Attempt) -> Case:
    """An open case of an attempt that lasted an hour."""
    session.state, session.ended_at = "ended", session.started_at + timedelta(hours=1)
    session.save(update_fields=["state", "ended_at"])
    return make_case(session)


def address(case: Case) -> str:
    return f"/admin/proctoring/case/{case.pk}/change/"


def page_of(client: Client, case: Case) -> str:
    answer = client.get(address(case))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("reviewer", 200),
        ("officer", 200),
        ("admin_member", 200),
        ("proctor", 403),
        ("author", 403),
        ("foreign_officer", 404),
    ],
)
def test_who_may_open_it(
    request: pytest.FixtureRequest, browser_of: BrowserOf, case: Case, who: str, status: int
) -> None:
    assert browser_of(request.getfixturevalue(who)).get(address(case)).status_code == status


def test_nobody_reads_their_own_case(
    institution: Institution, sitting: Sitting, browser_of: BrowserOf
) -> None:
    both = make_member(institution, Role.REVIEWER)
    case = make_case(make_attempt(enrol(sitting, both)), opened_for=OpenedFor.ASKED)
    assert browser_of(both).get(address(case)).status_code == 404


def test_it_shows_each_incident_with_words_for_each_piece(
    browser_of: BrowserOf, reviewer: User, case: Case, incident: Incident
) -> None:
    items = keep_pictures(incident, 2)
    sound = keep_sound(incident)
    text = page_of(browser_of(reviewer), case)
    assert f'id="incident-{incident.pk}"' in text
    assert incident.explanation in text
    assert f"/admin/proctoring/incident/{incident.pk}/change/" in text
    for image in re.findall(r"<img [^>]*>", text):
        words = re.search(r'alt="([^"]*)"', image)
        assert words, image
        if "/evidence/" in image:
            assert re.search(r"Camera picture, .*, \d\d:\d\d:\d\d, .* The rule says: ", words[1]), image
    assert text.count("/evidence/") >= len(items) + 1
    assert "another voice 0:01-0:01" in text, "what is to be heard stands below the player"
    assert f'id="item-{sound.pk}"' in text


def test_the_name_is_hidden_while_the_case_is_read_blind(
    browser_of: BrowserOf, reviewer: User, case: Case, incident: Incident
) -> None:
    keep_pictures(incident, 2)
    name = str(case.session.candidate)
    text = page_of(browser_of(reviewer), case)
    assert case.pseudonym in text
    assert name not in text


def test_what_the_candidate_did_stands_on_the_lanes(
    browser_of: BrowserOf, reviewer: User, case: Case, attempt: Attempt, institution: Institution
) -> None:
    at = case.session.started_at + timedelta(minutes=5)
    with within(institution):
        item = attempt.paper.first()
        assert item is not None
        QuestionView.objects.create(
            institution=institution,
            attempt=attempt,
            item=item,
            number=1,
            started_at=at,
            ended_at=at + timedelta(seconds=30),
        )
        JournalEntry.objects.create(
            institution=institution,
            attempt=attempt,
            sequence=1,
            device="d",
            client_sequence=1,
            item=item,
            client_at=at,
            received_at=at,
            previous_hash="0" * 64,
            hash="1" * 64,
        )
        BrowserEvent.objects.create(
            institution=institution,
            session=case.session,
            attempt=attempt,
            kind="tab_hidden",
            started_at=at,
            received_at=at,
            seconds=3,
        )
        CoverageMinute.objects.create(
            institution=institution,
            session=case.session,
            minute=at.replace(second=0, microsecond=0),
            captured=40,
            analysed=38,
            shed=2,
        )
    text = page_of(browser_of(reviewer), case)
    title = item.version.question.title
    assert f"Question 1: {title}" in text
    assert f"Answer to question 1 saved, once: {title}" in text
    assert 'class="desk-bar desk-page look-page"' in text
    assert "38 of 40 that came" in text
    assert "2 pictures came while nobody was free to look at them" in text


@pytest.mark.django_db
def test_a_hundred_incidents_cost_no_more_queries_than_ten(
    browser_of: BrowserOf, reviewer: User, case: Case, session: MonitoringSession
) -> None:
    client = browser_of(reviewer)

    def add(number: int) -> None:
        for _ in range(number):
            keep_pictures(make_incident(session), 1)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            page_of(client, case)
        return len(found)

    add(10)
    count()
    few = count()
    add(90)
    assert count() == few


def decide(client: Client, incident: Incident, case: Case, verb: str, **headers: str) -> Any:
    form = {"verb": verb, "case": str(case.pk), "note": ""}
    return client.post(f"/admin/proctoring/incident/{incident.pk}/decide/", form, headers=headers)


def test_a_decision_is_answered_for_the_script(
    browser_of: BrowserOf, reviewer: User, case: Case, incident: Incident, session: MonitoringSession
) -> None:
    make_incident(session)
    client = browser_of(reviewer)
    answer = decide(client, incident, case, "dismiss", accept="application/json").json()
    assert (answer["state"], answer["left"]) == ("dismissed", 1)
    blocked = {each["name"]: each["is_blocked"] for each in answer["choices"]}
    assert (blocked["dismiss"], blocked["reopen"]) == (True, False)
    again = decide(client, incident, case, "uphold", accept="application/json")
    assert again.status_code == 409
    assert "Nothing was changed" in again.json()["detail"]
    none = decide(client, incident, case, "shout", accept="application/json")
    assert none.status_code == 409


def test_without_a_script_a_decision_leads_back_to_its_incident(
    browser_of: BrowserOf, reviewer: User, case: Case, incident: Incident
) -> None:
    client = browser_of(reviewer)
    answer = decide(client, incident, case, "uphold")
    assert answer["Location"] == f"{address(case)}#incident-{incident.pk}"
    answer = decide(client, incident, case, "uphold")
    assert answer["Location"] == f"{address(case)}#incident-{incident.pk}"
    assert "Nothing was changed" in page_of(client, case)


def test_a_case_without_incidents_says_what_was_watched(
    browser_of: BrowserOf, reviewer: User, case: Case
) -> None:
    text = page_of(browser_of(reviewer), case)
    assert "no proof of an honest exam" in text
    assert "Nothing was counted for this session" in text


def test_what_was_erased_is_said(
    browser_of: BrowserOf, reviewer: User, case: Case, incident: Incident, institution: Institution
) -> None:
    [item] = keep_pictures(incident, 1)
    with within(institution):
        EvidenceItem.objects.filter(pk=item.pk).update(erased_at=case.session.ended_at)
    text = page_of(browser_of(reviewer), case)
    assert "1 file of it was erased" in text
    assert f"/evidence/{item.pk}/" not in text


def test_the_page_of_an_incident_leads_to_its_case(
    browser_of: BrowserOf, reviewer: User, case: Case, incident: Incident
) -> None:
    answer = browser_of(reviewer).get(f"/admin/proctoring/incident/{incident.pk}/change/")
    assert f"{address(case)}#incident-{incident.pk}" in answer.content.decode()


def test_kinds_of_sound_have_their_own_pane(
    browser_of: BrowserOf, reviewer: User, case: Case, session: MonitoringSession
) -> None:
    heard = make_incident(session, kind=ObservationKind.ANOTHER_VOICE, severity=Severity.LOW)
    keep_sound(heard)
    data = browser_of(reviewer).get(address(case)).context["data"]
    assert [(each["track"], each["seconds"]) for each in data["items"]] == [("sound", 2.0)]
