"""What is due goes at night, what is held stays, failures are passed over, and a certificate proves it."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from accounts.jobs import worker
from accounts.models import AuditEntry, Institution, Job, User
from accounts.tenancy import within
from exams import states as exam_states
from exams.delivery.verification import verify_journal
from exams.models import Answer, Attempt, PaperItem
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound
from proctoring import holds, states
from proctoring.holds import Span
from proctoring.models import (
    ChatMessage,
    DeletionCertificate,
    Incident,
    LegalHold,
    MonitoringSession,
    RetentionRun,
)
from proctoring.rights import certificates, nightly, periods, retention
from proctoring.rights.kinds import KINDS
from proctoring.rights.register import Rows
from tests.factories.cases import make_case
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session
from tests.factories.talk import make_message

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture(autouse=True)
def look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "_looked_at", -nightly.LOOK_EVERY_S)


def ended(institution: Institution, candidate: User, *, days: int) -> MonitoringSession:
    """A handed-in attempt with an incident and a message, over for so many days."""
    at = clock.now() - timedelta(days=days)
    sitting = make_sitting(make_exam(institution))
    attempt = make_attempt(enrol(sitting, candidate), state=exam_states.SUBMITTED, ended_at=at)
    session = make_session(attempt, state=states.SESSION_ENDED, ended_at=at)
    make_incident(session)
    make_message(attempt, candidate)
    return session


def work_all() -> None:
    for _ in range(20):
        worker.work()


def run_night() -> RetentionRun:
    assert nightly.begin_due() == 1
    work_all()
    return RetentionRun.objects.latest("pk")


def test_only_what_is_due_goes(institution: Institution, candidate: User, second_candidate: User) -> None:
    old = ended(institution, candidate, days=366)
    young = ended(institution, second_candidate, days=364)
    run = run_night()
    assert run.finished_at is not None
    assert run.counts == {"incidents": 1, "messages": 1}
    assert Incident.objects.get().session_id == young.pk
    assert ChatMessage.objects.get().attempt_id == young.attempt_id
    assert MonitoringSession.objects.filter(pk=old.pk).exists()


def test_a_period_of_the_institution_counts(institution: Institution, candidate: User, officer: User) -> None:
    session = ended(institution, candidate, days=50)
    assert periods.would_go(institution, "messages", 30) == 1
    assert periods.would_go(institution, "messages", 60) == 0
    periods.change(institution, "messages", actor=officer, days="30", reason="Our own rule.")
    assert retention.count_due(institution) == {"messages": 1}
    until = retention.keep_until(session, "messages")
    assert session.ended_at is not None
    assert until == session.ended_at + timedelta(days=30)
    assert AuditEntry.objects.get(verb="retention_period.changed").detail["before"] == 365


@pytest.mark.parametrize(
    ("kind", "days", "words"),
    [
        ("incidents", 182, "six months"),
        ("incidents", 3651, "At most"),
        ("face_templates", 366, "At most"),
        ("messages", "a week", "whole number"),
        ("messages", -1, "At least|from 0"),
        ("audit_log", 10, "no period"),
    ],
)
def test_bounds_say_why(institution: Institution, officer: User, kind: str, days: object, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        periods.change(institution, kind, actor=officer, days=days, reason="x")


def test_an_unknown_kind_and_a_change_without_reason(institution: Institution, officer: User) -> None:
    with pytest.raises(NotFound):
        periods.change(institution, "horoscopes", actor=officer, days=1, reason="x")
    with pytest.raises(InvalidInput, match="why"):
        periods.change(institution, "messages", actor=officer, days=100, reason=" ")


@pytest.mark.parametrize("scope", ["attempt", "person", "sitting", "institution"])
def test_a_hold_of_each_scope_stops_it_until_it_is_lifted(
    institution: Institution, candidate: User, officer: User, scope: str
) -> None:
    session = ended(institution, candidate, days=400)
    assert session.attempt is not None
    subject: Any = {
        "attempt": session.attempt,
        "person": candidate,
        "sitting": session.sitting,
        "institution": None,
    }[scope]
    hold = holds.place(institution, actor=officer, scope=scope, subject=subject, reason="Court file 7/31")
    assert retention.count_due(institution) == {}
    assert retention.keep_until(session, "incidents") is None
    assert "Court file" in holds.in_words(holds.why_held(Span(session.attempt, session)))
    assert holds.why_person_held(institution, candidate)
    holds.lift(hold, actor=officer, reason="Settled.")
    assert retention.count_due(institution) == {"incidents": 1, "messages": 1}
    with pytest.raises(Conflict):
        holds.lift(hold, actor=officer, reason="Again.")


def test_a_hold_of_somebody_else_or_past_its_end_stops_nothing(
    institution: Institution, candidate: User, second_candidate: User, officer: User
) -> None:
    ended(institution, candidate, days=400)
    now = clock.now()
    holds.place(institution, actor=officer, scope="person", subject=second_candidate, reason="Not them.")
    holds.place(
        institution,
        actor=officer,
        scope="person",
        subject=candidate,
        reason="For a day.",
        until=now + timedelta(days=1),
    )
    assert retention.count_due(institution) == {}
    with clock.at(now + timedelta(days=2)):
        assert retention.count_due(institution) == {"incidents": 1, "messages": 1}


def test_the_database_refuses_a_hold_on_two_things(institution: Institution, candidate: User) -> None:
    with pytest.raises(IntegrityError):
        LegalHold.objects.create(
            institution=institution,
            scope="institution",
            person=candidate,
            reason="x",
            placed_by=candidate,
            placed_at=clock.now(),
        )


def test_an_open_case_holds_and_its_period_counts_from_the_end_of_the_appeal(
    institution: Institution, candidate: User
) -> None:
    session = ended(institution, candidate, days=400)
    make_case(session, state=states.CASE_REPLY_WINDOW)
    assert retention.count_due(institution) == {}
    assert "not decided" in holds.in_words(holds.why_held(Span(session.attempt, session)))
    decided = make_case(ended(institution, candidate, days=400), state=states.CASE_DECIDED)
    assert "appealed" in holds.in_words(holds.why_held(Span(decided.session.attempt, decided.session)))
    assert decided.appeal_until is not None
    with clock.at(decided.appeal_until + timedelta(seconds=1)):
        until = retention.keep_until(decided.session, "incidents")
        assert until == decided.appeal_until + timedelta(days=365)
        assert "incidents" not in retention.count_due(institution)
    with clock.at(decided.appeal_until + timedelta(days=366)):
        assert retention.count_due(institution)["incidents"] == 1


def test_an_attempt_that_goes_on_is_never_due(institution: Institution, candidate: User) -> None:
    session = make_session(make_attempt(enrol(make_sitting(make_exam(institution)), candidate)))
    make_incident(session)
    with clock.at(clock.now() + timedelta(days=4000)):
        assert retention.keep_until(session, "incidents") is None
        assert "incidents" not in retention.count_due(institution)


def test_a_night_is_begun_once_at_local_night_and_made_up(institution: Institution) -> None:
    Institution.objects.update(time_zone="Pacific/Auckland")
    institution.refresh_from_db()
    noon = clock.now().replace(hour=14, minute=0)  # 2 or 3 o'clock at night in Auckland
    with clock.at(noon):
        night = nightly.night_of(institution)
        assert nightly.begin(institution)
        assert not nightly.begin(institution)
    with clock.at(noon + timedelta(days=3, hours=5)):  # the server was down for three nights
        assert nightly.begin(institution)
    nights = list(RetentionRun.objects.order_by("pk").values_list("night", flat=True))
    assert nights == [night, night + timedelta(days=3)]


def test_the_look_around_is_cheap_between_two_looks(institution: Institution) -> None:
    assert nightly.begin_due() == 1
    RetentionRun.objects.all().delete()
    assert nightly.begin_due() == 0  # not looked at again within five minutes


def test_one_that_fails_holds_up_no_other_and_is_shown(
    institution: Institution, candidate: User, second_candidate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = ended(institution, candidate, days=400)
    ended(institution, second_candidate, days=400)
    whole = Rows.remove

    def remove(self: Rows, rows: Any, erasing: Any) -> int:
        if erasing.span is not None and erasing.span.session == bad and self.model == "proctoring.Incident":
            raise OSError("the store is on fire")
        return whole(self, rows, erasing)

    monkeypatch.setattr(Rows, "remove", remove)
    run = run_night()
    assert run.counts == {"incidents": 1, "messages": 2}
    assert run.failures == [{"kind": "incidents", "what": f"session {bad.pk}", "why": "OSError"}]
    certificate = DeletionCertificate.objects.get()
    assert certificate.content["not_deleted"] == 1
    assert Job.objects.get(kind=nightly.JOB).state == "done"


def test_a_long_night_goes_on_in_another_job(
    institution: Institution, candidate: User, second_candidate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(institution, candidate, days=400)
    ended(institution, second_candidate, days=400)
    monkeypatch.setattr(retention, "BATCH", 1)
    monkeypatch.setattr(nightly, "MOST_STEPS", 1)
    run = run_night()
    assert run.finished_at is not None
    assert run.counts == {"incidents": 2, "messages": 2}
    assert Job.objects.filter(kind=nightly.JOB).count() >= 4


def test_the_certificate_holds_and_any_change_shows(institution: Institution, candidate: User) -> None:
    ended(institution, candidate, days=400)
    run_night()
    row = DeletionCertificate.objects.get()
    assert certificates.problem_of(row) == ""
    assert candidate.name not in json.dumps(row.content)
    assert candidate.email not in json.dumps(row.content)
    assert ("Incidents", 1) in certificates.lines_of(row.content)
    for column, value in (
        ("content", {**row.content, "deleted": {"incidents": 2}}),
        ("sha256", "0" * 64),
        ("signature", row.signature[:-4] + "AAA="),
        ("key_id", "f" * 16),
    ):
        altered = DeletionCertificate.objects.get()
        setattr(altered, column, value)
        assert certificates.problem_of(altered), column


def test_a_night_with_nothing_due_leaves_no_certificate(institution: Institution) -> None:
    assert run_night().counts == {}
    assert not DeletionCertificate.objects.exists()


def test_exam_records_go_after_their_period_and_the_journal_is_whole(
    institution: Institution, candidate: User
) -> None:
    session = ended(institution, candidate, days=1826)
    attempt = session.attempt
    assert attempt is not None
    item = PaperItem.objects.filter(attempt=attempt).first()
    assert item is not None
    ChatMessage.objects.update(item=item)
    run = run_night()
    assert run.counts["exam_records"] > 0
    attempt.refresh_from_db()
    assert attempt.is_emptied
    assert not PaperItem.objects.exists()
    assert not Answer.objects.exists()
    assert verify_journal(attempt) is None
    never_said = make_attempt(attempt.enrolment, state=exam_states.SUBMITTED)
    Attempt.objects.filter(pk=never_said.pk).update(records_erased_at=clock.now())
    never_said.refresh_from_db()
    fault = verify_journal(never_said)
    assert fault is not None and "no true audit entry" in fault.detail


def test_nothing_of_another_institution_goes(
    institution: Institution, other_institution: Institution, candidate: User, foreign_candidate: User
) -> None:
    with within(other_institution):
        ended(other_institution, foreign_candidate, days=4000)
    ended(institution, candidate, days=400)
    nightly.begin(institution)
    work_all()
    with within(other_institution):
        assert Incident.objects.count() == 1


def test_the_command_counts_without_deleting(institution: Institution, candidate: User) -> None:
    ended(institution, candidate, days=400)
    out = io.StringIO()
    call_command("retain", "--dry-run", "--json", "--institution", institution.slug, stdout=out)
    said = json.loads(out.getvalue())
    assert said["institutions"][0]["due"] == {"messages": 1, "incidents": 1}
    assert Incident.objects.count() == 1
    assert not RetentionRun.objects.exists()
    out = io.StringIO()
    call_command("retain", stdout=out)
    assert "begun" in out.getvalue()


@pytest.mark.parametrize("code", KINDS)
def test_each_kind_can_be_counted_and_gone_through(
    institution: Institution, candidate: User, code: str
) -> None:
    """The queries of every kind run on the database at hand, with holds of each sort in the way."""
    session = ended(institution, candidate, days=4000)
    holds.place(
        institution,
        actor=candidate,
        scope="attempt",
        subject=make_attempt(enrol(make_sitting(make_exam(institution)), candidate)),
        reason="another one",
    )
    days = KINDS[code].days
    assert isinstance(retention.count_due(institution, {code: days}), dict)
    list(retention.erase_due(institution, KINDS[code], days))
    retention.keep_until(session, code)
