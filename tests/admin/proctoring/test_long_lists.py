"""The long lists of the admin: pages by place, nothing is counted, and every filter has an index to walk."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams.models import Attempt, JournalEntry, Sitting
from proctoring.models import Incident, MonitoringSession
from tests.factories.proctoring import make_incident

INCIDENTS = "/admin/proctoring/incident/"
SESSIONS = "/admin/proctoring/monitoringsession/"
AUDIT = "/admin/accounts/auditentry/"
ATTEMPTS = "/admin/exams/attempt/"
JOURNAL = "/admin/exams/journalentry/"
BrowserOf = Callable[[User], Client]

QUERIES = [
    INCIDENTS,
    f"{INCIDENTS}?after=100000",
    f"{INCIDENTS}?end=1",
    f"{INCIDENTS}?review_state__exact=unreviewed",
    f"{INCIDENTS}?kind__exact=phone&after=100000",
    f"{INCIDENTS}?severity__exact=high&end=1",
    f"{INCIDENTS}?light__exact=dark",
    f"{INCIDENTS}?advisory__exact=1",
    f"{INCIDENTS}?kind__exact=phone&review_state__exact=upheld&severity__exact=high&light__exact=dark",
    SESSIONS,
    f"{SESSIONS}?state__exact=live&after=100000",
    f"{SESSIONS}?end=1",
    AUDIT,
    f"{AUDIT}?end=1",
    ATTEMPTS,
    f"{ATTEMPTS}?state__exact=submitted&after=100000",
    f"{ATTEMPTS}?ended_by__exact=clock&end=1",
    JOURNAL,
    f"{JOURNAL}?end=1",
    f"{AUDIT}?act=incident.&after=100000",
    f"{AUDIT}?act=incident.opened",
    f"{AUDIT}?subject=incident",
    f"{AUDIT}?who=system&end=1",
    f"{AUDIT}?who=admin",
]
TABLES: dict[str, type[Model]] = {
    INCIDENTS: Incident,
    SESSIONS: MonitoringSession,
    AUDIT: AuditEntry,
    ATTEMPTS: Attempt,
    JOURNAL: JournalEntry,
}


@pytest.mark.parametrize("address", QUERIES)
def test_a_page_walks_an_index_from_its_place_and_neither_sorts_nor_counts(
    browser_of: BrowserOf, incident: Incident, admin_member: User, address: str
) -> None:
    client = browser_of(admin_member)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    asked = [each["sql"] for each in queries]
    name = TABLES[address.partition("?")[0]]._meta.db_table
    counted = [sql for sql in asked if f'FROM "{name}"' in sql and "COUNT(" in sql]
    assert counted == []
    [page] = [sql for sql in asked if re.match(rf'SELECT "{name}"."id" .*LIMIT 51$', sql)]
    assert "OFFSET" not in page
    plan = plan_of(page)
    assert not re.search(r"\bSort  \(|TEMP B-TREE", plan), plan
    assert not re.search(rf"(SCAN {name}\b|Seq Scan on {name}\b)", plan), plan


def plan_of(sql: str) -> str:
    """How the database would answer; PostgreSQL may not scan, which for so few rows it always prefers."""
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if is_postgresql:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"{'EXPLAIN' if is_postgresql else 'EXPLAIN QUERY PLAN'} {sql}")
        return "\n".join(" ".join(map(str, row)) for row in cursor.fetchall())


def shown(client: Client, query: str) -> tuple[list[int], Any]:
    page = client.get(f"{INCIDENTS}?{query}").context["cl"]
    return [row.pk for row in page.result_list], page


def test_pages_lead_to_their_neighbours_and_keep_the_filters(
    browser_of: BrowserOf, session: MonitoringSession, reviewer: User
) -> None:
    ids = sorted((make_incident(session).pk for _ in range(120)), reverse=True)
    client = browser_of(reviewer)
    first, page = shown(client, "kind__exact=no_face")
    assert (first, page.newer_query) == (ids[:50], "")
    assert page.older_query == f"?after={ids[49]}&kind__exact=no_face"
    second, page = shown(client, page.older_query[1:])
    assert second == ids[50:100]
    assert shown(client, page.newer_query[1:])[0] == ids[:50]
    third, page = shown(client, page.older_query[1:])
    assert (third, page.older_query) == (ids[100:], "")
    last, page = shown(client, "end=1&kind__exact=no_face")
    assert (last, page.older_query) == (ids[-50:], "")
    assert page.newer_query


@pytest.mark.parametrize("place", ["after=x", "before=-1", f"after={'9' * 30}", "before=", "p=7"])
def test_a_place_that_makes_no_sense_shows_the_beginning(
    browser_of: BrowserOf, incident: Incident, reviewer: User, place: str
) -> None:
    assert shown(browser_of(reviewer), place)[0] == [incident.pk]


def test_a_foreign_row_as_place_shows_none_of_theirs(
    browser_of: BrowserOf, incident: Incident, foreign_incident: Incident, reviewer: User
) -> None:
    assert shown(browser_of(reviewer), f"after={foreign_incident.pk + 1}")[0] == [incident.pk]


def test_entries_of_the_same_moment_are_neither_left_out_nor_repeated(
    browser_of: BrowserOf, institution: Institution, sitting: Sitting, admin_member: User
) -> None:
    with within(institution):
        entry = AuditEntry.objects.filter(institution=institution).order_by("-pk").first()
        if entry is None:
            entry = _entry(institution, sitting, 1)
        made = [_entry(institution, sitting, number, at=entry.at) for number in range(2, 72)]
    client = browser_of(admin_member)
    seen: list[int] = []
    query = ""
    for _ in range(10):
        page = client.get(f"{AUDIT}{query}").context["cl"]
        seen += [row.pk for row in page.result_list]
        query = page.older_query
        if not query:
            break
    assert {each.pk for each in made} <= set(seen)
    assert len(seen) == len(set(seen))


def _entry(institution: Institution, sitting: Sitting, number: int, **fields: Any) -> AuditEntry:
    from proctor_site.kernel import clock

    values = {"at": clock.now(), "verb": "test.done", "previous_hash": "0" * 64, "hash": "0" * 64, **fields}
    return AuditEntry.objects.create(
        institution=institution, stream=f"test:{sitting.pk}", sequence=number, **values
    )


def test_names_are_found_through_people(
    browser_of: BrowserOf, incident: Incident, foreign_incident: Incident, reviewer: User, monkeypatch: Any
) -> None:
    client = browser_of(reviewer)
    for few_people, few_holders in ((1_000, 2_000), (1_000, 0), (0, 0)):  # by number; walking down the list
        monkeypatch.setattr("accounts.admin.people_search.FEW_PEOPLE", few_people)
        monkeypatch.setattr("accounts.admin.people_search.FEW_HOLDERS", few_holders)
        assert shown(client, "q=carla+cand")[0] == [incident.pk]
        assert shown(client, "q=carla+nobody")[0] == []
        assert shown(client, f"q={foreign_incident.session.candidate.name.split()[0]}zz")[0] == []
    assert shown(client, "q=%25")[0] == []  # a sign of LIKE is no wildcard


def test_attempts_are_found_by_name_address_and_sitting(
    browser_of: BrowserOf, attempt: Attempt, officer: User, foreign_incident: Incident, monkeypatch: Any
) -> None:
    client = browser_of(officer)

    def found(query: str) -> list[int]:
        return [row.pk for row in client.get(f"{ATTEMPTS}?{query}").context["cl"].result_list]

    nobody = client.get(f"{ATTEMPTS}?q=nobody-at-all&_facets=True").content.decode()
    assert "Nothing fits what you chose." in nobody and "Show counts" not in nobody
    person = attempt.enrolment.candidate
    for few in (1_000, 0):
        monkeypatch.setattr("accounts.admin.people_search.FEW_PEOPLE", few)
        assert found(f"q={person.name.split()[0]}") == [attempt.pk]
        assert found(f"q={person.email}") == [attempt.pk]
        assert found("q=nobody-at-all") == []
    assert found(f"sitting={attempt.enrolment.sitting_id}") == [attempt.pk]
    foreign = foreign_incident.session.attempt
    assert foreign is not None
    assert found(f"sitting={foreign.enrolment.sitting_id}") == found("sitting=x") == []
