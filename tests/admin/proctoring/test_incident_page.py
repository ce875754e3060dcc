"""The page of one incident: what it shows, to whom, and what it says about blocked decisions."""

from collections.abc import Callable
from datetime import timedelta
from string import Formatter
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from proctoring.admin import detectors
from proctoring.admin.incident_page import VERBS
from proctoring.incidents import services
from proctoring.incidents.rule_table import DEFAULT_RULES
from proctoring.models import EvidenceItem, Incident, MonitoringSession
from proctoring.observations import ObservationKind
from proctoring.states import INCIDENT_REVIEW
from tests.factories.accounts import add_role, make_member
from tests.factories.proctoring import make_incident
from tests.watched_sitting import keep_pictures

BrowserOf = Callable[..., Client]


def page_url(incident: Incident, filters: str = "") -> str:
    address = f"/admin/proctoring/incident/{incident.pk}/change/"
    return f"{address}?_changelist_filters={quote(filters)}" if filters else address


def page_of(client: Client, incident: Incident) -> str:
    return " ".join(client.get(page_url(incident)).content.decode().split())


def blocked(client: Client, incident: Incident) -> dict[str, str]:
    return {each.name: each.blocked for each in client.get(page_url(incident)).context["choices"]}


@pytest.fixture
def data_officer(institution: Institution) -> User:
    return make_member(institution, Role.DATA_PROTECTION_OFFICER, name="Dora Data")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("reviewer", 200),
        ("proctor", 200),
        ("officer", 200),
        ("admin_member", 200),
        ("data_officer", 200),
        ("second_proctor", 404),
        ("author", 403),
        ("foreign_officer", 404),
        ("foreign_proctor", 404),
    ],
)
def test_who_may_open_it(
    request: pytest.FixtureRequest, browser_of: BrowserOf, incident: Incident, who: str, status: int
) -> None:
    assert browser_of(request.getfixturevalue(who)).get(page_url(incident)).status_code == status


@pytest.mark.parametrize("who", ["candidate", "stranger"])
def test_people_without_a_staff_role_do_not_enter(
    request: pytest.FixtureRequest, browser_of: BrowserOf, incident: Incident, who: str
) -> None:
    answer = browser_of(request.getfixturevalue(who)).get(page_url(incident))
    assert answer.status_code in (302, 403)
    assert incident.explanation.encode() not in answer.content


@pytest.mark.parametrize("rest", ["change/", "history/", "delete/", ""])
def test_a_foreign_incident_is_not_found_at_any_address(
    browser_of: BrowserOf, foreign_incident: Incident, officer: User, rest: str
) -> None:
    url = f"/admin/proctoring/incident/{foreign_incident.pk}/{rest}"
    assert browser_of(officer).get(url, follow=True).status_code == 404


@pytest.mark.parametrize("name", ["x", "0", "9" * 30, "1.5"])
def test_numbers_that_make_no_sense_are_not_found(browser_of: BrowserOf, reviewer: User, name: str) -> None:
    assert browser_of(reviewer).get(f"/admin/proctoring/incident/{name}/change/").status_code == 404


def test_it_shows_words_numbers_limits_and_pictures(
    browser_of: BrowserOf, incident: Incident, evidence: list[EvidenceItem], reviewer: User
) -> None:
    Incident._base_manager.filter(pk=incident.pk).update(measurements={"faces": 2, "smallest_px": 84})
    answer = browser_of(reviewer).get(page_url(incident))
    page = " ".join(answer.content.decode().split())
    assert incident.explanation in page
    assert "Not upheld until a person decides." in page
    assert detectors.about(incident.kind) in page
    assert '<th scope="row">Faces seen</th><td>2</td>' in page
    assert '<th scope="row">Height of the smallest face, or other person, in pixels</th><td>84</td>' in page
    assert "not a probability of cheating" in page
    assert [each.item.pk for each in answer.context["exhibits"]] == [item.pk for item in evidence]
    assert [each.offset_words for each in answer.context["exhibits"]] == [
        "1 s before it began",
        "as it began",
        "1 s after it began",
    ]
    assert answer.context["first"] == 1


def test_every_number_of_an_explanation_has_a_name_in_words() -> None:
    of_every_rule = {"count", "looks", "seconds", "confidence", "loudness"}
    for rule in DEFAULT_RULES.values():
        named = {name for _, name, _, _ in Formatter().parse(rule.template) if name} - of_every_rule
        assert named <= detectors.MEASURE_NAMES.keys(), rule.kind


def test_a_data_protection_officer_sees_no_pictures_and_no_buttons(
    browser_of: BrowserOf, incident: Incident, evidence: list[EvidenceItem], data_officer: User
) -> None:
    page = page_of(browser_of(data_officer), incident)
    assert "without the pictures" in page
    assert "/evidence/" not in page.replace("/incidents/", "")
    assert "You can look, but not decide about this incident." in page
    assert 'name="verb"' not in page


def test_a_proctor_who_sits_the_exam_cannot_decide_about_themselves(
    browser_of: BrowserOf, incident: Incident, institution: Institution, candidate: User
) -> None:
    add_role(candidate, institution, Role.REVIEWER)
    assert 'name="verb"' not in page_of(browser_of(candidate), incident)


def test_blocked_decisions_are_explained(
    browser_of: BrowserOf, incident: Incident, reviewer: User, institution: Institution
) -> None:
    client = browser_of(reviewer)
    assert blocked(client, incident) == {
        "uphold": "",
        "dismiss": "",
        "leave_inconclusive": "",
        "acknowledge": "",
        "reopen": "Nothing has been decided yet.",
    }
    with within(institution):
        services.acknowledge(incident, actor=reviewer)
    assert blocked(client, incident) == {
        "uphold": "",
        "dismiss": "",
        "leave_inconclusive": "",
        "acknowledge": "Already acknowledged.",
        "reopen": "",
    }
    with within(institution):
        services.dismiss(incident, actor=reviewer, note="A poster.")
    words = "Already dismissed. Reopen it to decide again."
    assert blocked(client, incident) == {
        "uphold": words,
        "dismiss": words,
        "leave_inconclusive": words,
        "acknowledge": words,
        "reopen": "",
    }
    page = page_of(client, incident)
    assert "dismissed by Rita Reviewer: “A poster.”" in page


def test_every_verb_of_the_table_has_a_button() -> None:
    assert set(VERBS) == set(INCIDENT_REVIEW.verbs)
    assert len({verb.key for verb in VERBS.values()}) == len(VERBS)


def test_every_detector_says_what_it_cannot_know() -> None:
    assert set(detectors.ABOUT) == set(ObservationKind)


def test_neighbours_follow_the_filtered_list(
    browser_of: BrowserOf, session: MonitoringSession, reviewer: User
) -> None:
    first, second, third, fourth = (
        make_incident(session, severity=severity) for severity in ("high", "low", "high", "high")
    )
    client = browser_of(reviewer)
    everything = client.get(page_url(third)).context
    assert (everything["older_url"], everything["newer_url"]) == (page_url(second), page_url(fourth))
    filters = "severity__exact=high"
    filtered = client.get(page_url(third, filters)).context
    kept = "?_changelist_filters=severity__exact%3Dhigh"
    assert filtered["older_url"] == page_url(first) + kept
    assert filtered["newer_url"] == page_url(fourth) + kept
    assert filtered["queue"].list_url == "/admin/proctoring/incident/?severity__exact=high"
    last = client.get(page_url(first)).context
    assert last["older_url"] == ""


@pytest.mark.parametrize("filters", ["nonsense=1", "severity__exact=", "p=99", "kind__in=\x00", "sitting=x"])
def test_filters_that_make_no_sense_do_no_harm(
    browser_of: BrowserOf, incident: Incident, reviewer: User, filters: str
) -> None:
    assert browser_of(reviewer).get(page_url(incident, filters)).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_is_fixed(
    browser_of: BrowserOf,
    session: MonitoringSession,
    reviewer: User,
    number: int,
    django_assert_num_queries: Any,
) -> None:
    for place in range(number):
        found = make_incident(session, started_at=session.started_at - timedelta(seconds=place))
        keep_pictures(found, number)
    client = browser_of(reviewer)
    client.get(page_url(found))
    with django_assert_num_queries(26):
        client.get(page_url(found))


def test_looking_changes_nothing_and_posting_to_the_page_is_refused(
    browser_of: BrowserOf, incident: Incident, reviewer: User
) -> None:
    client = browser_of(reviewer)
    assert client.post(page_url(incident), {"review_state": "upheld"}).status_code == 405
    assert Incident._base_manager.get(pk=incident.pk).review_state == "unreviewed"


def test_the_page_has_no_inline_script_or_style(
    browser_of: BrowserOf, incident: Incident, evidence: list[EvidenceItem], reviewer: User
) -> None:
    page = page_of(browser_of(reviewer), incident)
    assert " style=" not in page
    assert " onclick=" not in page
    assert [part for part in page.split("<script")[1:] if "src=" not in part.split(">")[0]] == []
