"""The decision buttons: state, audit, live event, the next in the queue; refusals change nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.audit import stream_of
from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams.models import Sitting
from proctoring.models import Incident, LiveEvent, MonitoringSession
from tests.factories.accounts import add_role, make_member
from tests.factories.proctoring import make_incident
from tests.watched_sitting import verbs_of

BrowserOf = Callable[..., Client]


def decide(client: Client, incident: Incident, verb: str, **more: Any) -> Any:
    return client.post(f"/admin/proctoring/incident/{incident.pk}/decide/", {"verb": verb, **more})


def page_url(incident: Incident) -> str:
    return f"/admin/proctoring/incident/{incident.pk}/change/"


def said(answer: Any) -> str:
    return " ".join(str(each) for each in get_messages(answer.wsgi_request))


def state_of(incident: Incident) -> str:
    return Incident._base_manager.get(pk=incident.pk).review_state


def untouched(incident: Incident, institution: Institution) -> bool:
    with within(institution):
        events = LiveEvent.objects.filter(kind="incident.reviewed").count()
    found = Incident._base_manager.get(pk=incident.pk)
    return (found.review_state, found.reviewer, events, verbs_of(institution, stream_of(incident))) == (
        incident.review_state,
        incident.reviewer,
        0,
        [],
    )


@pytest.mark.parametrize(
    ("verb", "state", "words"),
    [
        ("uphold", "upheld", "is upheld."),
        ("dismiss", "dismissed", "is dismissed."),
        ("leave_inconclusive", "inconclusive", "is left inconclusive."),
        ("acknowledge", "acknowledged", "is acknowledged."),
    ],
)
def test_a_decision_changes_state_audit_and_live_pages(
    browser_of: BrowserOf,
    incident: Incident,
    reviewer: User,
    institution: Institution,
    sitting: Sitting,
    verb: str,
    state: str,
    words: str,
) -> None:
    answer = decide(browser_of(reviewer), incident, verb, note="  Looked twice.  ")
    assert answer.status_code == 302
    assert words in said(answer)
    found = Incident._base_manager.get(pk=incident.pk)
    assert (found.review_state, found.reviewer, found.review_note) == (state, reviewer, "Looked twice.")
    with within(institution):
        entry = AuditEntry.objects.get(stream=stream_of(incident))
        assert (entry.verb, entry.actor) == (f"incident.{verb}", reviewer)
        assert entry.detail == {"from": "unreviewed", "to": state, "reason": "Looked twice."}
        event = LiveEvent.objects.get(kind="incident.reviewed")
        assert (event.sitting, event.audience, event.payload["review_state"]) == (sitting, "proctors", state)


def test_reopening_takes_it_back_and_stays_on_the_page(
    browser_of: BrowserOf, incident: Incident, reviewer: User, institution: Institution
) -> None:
    client = browser_of(reviewer)
    decide(client, incident, "dismiss")
    answer = decide(client, incident, "reopen", note="Wrong one.")
    assert (state_of(incident), answer["Location"]) == ("unreviewed", page_url(incident))
    assert verbs_of(institution, stream_of(incident)) == ["incident.dismiss", "incident.reopen"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("proctor", 302),
        ("officer", 302),
        ("admin_member", 302),
        ("second_proctor", 404),
        ("author", 403),
        ("foreign_officer", 404),
        ("foreign_proctor", 404),
    ],
)
def test_who_may_decide(
    request: pytest.FixtureRequest, browser_of: BrowserOf, incident: Incident, who: str, status: int
) -> None:
    answer = decide(browser_of(request.getfixturevalue(who)), incident, "dismiss")
    assert answer.status_code == status
    assert state_of(incident) == ("dismissed" if status == 302 else "unreviewed")


@pytest.mark.parametrize("who", ["candidate", "stranger"])
def test_people_without_a_staff_role_cannot_decide(
    request: pytest.FixtureRequest,
    browser_of: BrowserOf,
    incident: Incident,
    institution: Institution,
    who: str,
) -> None:
    assert decide(browser_of(request.getfixturevalue(who)), incident, "dismiss").status_code in (302, 403)
    assert untouched(incident, institution)


def test_a_foreign_incident_is_not_found(
    browser_of: BrowserOf, foreign_incident: Incident, officer: User, other_institution: Institution
) -> None:
    assert decide(browser_of(officer), foreign_incident, "dismiss").status_code == 404
    assert untouched(foreign_incident, other_institution)


def test_a_data_protection_officer_is_refused_in_words(
    browser_of: BrowserOf, incident: Incident, institution: Institution
) -> None:
    answer = decide(browser_of(make_member(institution, Role.DATA_PROTECTION_OFFICER)), incident, "uphold")
    assert said(answer) == "You may not decide about this incident. Nothing was changed."
    assert untouched(incident, institution)


def test_nobody_decides_about_themselves(
    browser_of: BrowserOf, incident: Incident, institution: Institution, candidate: User
) -> None:
    add_role(candidate, institution, Role.REVIEWER, Role.ADMIN)
    decide(browser_of(candidate), incident, "dismiss")
    assert untouched(incident, institution)


def test_without_a_csrf_token_nothing_happens(
    browser_of: BrowserOf, incident: Incident, reviewer: User, institution: Institution
) -> None:
    answer = decide(browser_of(reviewer, enforce_csrf_checks=True), incident, "dismiss")
    assert answer.status_code == 403
    assert untouched(incident, institution)


def test_deciding_takes_a_post(
    browser_of: BrowserOf, incident: Incident, reviewer: User, institution: Institution
) -> None:
    url = f"/admin/proctoring/incident/{incident.pk}/decide/"
    assert browser_of(reviewer).get(url, {"verb": "dismiss"}).status_code == 405
    assert untouched(incident, institution)


@pytest.mark.parametrize("verb", ["", "delete", "__init__", "record"])
def test_unknown_decisions_change_nothing(
    browser_of: BrowserOf, incident: Incident, reviewer: User, institution: Institution, verb: str
) -> None:
    answer = decide(browser_of(reviewer), incident, verb)
    assert said(answer) == "Choose one of the buttons. Nothing was changed."
    assert untouched(incident, institution)


@pytest.mark.parametrize("note", ["x" * 4_001, "a\x00b"])
def test_notes_that_cannot_be_kept_are_refused(
    browser_of: BrowserOf, incident: Incident, reviewer: User, institution: Institution, note: str
) -> None:
    answer = decide(browser_of(reviewer), incident, "dismiss", note=note)
    assert said(answer) == "The note may have up to 4000 ordinary characters. Nothing was changed."
    assert untouched(incident, institution)


def test_a_blocked_decision_is_explained_and_changes_nothing(
    browser_of: BrowserOf, incident: Incident, reviewer: User, institution: Institution
) -> None:
    client = browser_of(reviewer)
    decide(client, incident, "uphold")
    client.get(page_url(incident))  # shows and drops the first message
    answer = decide(client, incident, "dismiss")
    assert said(answer) == "Cannot dismiss: this incident is upheld. Nothing was changed."
    assert (state_of(incident), answer["Location"]) == ("upheld", page_url(incident))
    assert verbs_of(institution, stream_of(incident)) == ["incident.uphold"]


def test_the_next_one_is_further_down_then_at_the_top(
    browser_of: BrowserOf, session: MonitoringSession, reviewer: User
) -> None:
    oldest, middle, newest = (make_incident(session) for _ in range(3))
    client = browser_of(reviewer)
    assert decide(client, middle, "dismiss")["Location"] == page_url(oldest)
    assert decide(client, oldest, "dismiss")["Location"] == page_url(newest)
    answer = decide(client, newest, "acknowledge")
    assert answer["Location"] == "/admin/proctoring/incident/"
    assert "Nothing is left to review here." in said(answer)


def test_the_next_one_keeps_to_the_filters(
    browser_of: BrowserOf, session: MonitoringSession, reviewer: User
) -> None:
    high, low, now = (make_incident(session, severity=each) for each in ("high", "low", "high"))
    filters = "severity__exact=high"
    answer = decide(browser_of(reviewer), now, "dismiss", _changelist_filters=filters)
    assert answer["Location"] == page_url(high) + "?_changelist_filters=severity__exact%3Dhigh"
    assert state_of(low) == "unreviewed"


def test_a_candidates_name_is_escaped_in_the_message(
    browser_of: BrowserOf, incident: Incident, reviewer: User, candidate: User
) -> None:
    candidate.name = "<b>Eve</b>"
    candidate.save()
    assert "&lt;b&gt;Eve&lt;/b&gt;" in said(decide(browser_of(reviewer), incident, "dismiss"))
