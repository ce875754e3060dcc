"""A whole exam by the API alone, as an integrator does it: from members to the verdict of a case.

What people do with their own hands (taking the exam, reading a case) is put there by factories.
"""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from accounts.webhooks import outbox
from exams import states
from exams.models import Attempt, Enrolment
from proctor_site.kernel import clock
from proctoring.evidence import store
from proctoring.evidence.exhibits import Picture
from proctoring.incidents.recording import tell_proctors
from tests.capture import RED, frame
from tests.factories.cases import make_case
from tests.factories.exams import CONTENT, make_attempt
from tests.factories.proctoring import make_incident, make_session
from tests.factories.tokens import token_client

BASE = "/api/v1/institution/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No webhook is called from here."""
    monkeypatch.setattr(outbox, "ask_for_sending", lambda *_, **__: None)


class Office:
    """The other system: posts with a key of its own, and fails on any answer that is no success."""

    def __init__(self, api: APIClient) -> None:
        self.api = api
        self.made = 0

    def _told(self, answer: Any) -> Any:
        assert 200 <= answer.status_code < 300, answer.content
        return answer.json() if answer.content else None

    def get(self, tail: str, **query: Any) -> Any:
        return self._told(self.api.get(BASE + tail, query))

    def rows(self, tail: str, **query: Any) -> Any:
        return self.get(tail, **query)["results"]

    def post(self, tail: str, **body: Any) -> Any:
        self.made += 1
        return self._told(self.api.post(BASE + tail, body, headers={"idempotency-key": f"call-{self.made}"}))

    def patch(self, tail: str, **body: Any) -> Any:
        return self._told(self.api.patch(BASE + tail, body))

    def delete(self, tail: str) -> None:
        self._told(self.api.delete(BASE + tail))


@pytest.fixture
def office(institution: Institution) -> Office:
    return Office(token_client(institution))


def _write_the_exam(office: Office) -> int:
    """An exam with one fixed question and a pool over a category; its number."""
    shelf = office.post("question-categories/", name="Geography")["id"]
    cities = office.post("question-categories/", name="Cities", parent=shelf)
    assert cities["path"] == "Geography / Cities"
    fixed, *pooled = (
        office.post(
            "questions/",
            title=f"Question {number}",
            kind="single_choice",
            stem="Which?",
            content=CONTENT["single_choice"],
            category=cities["id"],
            tags=["maps"],
        )["id"]
        for number in range(4)
    )
    office.patch(f"questions/{fixed}/", difficulty=3, category=None)
    assert len(office.rows("questions/", category=cities["id"])) == len(pooled)
    exam = office.post("exams/", title="Geography", pass_percentage=50)["id"]
    part = office.post(f"exams/{exam}/sections/", title="Part one")["id"]
    place = office.post(f"exams/{exam}/questions/", section=part, question=fixed, points="2")["id"]
    assert office.patch(f"exams/{exam}/questions/{place}/", points="3")["points"] == "3.00"
    pool = office.post(f"exams/{exam}/pools/", section=part, count=1, category=shelf, tags=["Maps"])
    assert (pool["tags"], pool["with_children"], pool["position"]) == (["maps"], True, 2)
    assert office.patch(f"exams/{exam}/pools/{pool['id']}/", count=2)["count"] == 2
    copied = office.post(f"exams/{exam}/copies/", title="Geography, second date")["id"]
    assert [row["count"] for row in office.rows(f"exams/{copied}/pools/")] == [2]
    office.delete(f"exams/{copied}/pools/{office.rows(f'exams/{copied}/pools/')[0]['id']}/")
    assert office.rows(f"exams/{copied}/pools/") == []
    return int(exam)


def _schedule(office: Office, exam: int, candidate: User, proctor: User, officer: User) -> tuple[int, int]:
    """A sitting with one proctor and one candidate with extra time; its number and the enrolment's."""
    now = clock.now()
    sitting = office.post(
        "sittings/",
        exam=exam,
        title="Winter term",
        opens_at=(now + timedelta(minutes=5)).isoformat(),
        closes_at=(now + timedelta(hours=3)).isoformat(),
        time_zone="Europe/Vienna",
        duration_minutes=60,
        proctors=[proctor.pk],
    )["id"]
    assert office.post(f"sittings/{sitting}/proctors/", member=officer.pk)["proctors"] == sorted(
        (proctor.pk, officer.pk)
    )
    office.delete(f"sittings/{sitting}/proctors/{officer.pk}/")
    assert office.get(f"sittings/{sitting}/")["proctors"] == [proctor.pk]
    told = office.post(f"sittings/{sitting}/enrolments/", candidates=[{"email": candidate.email}])
    assert [row["outcome"] for row in told["results"]] == ["enrolled"]
    [enrolment] = office.rows(f"sittings/{sitting}/enrolments/")
    given = office.post(f"enrolments/{enrolment['id']}/allowances/", extra_minutes=15, reason="Agreed")
    assert [row["id"] for row in office.rows(f"enrolments/{enrolment['id']}/allowances/")] == [given["id"]]
    return sitting, enrolment["id"]


def _is_taken(enrolment: int, institution: Institution) -> Attempt:
    with within(institution):
        row = Enrolment.objects.select_related("institution", "sitting").get(pk=enrolment)
    return make_attempt(row, state=states.SUBMITTED)


def _something_is_seen(attempt: Attempt) -> None:
    session = make_session(attempt)
    with within(attempt.institution):
        incident = make_incident(session, measurements={"seconds": 4.0})
        store.keep(incident, [Picture(1, clock.now(), frame(RED))])
        store.flush()
        tell_proctors(incident, "incident.opened")
    session.state, session.ended_at = "ended", clock.now()
    session.save(update_fields=["state", "ended_at"])
    make_case(session, state="decided")


def test_an_exam_from_members_to_the_verdict(
    office: Office, institution: Institution, candidate: User, proctor: User, officer: User
) -> None:
    assert office.patch("", time_zone="Europe/Vienna")["time_zone"] == "Europe/Vienna"
    events = ["incident.raised", "case.decided", "meeting.made", "meeting.ended"]
    hook = office.post("webhooks/", name="Register", url="https://register.example/", events=events)
    assert hook["secret"].startswith("whsec_")
    office.post("invitations/", email="new@example.org", roles=["candidate"])
    [member] = office.rows("members/", email=candidate.email)
    assert member["id"] == candidate.pk
    exam = _write_the_exam(office)
    sitting, enrolment = _schedule(office, exam, candidate, proctor, officer)
    attempt = _is_taken(enrolment, institution)
    _something_is_seen(attempt)

    [row] = office.rows("attempts/", sitting=sitting, state="submitted")
    assert row["id"] == attempt.pk and office.get(f"attempts/{attempt.pk}/receipt/")["receipt"]
    result = office.get(f"attempts/{attempt.pk}/result/")
    assert result["possible"] == "5.00", "one of 3 points, and the pool draws two"
    assert [each["attempt"] for each in office.rows(f"sittings/{sitting}/results/")] == [attempt.pk]

    [incident] = office.rows("incidents/", attempt=attempt.pk)
    [evidence] = office.get(f"incidents/{incident['id']}/")["evidence"]
    link = office.post(f"evidence/{evidence['id']}/link/")
    assert office.api.get(link["url"]).content == frame(RED)
    [case] = office.rows("cases/", attempt=attempt.pk)
    assert (case["state"], case["verdict"]) == ("decided", "breach")

    meeting = office.post("meetings/", title="Oral exam", hosts=[officer.pk], candidates=[candidate.email])
    assert len(office.rows(f"meetings/{meeting['id']}/participants/")) == 2
    office.post(f"meetings/{meeting['id']}/cancel/")

    sent = office.rows("webhook-deliveries/", webhook=hook["id"])
    assert {each["event"] for each in sent} == set(events)
    assert candidate.name not in str(sent) and candidate.email not in str(sent)
    with within(institution):
        mine = AuditEntry.objects.filter(actor__email__endswith="@tokens.invalid")
        assert {"exam.pool_added", "category.created", "sitting.proctor_unassigned"} <= set(
            mine.values_list("verb", flat=True)
        )


def test_a_category_is_moved_and_deleted_once_it_is_empty(office: Office) -> None:
    top = office.post("question-categories/", name="Biology")["id"]
    low = office.post("question-categories/", name="Cells", parent=top)["id"]
    refused = office.api.delete(f"{BASE}question-categories/{top}/")
    assert (refused.status_code, refused.data["code"]) == (409, "not_empty")
    assert office.patch(f"question-categories/{low}/", parent=None)["path"] == "Cells"
    assert office.patch(f"question-categories/{low}/", name="Small cells")["path"] == "Small cells"
    assert [row["id"] for row in office.rows("question-categories/", path="small CELLS")] == [low]
    office.delete(f"question-categories/{top}/")
    twice = office.api.patch(f"{BASE}question-categories/{low}/", {"parent": low})
    assert (twice.status_code, twice.data["field"]) == (400, "parent")
