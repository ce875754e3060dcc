"""The incident list of the admin: own rows, filters, thumbnails, a fixed number of queries."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.roles import Role
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from proctoring.models import EvidenceItem, Incident, MonitoringSession
from proctoring.observations import ObservationKind, Severity
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_sitting
from tests.factories.proctoring import make_incident, make_session
from tests.watched_sitting import keep_pictures, more_attempts

URL = "/admin/proctoring/incident/"
BrowserOf = Callable[..., Client]


def shown(client: Client, query: str = "") -> list[int]:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.headers
    return [row.pk for row in answer.context["cl"].result_list]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("reviewer", 200),
        ("proctor", 200),
        ("officer", 200),
        ("admin_member", 200),
        ("author", 403),
        ("foreign_officer", 200),
    ],
)
def test_who_may_open_it(
    request: pytest.FixtureRequest, browser_of: BrowserOf, incident: Incident, who: str, status: int
) -> None:
    assert browser_of(request.getfixturevalue(who)).get(URL).status_code == status


@pytest.mark.parametrize("who", ["candidate", "stranger"])
def test_people_without_a_staff_role_do_not_enter(
    request: pytest.FixtureRequest, browser_of: BrowserOf, incident: Incident, who: str
) -> None:
    answer = browser_of(request.getfixturevalue(who)).get(URL)
    assert answer.status_code in (302, 403)
    assert b"Biology" not in answer.content


def test_a_foreign_officer_sees_none_of_ours(
    browser_of: BrowserOf, incident: Incident, foreign_incident: Incident, foreign_officer: User
) -> None:
    assert shown(browser_of(foreign_officer)) == [foreign_incident.pk]


def test_a_proctor_sees_own_sittings_only(
    browser_of: BrowserOf, incident: Incident, proctor: User, second_proctor: User, second_candidate: User
) -> None:
    assert incident.sitting is not None
    other = make_sitting(incident.sitting.exam, proctors=[second_proctor])
    theirs = make_incident(make_session(make_attempt(enrol(other, second_candidate))))
    assert shown(browser_of(proctor)) == [incident.pk]
    assert shown(browser_of(second_proctor)) == [theirs.pk]


@pytest.mark.parametrize("who", ["reviewer", "officer", "admin_member", "data_officer"])
def test_reviewers_and_the_office_see_every_sitting(
    request: pytest.FixtureRequest,
    browser_of: BrowserOf,
    incident: Incident,
    second_proctor: User,
    second_candidate: User,
    who: str,
) -> None:
    assert incident.sitting is not None
    other = make_sitting(incident.sitting.exam, proctors=[second_proctor])
    theirs = make_incident(make_session(make_attempt(enrol(other, second_candidate))))
    assert shown(browser_of(request.getfixturevalue(who))) == [theirs.pk, incident.pk]


@pytest.fixture
def data_officer(institution: Institution) -> User:
    return make_member(institution, Role.DATA_PROTECTION_OFFICER, name="Dora Data")


@pytest.fixture
def many(institution: Institution, sitting: Sitting) -> list[Incident]:
    """60 incidents in two sittings: every kind, severity and state in turn, one a day back in time."""
    states = ("unreviewed", "acknowledged", "upheld", "dismissed", "inconclusive")
    second = make_sitting(sitting.exam, title="Spring")
    people = [make_member(institution, Role.CANDIDATE, name=name) for name in ("Anna Berg", "Ben Okafor")]
    sessions = [make_session(each) for place in (sitting, second) for each in more_attempts(place, people)]
    made = []
    for number in range(60):
        began = clock.now() - timedelta(days=number)
        made.append(
            make_incident(
                sessions[number % 4],
                kind=list(ObservationKind)[number % 5],
                severity=list(Severity)[number % 4],
                review_state=states[number % 5],
                started_at=began,
                last_seen_at=began,
                ended_at=began,
            )
        )
    return made


def expected(many: list[Incident], wanted: Callable[[Incident], bool]) -> list[int]:
    return sorted((each.pk for each in many if wanted(each)), reverse=True)


def test_newest_come_first_and_fifty_make_a_page(
    browser_of: BrowserOf, many: list[Incident], reviewer: User
) -> None:
    everything = expected(many, lambda each: True)
    assert shown(browser_of(reviewer)) == everything[:50]
    client = browser_of(reviewer)
    assert shown(client, f"after={everything[49]}") == everything[50:]
    assert shown(client, "end=1") == everything[-50:]
    assert shown(client, f"before={everything[50]}") == everything[:50]
    assert shown(client, f"before={everything[-1]}") == everything[-51:-1]


def test_filters(browser_of: BrowserOf, many: list[Incident], reviewer: User, sitting: Sitting) -> None:
    client = browser_of(reviewer)
    assert shown(client, "review_state__exact=unreviewed") == expected(
        many, lambda each: each.review_state == "unreviewed"
    )
    assert shown(client, "severity__exact=high") == expected(many, lambda each: each.severity == "high")
    assert shown(client, "kind__exact=no_face") == expected(many, lambda each: each.kind == "no_face")
    assert shown(client, f"sitting={sitting.pk}") == expected(many, lambda each: each.sitting == sitting)
    assert shown(
        client, f"sitting={sitting.pk}&severity__exact=high&review_state__exact=unreviewed"
    ) == expected(
        many, lambda each: (each.sitting, each.severity, each.review_state) == (sitting, "high", "unreviewed")
    )
    week = (clock.now() - timedelta(days=6, hours=12)).isoformat()
    assert shown(client, f"started_at__gte={week.replace('+', '%2B')}") == expected(
        many, lambda each: each.started_at.isoformat() >= week
    )
    assert shown(client, "q=okafor") == expected(
        many, lambda each: str(each.session.candidate) == "Ben Okafor"
    )


def test_the_many_kinds_are_folded_away_until_one_is_chosen(browser_of: BrowserOf, reviewer: User) -> None:
    client = browser_of(reviewer)
    assert b'<details data-filter-title="kind">' in client.get(URL).content
    assert b'<details data-filter-title="kind" open>' in client.get(URL, {"kind__exact": "phone"}).content


@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "1 or 1=1"])
def test_a_sitting_filter_that_makes_no_sense_shows_nothing(
    browser_of: BrowserOf, incident: Incident, reviewer: User, value: str
) -> None:
    assert shown(browser_of(reviewer), f"sitting={value}") == []


def test_the_sitting_filter_offers_own_sittings_only(
    browser_of: BrowserOf,
    incident: Incident,
    foreign_incident: Incident,
    sitting: Sitting,
    reviewer: User,
    proctor: User,
) -> None:
    unwatched = make_sitting(sitting.exam, title="Unwatched")

    def offered(user: User) -> set[int]:
        filters = browser_of(user).get(URL).context["cl"].filter_specs
        return {int(value) for value, _ in filters[0].lookup_choices}

    assert offered(reviewer) == {sitting.pk, unwatched.pk}
    assert offered(proctor) == {sitting.pk}


def test_a_foreign_sitting_in_the_filter_shows_nothing(
    browser_of: BrowserOf, incident: Incident, foreign_incident: Incident, reviewer: User
) -> None:
    assert shown(browser_of(reviewer), f"sitting={foreign_incident.sitting_id}") == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_is_fixed(
    browser_of: BrowserOf,
    sitting: Sitting,
    reviewer: User,
    institution: Institution,
    number: int,
    django_assert_num_queries: Any,
) -> None:
    people = [make_member(institution, Role.CANDIDATE) for _ in range(number)]
    for each in more_attempts(sitting, people):
        keep_pictures(make_incident(make_session(each)), 2)
    client = browser_of(reviewer)
    client.get(URL)
    with django_assert_num_queries(12):
        client.get(URL)


def test_the_thumbnail_shows_the_start_behind_an_own_link(
    browser_of: BrowserOf, incident: Incident, evidence: list[EvidenceItem], reviewer: User
) -> None:
    client = browser_of(reviewer)
    page = client.get(URL).content.decode()
    links = re.findall(r'src="(/i/north-college/evidence/[^"]+)"', page)
    assert [link.split("/")[4] for link in links] == [str(evidence[1].pk)]
    assert client.get(links[0].replace("&amp;", "&")).status_code == 200
    assert 'alt="Carla Candidate: several faces"' in page


def test_without_evidence_it_says_so(browser_of: BrowserOf, incident: Incident, reviewer: User) -> None:
    assert "no picture" in browser_of(reviewer).get(URL).content.decode()


def test_a_data_protection_officer_sees_no_pictures(
    browser_of: BrowserOf, incident: Incident, evidence: list[EvidenceItem], data_officer: User
) -> None:
    page = browser_of(data_officer).get(URL).content.decode()
    assert "several faces" in page
    assert "/evidence/" not in page


def test_times_are_in_the_readers_zone(
    browser_of: BrowserOf, session: MonitoringSession, reviewer: User
) -> None:
    began = clock.now().replace(year=2027, month=1, day=5, hour=23, minute=30, second=5)
    make_incident(session, started_at=began, last_seen_at=began, ended_at=began + timedelta(seconds=75))
    page = browser_of(reviewer).get(URL).content.decode()
    assert "6 Jan 2027, 00:30:05" in page
    assert "1 min 15 s" in page


@pytest.mark.parametrize("who", ["reviewer", "officer", "admin_member", "proctor"])
def test_nobody_adds_deletes_or_acts_on_many(
    request: pytest.FixtureRequest, browser_of: BrowserOf, incident: Incident, who: str
) -> None:
    client = browser_of(request.getfixturevalue(who))
    assert client.get(f"{URL}add/").status_code == 404
    assert client.get(f"{URL}{incident.pk}/delete/").status_code == 404
    assert client.post(f"{URL}{incident.pk}/delete/", {"post": "yes"}).status_code == 404
    client.post(URL, {"action": "delete_selected", "_selected_action": [incident.pk], "post": "yes"})
    page = client.get(URL).content.decode()
    assert 'name="action"' not in page
    assert Incident._base_manager.filter(pk=incident.pk).exists()


def test_the_list_cannot_be_sorted_off_its_index(
    browser_of: BrowserOf, many: list[Incident], reviewer: User
) -> None:
    assert shown(browser_of(reviewer), "o=3") == expected(many, lambda each: True)[:50]


def test_an_attempt_of_an_outside_caller_is_shown_to_reviewers_only(
    browser_of: BrowserOf, institution: Institution, reviewer: User, proctor: User, attempt: Attempt
) -> None:
    outside = MonitoringSession._base_manager.create(institution=institution, started_at=clock.now())
    found = make_incident(outside)
    assert shown(browser_of(reviewer)) == [found.pk]
    assert shown(browser_of(proctor)) == []


def test_a_filter_with_a_nul_character_leads_back_to_the_list(
    browser_of: BrowserOf, incident: Incident, reviewer: User
) -> None:
    """As Django does with filters that make no sense; PostgreSQL could not even be asked."""
    answer = browser_of(reviewer).get("/admin/proctoring/incident/?sitting=%00")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/proctoring/incident/?e=1")
