"""Incidents, evidence, cases, meetings and participants by token."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring.evidence import custody, store
from proctoring.evidence.exhibits import Picture
from proctoring.incidents import services
from proctoring.models import Incident, MeetingMail, MonitoringSession
from proctoring.observations import ObservationKind, Severity
from proctoring.states import CASE_SECOND_READ
from tests.capture import RED, frame
from tests.factories.cases import make_case
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session
from tests.factories.tokens import token_client

BASE = "/api/v1/institution/"


@pytest.fixture
def api(institution: Institution) -> APIClient:
    return token_client(institution)


@pytest.fixture
def attempt(institution: Institution, candidate: User) -> Attempt:
    return make_attempt(enrol(make_sitting(make_exam(institution)), candidate))


@pytest.fixture
def session(attempt: Attempt) -> MonitoringSession:
    return make_session(attempt)


@pytest.fixture
def incident(session: MonitoringSession) -> Incident:
    return make_incident(session, measurements={"seconds": 10.5})


def test_incidents_are_read_with_measures_and_reviews_and_name_nobody(
    api: APIClient, incident: Incident, candidate: User, reviewer: User
) -> None:
    with within(incident.institution):
        services.dismiss(incident, actor=reviewer, note=f"{candidate.name} was at the door.")
    one = api.get(f"{BASE}incidents/{incident.pk}/")
    found = one.json()
    assert (found["measurements"], found["review_state"]) == ({"seconds": 10.5}, "dismissed")
    assert found["attempt"] == incident.session.attempt_id
    assert found["evidence"] == []
    page = api.get(BASE + "incidents/")
    for answer in (one, page):
        assert candidate.name not in answer.content.decode()
        assert reviewer.name not in answer.content.decode()


def test_incidents_are_filtered(api: APIClient, incident: Incident) -> None:
    other = make_incident(
        incident.session, kind=ObservationKind.SEVERAL_FACES, severity=Severity.HIGH, review_state="upheld"
    )
    later = (clock.now() + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    wanted = {
        f"sitting={incident.sitting_id}": [incident.pk, other.pk],
        f"attempt={incident.session.attempt_id}&kind=no_face": [incident.pk],
        "severity=high": [other.pk],
        "review_state=upheld": [other.pk],
        f"after={incident.pk}": [other.pk],
        f"started_after={later}": [],
        "attempt=0": [],
    }
    for query, numbers in wanted.items():
        rows = api.get(f"{BASE}incidents/?{query}").json()["results"]
        assert [each["id"] for each in rows] == numbers, query
    refused = api.get(BASE + "incidents/?kind=cheating")
    assert (refused.status_code, refused.json()["field"]) == (400, "kind")


def test_nothing_is_decided_by_token(api: APIClient, incident: Incident) -> None:
    for method in (api.post, api.patch, api.put, api.delete):
        assert method(f"{BASE}incidents/{incident.pk}/", {"review_state": "upheld"}).status_code == 405
        assert method(f"{BASE}cases/1/", {"verdict": "breach"}).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_evidence_is_read_by_a_link_of_minutes_that_is_logged(
    institution: Institution, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, other = token_client(institution), token_client(institution)
    picture = frame(RED)
    with within(institution):
        [item] = store.keep(incident, [Picture(1, clock.now(), picture)])
        store.flush()
    [told] = api.get(f"{BASE}incidents/{incident.pk}/").json()["evidence"]
    assert (told["id"], told["size"], told["sha256"]) == (item.pk, item.size, item.sha256)
    link = api.post(f"{BASE}evidence/{item.pk}/link/").json()
    answer = api.get(link["url"])
    assert (answer.status_code, answer.content) == (200, picture), answer.content[:300]
    assert answer["Cache-Control"] == "no-store"
    verbs = AuditEntry._base_manager.filter(stream=f"evidenceitem:{item.pk}").order_by("sequence")
    said = [(each.verb, str(each.actor)) for each in verbs if each.verb != "evidence.stored"]
    assert said == [
        ("evidence.linked", "API token “Student register”"),
        ("evidence.viewed", "API token “Student register”"),
    ]
    assert other.get(link["url"]).json()["code"] == "link_invalid"  # made for another token
    assert APIClient().get(link["url"]).status_code == 401
    assert api.get(f"{BASE}evidence/{item.pk}/file/?link=made-up").json()["code"] == "link_invalid"
    monkeypatch.setattr(custody, "LINK_LIFETIME", timedelta(seconds=-1))
    assert api.get(link["url"]).json()["code"] == "link_expired"


def test_cases_tell_state_and_clock_and_no_words_of_people(
    api: APIClient, attempt: Attempt, candidate: User
) -> None:
    case = make_case(attempt, state=CASE_SECOND_READ)
    answer = api.get(f"{BASE}cases/{case.pk}/")
    found = answer.json()
    assert (found["state"], found["verdict"], found["decided_at"]) == ("second_read", "", None)
    assert "breach" not in answer.content.decode()  # what the readers think stays with them
    assert candidate.name not in answer.content.decode()
    assert api.get(f"{BASE}cases/?state=decided").json()["results"] == []


def test_a_decided_case_tells_its_outcome(api: APIClient, attempt: Attempt) -> None:
    case = make_case(attempt, state="decided")
    [found] = api.get(f"{BASE}cases/?verdict=breach&attempt={attempt.pk}").json()["results"]
    assert (found["id"], found["state"], found["verdict"]) == (case.pk, "decided", "breach")
    assert found["decided_at"] is not None
    assert api.get(f"{BASE}cases/?verdict=no_concern").json()["results"] == []


def a_meeting(host: User) -> dict[str, object]:
    now = clock.now()
    return {
        "title": "Oral exam",
        "hosts": [host.pk],
        "candidates": ["new@example.org"],
        "opens_at": (now + timedelta(hours=1)).isoformat(),
        "closes_at": (now + timedelta(hours=2)).isoformat(),
    }


def test_a_meeting_is_made_changed_and_called_off_by_calls_alone(
    api: APIClient, institution: Institution, proctor: User, candidate: User
) -> None:
    made = api.post(BASE + "meetings/", a_meeting(proctor))
    assert made.status_code == 201, made.content
    own = f"{BASE}meetings/{made.json()['id']}/"
    assert made.json()["hosts"] == [proctor.pk]
    changed = api.patch(own, {"title": "Oral exam, room two"}).json()
    assert (changed["title"], changed["opens_at"]) == ("Oral exam, room two", made.json()["opens_at"])
    invited = api.post(own + "participants/", {"emails": [candidate.email, "new@example.org"]}).json()
    [fresh] = invited["participants"]  # the other one is invited already
    assert (fresh["email"], fresh["member"], fresh["stays"]) == (candidate.email, candidate.pk, [])
    everybody = api.get(own + "participants/").json()["results"]
    assert [(each["part"], each["email"]) for each in everybody] == [
        ("host", proctor.email),
        ("candidate", "new@example.org"),
        ("candidate", candidate.email),
    ]
    again = f"{own}participants/{fresh['id']}/"
    assert api.post(again + "resend/").status_code == 200
    assert api.post(again + "revoke/").json()["revoked_at"] is not None
    assert api.post(again + "revoke/").status_code == 409
    host = everybody[0]["id"]
    assert api.post(f"{own}participants/{host}/revoke/").json()["code"] == "is_host"
    assert api.post(own + "cancel/", {"reason": "ill"}).json()["state"] == "cancelled"
    assert api.post(own + "cancel/").json()["code"] == "meeting_cancelled"
    with within(institution):
        assert MeetingMail.objects.filter(kind="invited").count() == 4  # host, two candidates, one again


def test_wrong_meetings_are_refused_by_field(
    api: APIClient, proctor: User, candidate: User, foreign_proctor: User
) -> None:
    good = a_meeting(proctor)
    wrong: list[tuple[dict[str, object], int, str]] = [
        ({"title": " "}, 400, "title"),
        ({"hosts": []}, 400, "hosts"),
        ({"hosts": [candidate.pk]}, 400, "hosts"),
        ({"hosts": [foreign_proctor.pk]}, 404, "hosts"),
        ({"closes_at": good["opens_at"]}, 400, "closes_at"),
        ({"candidates": ["nobody"]}, 400, "candidates"),
        ({"room": 7}, 400, "room"),
    ]
    for change, status, field in wrong:
        answer = api.post(BASE + "meetings/", good | change)
        assert (answer.status_code, answer.json()["field"]) == (status, field), answer.content


def test_an_unknown_address_below_api_is_answered_as_a_problem(client: APIClient, db: None) -> None:
    for path in ("/api/v1/institution/nothing/", "/api/v2/", "/api/v1/attempts/x/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "not_found"
    assert client.get("/nothing/")["Content-Type"].startswith("text/html")
