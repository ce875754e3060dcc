"""Several incidents decided at once: shown first, each by itself, taken back together; never upheld so."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.tenancy import within
from proctor_site.kernel.errors import InvalidInput
from proctoring.incidents import many, services
from proctoring.models import Incident, MonitoringSession
from tests.factories.proctoring import make_incident

LIST = "/admin/proctoring/incident/"
MANY = f"{LIST}many/"
BrowserOf = Callable[[User], Client]


@pytest.fixture
def three(session: MonitoringSession) -> list[Incident]:
    return [make_incident(session) for _ in range(3)]


def states(rows: list[Incident]) -> list[str]:
    found = Incident._base_manager.in_bulk([each.pk for each in rows])
    return [found[each.pk].review_state for each in rows]


def send(client: Client, rows: list[Incident], **fields: Any) -> Any:
    values = {"verb": "dismiss", "reason": "harmless", "incident": [each.pk for each in rows], **fields}
    return client.post(MANY, values)


def test_nothing_changes_before_it_is_confirmed(
    browser_of: BrowserOf, three: list[Incident], reviewer: User
) -> None:
    with within(three[0].institution):
        services.uphold(three[0], actor=reviewer, note="Looked at.")
    page = send(browser_of(reviewer), three).content.decode()
    assert "Dismiss 2 incidents" in page
    assert "is upheld already" in page
    assert states(three) == ["upheld", "unreviewed", "unreviewed"]


def test_what_is_confirmed_is_done_noted_and_taken_back(
    browser_of: BrowserOf, three: list[Incident], reviewer: User
) -> None:
    client = browser_of(reviewer)
    with within(three[0].institution):
        services.uphold(three[0], actor=reviewer, note="Looked at.")
    answer = send(client, three, sure="1", note="The fire drill.")
    assert answer.status_code == 302
    assert states(three) == ["upheld", "dismissed", "dismissed"]
    page = client.get(answer["Location"]).content.decode()
    assert "2 incidents dismissed" in page
    assert "The fire drill." in page
    assert f"No. {three[0].pk}" in page
    entry = AuditEntry._base_manager.filter(stream=f"incident:{three[1].pk}").order_by("-sequence")[0]
    assert entry.detail["reason"] == "Harmless, allowed or explained. The fire drill."
    with within(three[2].institution):
        services.reopen(Incident._base_manager.get(pk=three[2].pk), actor=reviewer)
        services.dismiss(Incident._base_manager.get(pk=three[2].pk), actor=reviewer)  # by hand, since
    assert client.post(f"{answer['Location']}undo/").status_code == 302
    assert states(three) == ["upheld", "unreviewed", "dismissed"]


def test_all_that_fit_the_filter(
    browser_of: BrowserOf, three: list[Incident], reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser_of(reviewer)
    Incident._base_manager.filter(pk=three[1].pk).update(severity="low")
    kept = {"across": "1", "_changelist_filters": "severity__exact=medium", "sure": "1"}
    send(client, [], **kept)
    assert states(three) == ["dismissed", "unreviewed", "dismissed"]
    monkeypatch.setattr(many, "MOST", 1)  # of more than fit a request a job decides: test_decide_all.py
    page = send(client, [], across="1").content.decode()
    assert "type the number of incidents: 1" in page


@pytest.mark.parametrize("verb", ["uphold", "reopen", "", "delete"])
def test_nothing_adverse_is_decided_of_many(
    browser_of: BrowserOf, three: list[Incident], reviewer: User, verb: str
) -> None:
    send(browser_of(reviewer), three, sure="1", verb=verb)
    assert states(three) == ["unreviewed"] * 3
    with within(three[0].institution), pytest.raises(InvalidInput):
        many.decide_many(three[0].institution, three, verb, actor=reviewer, reason="harmless")


@pytest.mark.parametrize(("reason", "note"), [("", "My words"), ("nonsense", "My words"), ("other", " ")])
def test_without_a_reason_nothing_happens_and_the_note_is_kept(
    browser_of: BrowserOf, three: list[Incident], reviewer: User, reason: str, note: str
) -> None:
    answer = send(browser_of(reviewer), three, sure="1", reason=reason, note=note)
    assert answer.status_code == 400
    assert note in answer.content.decode()
    assert states(three) == ["unreviewed"] * 3


def test_foreign_incidents_and_runs_are_left_alone(
    browser_of: BrowserOf,
    three: list[Incident],
    foreign_incident: Incident,
    reviewer: User,
    admin_member: User,
) -> None:
    client = browser_of(reviewer)
    answer = send(client, [*three[:1], foreign_incident], sure="1")
    assert states([three[0], foreign_incident]) == ["dismissed", "unreviewed"]
    address = answer["Location"]
    for other in (admin_member,):
        assert browser_of(other).get(address).status_code in (403, 404)
        assert browser_of(other).post(f"{address}undo/").status_code in (403, 404)
    assert client.get(f"{MANY}999999/").status_code == 404


def test_a_proctor_reaches_own_sittings_only(
    browser_of: BrowserOf, three: list[Incident], second_proctor: User
) -> None:
    send(browser_of(second_proctor), three, sure="1")
    assert states(three) == ["unreviewed"] * 3
