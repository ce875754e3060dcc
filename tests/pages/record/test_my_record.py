"""The own record: what stands there before and after the release, whose evidence opens, replies by form."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states as exam_states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring import states
from proctoring.evidence import custody, store
from proctoring.models import Case, EvidenceItem, Incident, MonitoringSession, Reply
from proctoring.review import verdicts
from proctoring.rights import record, replies, windows
from tests.factories.cases import make_case
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session
from tests.watched_sitting import keep_pictures

BrowserOf = Callable[..., Client]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(session: MonitoringSession, evidence: list[EvidenceItem]) -> Case:
    store.flush()
    now = clock.now()
    MonitoringSession._base_manager.filter(pk=session.pk).update(state=states.SESSION_ENDED, ended_at=now)
    Attempt._base_manager.filter(pk=session.attempt_id).update(state=exam_states.SUBMITTED, ended_at=now)
    session.refresh_from_db()
    return make_case(session, state=states.CASE_SECOND_READ)


def release(case: Case) -> None:
    with within(case.institution):
        verdicts.open_reply_window(case, actor=case.first_reader, told="Who was the second person?")


def page_of(case: Case, more: str = "") -> str:
    return f"/i/north-college/my-record/{case.session.attempt_id}/{more}"


def test_before_the_release_nothing_of_incidents_is_told_and_no_evidence_opens(
    browser_of: BrowserOf,
    case: Case,
    evidence: list[EvidenceItem],
    candidate: User,
) -> None:
    client = browser_of(candidate)
    page = client.get(page_of(case)).content.decode()
    assert "Nothing has been decided" in page and "More than one face" not in page
    assert "kept until it is" in page and "for at least 180 days after the exam" in page
    assert "/my-record/data/" in page
    assert "/evidence/" not in page and client.get(page_of(case, "evidence/")).json()["items"] == []
    assert client.get(custody.address_of(evidence[0].pk, candidate, "north-college")).status_code == 403


def test_after_the_release_the_candidate_and_no_other_one_opens_it_by_own_links(
    browser_of: BrowserOf,
    case: Case,
    evidence: list[EvidenceItem],
    candidate: User,
    second_candidate: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release(case)
    client = browser_of(candidate)
    page = client.get(page_of(case)).content.decode()
    assert "More than one face was to be seen" in page and "Who was the second person?" in page
    assert "See the incidents." not in page, "notes of readers are theirs"
    assert "People have judged too few of these here" in page
    links = client.get(page_of(case, "evidence/")).json()["items"]
    assert [each["id"] for each in links] == [item.pk for item in evidence]
    answer = client.get(links[0]["url"])
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    other = browser_of(second_candidate)
    assert other.get(links[0]["url"]).status_code == 403
    own_link = custody.address_of(evidence[0].pk, second_candidate, "north-college")
    assert other.get(own_link).status_code == 403
    assert other.get(page_of(case)).status_code == 404
    monkeypatch.setattr(custody, "LINK_LIFETIME", timedelta(seconds=-1))
    assert client.get(links[0]["url"]).status_code == 403
    with within(case.institution):
        [looks] = record.looks_at(case.session)
    assert (looks.role, looks.count) == ("Yourself", 1)


def test_thirty_incidents_cost_no_more_queries_than_two(
    browser_of: BrowserOf, case: Case, incident: Incident, candidate: User
) -> None:
    release(case)
    client = browser_of(candidate)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page_of(case)).status_code == 200
        return len(queries)

    keep_pictures(make_incident(case.session), 1)
    cost()
    few = cost()
    for _ in range(28):
        keep_pictures(make_incident(case.session), 1)
    assert cost() == few <= 60


def test_the_list_of_own_exams_costs_the_same_for_any_number(
    browser_of: BrowserOf, case: Case, institution: Institution, candidate: User
) -> None:
    client = browser_of(candidate)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/i/north-college/my-record/").status_code == 200
        return len(queries)

    cost()
    with_one = cost()
    for _ in range(3):
        over = make_attempt(enrol(make_sitting(make_exam(institution)), candidate), state="submitted")
        make_case(make_session(over, state="ended", ended_at=clock.now()), state=states.CASE_SECOND_READ)
    assert cost() == with_one


def test_a_foreign_released_item_stays_closed(
    browser_of: BrowserOf, case: Case, candidate: User, foreign_incident: Any, institution: Institution
) -> None:
    release(case)
    with within(foreign_incident.institution):
        item = EvidenceItem.objects.get(incident=foreign_incident)
    link = custody.address_of(item.pk, candidate, "north-college")
    assert browser_of(candidate).get(link).status_code == 404


def test_a_reply_is_written_kept_as_draft_and_handed_in_once(
    browser_of: BrowserOf, case: Case, candidate: User
) -> None:
    release(case)
    client, url = browser_of(candidate), page_of(case, "reply/")
    with within(case.institution):
        key = replies.window_of(case, "reply").key
    upload = SimpleUploadedFile("note.txt", b"He was there.")
    client.post(url, {"do": "save", "text": "It was", "key": key, "files": upload})
    assert "It was</textarea>" in client.get(url).content.decode()
    bad = client.post(url, {"do": "send", "text": "It was\x00he", "key": key})
    assert bad.status_code == 400 and "cannot be stored" in bad.content.decode()
    for _ in range(2):
        answer = client.post(url, {"do": "send", "text": "It was he.", "key": key})
        assert answer.status_code == 302
    with within(case.institution):
        reply = Reply.objects.get()
        assert (reply.text, reply.files.count(), reply.is_late) == ("It was he.", 1, False)
    receipt = client.get(page_of(case, "receipts/1/")).json()
    assert receipt["hash"] == reply.hash
    page = client.get(page_of(case)).content.decode()
    assert "It was he." in page and reply.hash in page


def test_each_step_is_told_once_by_e_mail_and_says_nothing_of_what_was_found(
    browser_of: BrowserOf, case: Case, candidate: User
) -> None:
    mail.outbox.clear()
    release(case)
    assert case.reply_until is not None
    for moment in (case.reply_until - timedelta(days=2), case.reply_until - timedelta(days=1)):
        with clock.at(moment):
            windows.sweep()
    with clock.at(case.reply_until):
        windows.sweep()
        windows.sweep()
    subjects = [(each.to[0], each.subject.split(":")[0]) for each in mail.outbox]
    staff = sorted(person.email for person in (case.first_reader, case.second_reader) if person)
    assert subjects[:2] == [
        (candidate.email, "Please read and reply"),
        (candidate.email, "Your time to reply ends soon"),
    ]
    assert sorted(subjects[2:]) == [(email, "Ready to decide") for email in staff]
    assert all(page_of(case) in each.body for each in mail.outbox[:2])
    assert (
        "nothing has been decided" in mail.outbox[1].body and "Nothing was handed in" in mail.outbox[2].body
    )
    assert not any("second person" in each.body or "face" in each.body for each in mail.outbox)


def test_saying_all_asks_once_more_and_closes_the_window(
    browser_of: BrowserOf, case: Case, candidate: User
) -> None:
    release(case)
    client, url = browser_of(candidate), page_of(case, "said-all/")
    assert "Have you said all" in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    case.refresh_from_db()
    assert case.said_all_at is not None
    assert "came late" in client.get(page_of(case)).content.decode()
