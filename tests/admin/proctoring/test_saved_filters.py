"""Saved filters: named on a list, private or shared, opened by one click, plain about what is outdated."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Membership, SavedFilter, User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.models import CaseTag, Incident, MonitoringSession
from tests.factories.proctoring import make_incident

INCIDENTS, CASES = "/admin/proctoring/incident/", "/admin/proctoring/case/"
SAVED = "/admin/accounts/savedfilter/"
SEVERE = "severity__exact=high&review_state__exact=unreviewed&began=7"
BrowserOf = Callable[[User], Client]


def save(client: Client, query: str = SEVERE, **fields: Any) -> Any:
    values = {"page": "incidents", "name": "Severe, this week", "query": query, **fields}
    return client.post(f"{SAVED}save/", values, follow=True)


def saved(name: str = "Severe, this week") -> SavedFilter:
    return SavedFilter._base_manager.get(name=name)


def test_a_filter_is_saved_from_its_list_and_opened_by_one_click(
    browser_of: BrowserOf, incident: Incident, reviewer: User
) -> None:
    client = browser_of(reviewer)
    assert "None yet" in client.get(INCIDENTS).content.decode()
    page = save(client).content.decode()
    assert "The filter is saved" in page
    row = saved()
    assert f'href="{SAVED}{row.pk}/open/" aria-current="true"' in page
    answer = client.get(f"{SAVED}{row.pk}/open/")
    assert answer.status_code == 302
    assert answer["Location"] == f"{INCIDENTS}?began=7&review_state__exact=unreviewed&severity__exact=high"
    assert AuditEntry._base_manager.get(verb="savedfilter.added").detail["shared"] is False


def test_days_stay_relative(
    browser_of: BrowserOf, session: MonitoringSession, incident: Incident, reviewer: User
) -> None:
    client, now = browser_of(reviewer), clock.now()
    old = make_incident(session)
    Incident._base_manager.filter(pk=old.pk).update(started_at=now - timedelta(days=8))
    Incident._base_manager.filter(pk=incident.pk).update(started_at=now)
    save(client, "began=7")
    address = client.get(f"{SAVED}{saved().pk}/open/")["Location"]
    rows = client.get(address).context["cl"].result_list
    assert [row.pk for row in rows] == [incident.pk]
    Incident._base_manager.filter(pk=incident.pk).update(started_at=now - timedelta(days=9))
    assert client.get(address).context["cl"].result_list == []


def test_searched_names_and_places_are_not_kept(
    browser_of: BrowserOf, incident: Incident, reviewer: User
) -> None:
    client = browser_of(reviewer)
    save(client, f"q=Carla&after=12&session__id__exact={incident.session_id}&severity__exact=high")
    assert saved().query == "severity__exact=high"
    page = save(client, "q=Carla", name="Carla").content.decode()
    assert "Choose a filter first" in page
    assert not SavedFilter._base_manager.filter(name="Carla").exists()


def test_shared_ones_are_seen_here_and_changed_by_owner_and_office(
    browser_of: BrowserOf,
    incident: Incident,
    reviewer: User,
    proctor: User,
    officer: User,
    foreign_officer: User,
) -> None:
    save(browser_of(reviewer), is_shared="1")
    save(browser_of(reviewer), name="Mine alone")
    shared, own = saved(), saved("Mine alone")
    page = browser_of(proctor).get(INCIDENTS).content.decode()
    assert "shared by Rita Reviewer" in page
    assert "Mine alone" not in page
    assert browser_of(proctor).get(f"{SAVED}{own.pk}/open/").status_code == 404
    assert browser_of(foreign_officer).get(f"{SAVED}{shared.pk}/open/").status_code == 404
    changed = {"name": "Renamed", "is_shared": "on"}
    assert browser_of(proctor).post(f"{SAVED}{shared.pk}/change/", changed).status_code == 403
    assert browser_of(officer).post(f"{SAVED}{shared.pk}/change/", changed).status_code == 302
    assert saved("Renamed").pk == shared.pk
    assert browser_of(proctor).post(f"{SAVED}{shared.pk}/delete/", {"post": "yes"}).status_code == 403
    asked = browser_of(reviewer).get(f"{SAVED}{shared.pk}/delete/").content.decode()
    assert "Are you sure" in asked
    browser_of(reviewer).post(f"{SAVED}{shared.pk}/delete/", {"post": "yes"})
    assert not SavedFilter._base_manager.filter(pk=shared.pk).exists()


def test_names_are_used_once(browser_of: BrowserOf, incident: Incident, reviewer: User) -> None:
    client = browser_of(reviewer)
    save(client)
    assert "already. Nothing was saved." in save(client, "severity__exact=low").content.decode()
    assert saved().query.endswith("severity__exact=high")
    save(client, "severity__exact=low", name="Slight")
    page = client.post(f"{SAVED}{saved('Slight').pk}/change/", {"name": " Severe,  this week"})
    assert "There is a filter of that name" in page.content.decode()


def test_what_is_outdated_is_told_and_left_out(
    browser_of: BrowserOf, incident: Incident, reviewer: User, officer: User
) -> None:
    client = browser_of(reviewer)
    save(client, "sitting=999&severity__exact=high&review_state__exact=lost&colour=red")
    answer = client.get(f"{SAVED}{saved().pk}/open/", follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"{INCIDENTS}?severity__exact=high", 302)]
    assert "Its sitting does not exist here any more." in page
    assert "“lost” is no state that there is." in page
    assert "“colour” is no filter of this list." in page


def test_the_queue_of_cases_has_them_too(
    browser_of: BrowserOf, incident: Incident, reviewer: User, proctor: User
) -> None:
    with within(incident.institution):
        tag = CaseTag.objects.create(institution=incident.institution, name="phones")
    client = browser_of(reviewer)
    save(client, "state=open&whose=nobody&tag=phones&minutes=14", page="cases", name="Phones", is_shared="1")
    row = saved("Phones")
    assert row.query == "state=open&tag=phones&whose=nobody"
    assert client.get(f"{SAVED}{row.pk}/open/")["Location"] == f"{CASES}?{row.query}"
    assert browser_of(proctor).get(f"{SAVED}{row.pk}/open/").status_code == 404  # sees no cases
    assert save(browser_of(proctor), "state=open", page="cases").status_code == 403
    CaseTag._base_manager.filter(pk=tag.pk).delete()
    page = client.get(f"{SAVED}{row.pk}/open/", follow=True).content.decode()
    assert "There is no tag “phones” any more." in page


def test_nobody_keeps_filters_after_leaving(
    browser_of: BrowserOf, incident: Incident, reviewer: User
) -> None:
    save(browser_of(reviewer), is_shared="1")
    Membership._base_manager.filter(user=reviewer).update(ended_at=clock.now())
    reviewer = User.objects.get(pk=reviewer.pk)
    assert browser_of(reviewer).get(f"{SAVED}{saved().pk}/open/").status_code in (302, 403)


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_name_is_needed(browser_of: BrowserOf, incident: Incident, reviewer: User, name: str) -> None:
    page = save(browser_of(reviewer), name=name).content.decode()
    assert "Give the filter a name" in page
    assert not SavedFilter._base_manager.exists()
