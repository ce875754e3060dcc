"""Sessions of exams that other systems deliver: started, captured, ended and deleted through services."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from accounts import mail_backend
from accounts.models import AuditEntry, Institution, Membership, User
from accounts.services.outside_people import is_outside_person
from exams import states as exam_states
from exams.bank.structure import add_section
from exams.delivery import attempts, expiry
from exams.delivery.outside import NO_PAGE_OF_OURS
from exams.models import Attempt, Enrolment, Exam, Sitting
from exams.scheduling.enrolments import enrol, enrol_by_email
from exams.scheduling.queries import counted_sittings, marked_sittings
from exams.scheduling.sittings import assign_proctor, change_sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, TooLarge
from proctoring import holds, policies, supervision
from proctoring.ingest.services import accept_frame
from proctoring.meetings import calls
from proctoring.models import (
    Consent,
    DeletionCertificate,
    EvidenceItem,
    Incident,
    MonitoringSession,
    OutsideSession,
    SessionMeasures,
)
from proctoring.models.rights import HoldScope
from proctoring.outside import figures, queries, services
from proctoring.outside.default_sitting import default_sitting
from proctoring.supervision_wall import rows_of
from proctoring.talk import queries as talk_queries
from tests.capture import RED, FrameFeed, frame
from tests.factories.cases import make_case
from tests.factories.exams import make_exam, make_sitting
from tests.factories.outside import make_outside_sitting, outside_consent, start_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted", "scoped")]
commits = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sitting(institution: Institution) -> Sitting:
    return make_outside_sitting(institution)


def test_a_session_is_an_attempt_of_a_person_whom_the_institution_knows_by_a_number(
    institution: Institution, sitting: Sitting, officer: User
) -> None:
    session = start_session(sitting, officer, job_data={"room": 7})

    person = session.candidate
    assert person is not None and session.attempt is not None
    assert (person.name, person.is_active, person.has_usable_password()) == ("Otto Outside", False, False)
    assert is_outside_person(person)
    assert Membership.objects.get(user=person).external_id == "E-1"
    assert session.attempt.state == exam_states.IN_PROGRESS
    assert session.attempt.deadline_at - session.attempt.started_at == timedelta(minutes=120)
    assert session.is_outside and session.is_measured
    assert [row["number"] for row in rows_of(sitting)] == ["E-1"]
    kept = OutsideSession.objects.get(session=session)
    assert (kept.name, kept.job_data, kept.started_by) == ("run-1", {"room": 7}, officer)
    consent = Consent.objects.get(session=session)
    assert (consent.camera, consent.asked_by, consent.notice_version) == (True, "Engine of the college", "3")
    assert "https://engine.example.org/notice" in consent.notice.body


def test_an_id_goes_on_once_and_may_come_again_after_its_end(sitting: Sitting, officer: User) -> None:
    first = start_session(sitting, officer)
    with pytest.raises(Conflict) as refusal:
        start_session(sitting, officer, candidate_id="E-2")
    assert refusal.value.code == "session_active"
    with pytest.raises(Conflict) as refusal:
        start_session(sitting, officer, session_id="run-2")
    assert refusal.value.code == "candidate_active"

    services.end(first, actor=officer)
    second = start_session(sitting, officer)
    assert queries.find(sitting.institution, "run-1") == second
    assert queries.find(sitting.institution, str(first.public_id)) == first
    assert second.candidate == first.candidate and second.attempt != first.attempt
    assert list(queries.list_sessions(sitting.institution, state="live")) == [second]


def test_without_an_id_ours_is_taken(sitting: Sitting, officer: User) -> None:
    session = start_session(sitting, officer, session_id=None)
    assert OutsideSession.objects.get(session=session).name == str(session.public_id)


def test_a_candidate_with_an_account_is_that_person_and_keeps_the_name(
    sitting: Sitting, officer: User, candidate: User
) -> None:
    Membership.objects.filter(user=candidate).update(external_id="E-1")
    session = start_session(sitting, officer, candidate_name="Another Name")
    candidate.refresh_from_db()
    assert (session.candidate, candidate.name) == (candidate, "Carla Candidate")


def test_the_newest_name_of_an_outside_person_counts(sitting: Sitting, officer: User) -> None:
    services.end(start_session(sitting, officer), actor=officer)
    session = start_session(sitting, officer, candidate_name="Otto O. Outside")
    assert str(session.candidate) == "Otto O. Outside"


BAD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("session_id", {"session_id": "a/b"}),
    ("session_id", {"session_id": ""}),
    ("session_id", {"session_id": "x" * 101}),
    ("candidate_id", {"candidate_id": " "}),
    ("candidate_id", {"candidate_id": "otto@example.org"}),
    ("candidate_name", {"candidate_name": " "}),
    ("candidate_name", {"candidate_name": "x\x00"}),
    ("job_data", {"job_data": ["no object"]}),
    ("job_data", {"job_data": {"n": float("nan")}}),
    ("job_data", {"job_data": {"n": "\x00"}}),
    ("job_data", {"job_data": {"n": "x" * 17_000}}),
    ("consent.notice_url", {"consent": {"notice_url": "javascript:1"}}),
    ("consent.notice_version", {"consent": {"notice_version": " "}}),
    ("consent.asked_by", {"consent": {"asked_by": ""}}),
    ("consent.face_comparison", {"consent": {"camera": False}}),
)


def test_bad_input_is_refused_by_field_and_leaves_nothing(sitting: Sitting, officer: User) -> None:
    for field, given in BAD:
        more = {"consent": outside_consent(**given["consent"])} if "consent" in given else given
        with pytest.raises((InvalidInput, TooLarge)) as refusal:
            start_session(sitting, officer, **more)
        assert refusal.value.field == field, given
    assert not MonitoringSession.objects.exists() and not Enrolment.objects.exists()


def test_sessions_begin_only_while_their_sitting_is_open(
    institution: Institution, officer: User, candidate: User
) -> None:
    now = clock.now()
    later = make_outside_sitting(institution, opens_at=now + timedelta(hours=1))
    over = make_outside_sitting(
        institution, opens_at=now - timedelta(hours=3), closes_at=now - timedelta(hours=1)
    )
    called_off = make_outside_sitting(institution, cancelled_at=now)
    codes = []
    for sitting in (later, over, called_off, make_sitting(make_exam(institution))):
        with pytest.raises((Conflict, InvalidInput)) as refusal:
            start_session(sitting, officer)
        assert refusal.value.field == "sitting"
        codes.append(refusal.value.code)
    assert codes == ["too_early", "closed", "cancelled", "not_outside"]


@commits
def test_nothing_is_taken_without_consent_nor_after_it_was_withdrawn(sitting: Sitting, officer: User) -> None:
    session = start_session(sitting, officer, consent=None)
    with pytest.raises(Conflict) as refusal:
        accept_frame(session, frame(RED), sequence=1)
    assert refusal.value.code == "consent_missing"

    services.agree(session, outside_consent(), actor=officer)
    assert accept_frame(session, frame(RED), sequence=1).analysed

    services.withdraw(session, actor=officer)
    with pytest.raises(Conflict) as refusal:
        accept_frame(session, frame(RED), sequence=2)
    assert refusal.value.code == "consent_missing"
    entry = AuditEntry.objects.get(verb="attempt.consent_withdrawn")
    assert entry.actor == officer


@commits
def test_figures_and_alerts_tell_of_what_was_captured(sitting: Sitting, officer: User) -> None:
    session = start_session(sitting, officer)
    feed = FrameFeed(session)
    for _ in range(4):
        feed.send(frame(RED))
    found = figures.metrics(session)
    assert (found.received, found.analysed, found.alerts) == (4, 4, 0)
    assert found.measures["detector_confidence"].count == 4
    assert set(found.not_measured) == {"facial_expression", "engagement"}
    for _ in range(5):
        feed.send(frame())
    assert [each.kind for each in figures.alerts(session)] == ["no_face"]
    assert figures.metrics(session).open_alerts == 1
    assert figures.emotions(session).disabled_reason

    services.end(session, actor=officer)
    ended = figures.metrics(session)
    assert (ended.received, ended.alerts, ended.open_alerts) == (9, 1, 0)
    told = figures.report(session, officer)
    assert told["session"] == str(session.public_id) and len(told["incidents"]) == 1


def test_an_end_is_an_end_whoever_came_first(sitting: Sitting, officer: User, proctor: User) -> None:
    session = start_session(sitting, officer)
    ended = services.end(session, actor=officer)
    again = services.end(session, actor=officer)
    assert ended.ended_at == again.ended_at is not None
    assert AuditEntry.objects.filter(verb="attempt.submit").count() == 1
    assert ended.attempt is not None and ended.attempt.ended_by == "system"

    stopped = start_session(sitting, officer)
    attempts.terminate(stopped.attempt, actor=proctor, reason="Left the room.")
    assert services.end(stopped, actor=officer).state == "ended"
    stopped.attempt.refresh_from_db()
    assert stopped.attempt.state == exam_states.TERMINATED


def test_a_session_that_nobody_ends_ends_by_itself(sitting: Sitting, officer: User) -> None:
    session = start_session(sitting, officer)
    Attempt.objects.update(deadline_at=clock.now() - timedelta(seconds=1))
    expiry.sweep()
    session.refresh_from_db()
    assert (session.state, session.attempt.ended_by) == ("ended", "clock")


@commits
def test_deleting_takes_what_was_captured_and_the_name_and_leaves_proof(
    sitting: Sitting, officer: User
) -> None:
    session, other = (
        start_session(sitting, officer),
        start_session(sitting, officer, session_id="run-2", candidate_id="E-2"),
    )
    for each in (session, other):
        feed = FrameFeed(each)
        for picture in [frame(RED)] * 4 + [frame()] * 5:
            feed.send(picture)
    with pytest.raises(Conflict) as refusal:
        services.delete(session, actor=officer)
    assert refusal.value.code == "not_ended"
    services.end(session, actor=officer)
    person = session.candidate

    counts = services.delete(session, actor=officer)

    assert counts["incidents"] == 1 and counts["camera_pictures"] > 0
    with pytest.raises(NotFound):
        queries.find(sitting.institution, "run-1")
    with pytest.raises(NotFound):
        queries.find(sitting.institution, str(session.public_id))
    assert not Incident.objects.filter(session=session).exclude(explanation="").exists()
    assert not EvidenceItem.objects.filter(session=session, erased_at=None).exists()
    assert not SessionMeasures.objects.filter(session=session).exists()
    assert Consent.objects.get(session=session).camera  # that it was agreed to stays provable
    person.refresh_from_db()
    assert person.name == "erased person"
    certificate = DeletionCertificate.objects.get()
    assert certificate.cause == "session" and "consents" in certificate.content["kept"]
    assert certificate.content["keys_destroyed"]
    assert AuditEntry.objects.filter(verb="session.deleted").count() == 1

    assert Incident.objects.filter(session=other).exclude(explanation="").exists()
    assert EvidenceItem.objects.filter(session=other, erased_at=None).exists()
    assert queries.find(sitting.institution, "run-2") == other
    # The number is free again, for a new person of that name.
    assert start_session(sitting, officer).candidate != person


def test_a_hold_or_an_open_case_keeps_a_session(sitting: Sitting, officer: User, reviewer: User) -> None:
    session = start_session(sitting, officer)
    services.end(session, actor=officer)
    hold = holds.place(
        sitting.institution, actor=officer, scope=HoldScope.SITTING, subject=sitting, reason="Court."
    )
    for lift in (True, False):
        with pytest.raises(Conflict) as refusal:
            services.delete(session, actor=officer)
        assert refusal.value.code == "held"
        if lift:
            holds.lift(hold, actor=officer, reason="Over.")
            make_case(session)
    assert queries.find(sitting.institution, "run-1") == session


def test_candidates_cannot_take_it_here_and_nobody_enrols_others(
    institution: Institution, sitting: Sitting, officer: User, candidate: User
) -> None:
    with pytest.raises(Conflict) as refusal:
        enrol(sitting, candidate, actor=officer)
    assert refusal.value.code == "outside"
    (line,) = enrol_by_email(sitting, [candidate.email], actor=officer)
    assert line.outcome == "refused"
    own = Enrolment.objects.create(institution=institution, sitting=sitting, candidate=candidate)
    with pytest.raises(Conflict) as refusal:
        attempts.open_attempt(own, actor=candidate)
    assert refusal.value.code == "outside"
    assert sitting in counted_sittings() and sitting not in marked_sittings()


def test_one_default_sitting_a_label_and_a_new_one_when_it_closes(
    institution: Institution, officer: User
) -> None:
    made = default_sitting(institution, label="Old clients", actor=officer)
    assert default_sitting(institution, label="Old clients", actor=officer) == made
    assert made.exam.is_outside and not made.tells_candidates
    start_session(made, officer)
    Sitting.objects.filter(pk=made.pk).update(
        opens_at=clock.now() - timedelta(days=2), closes_at=clock.now() - timedelta(days=1)
    )
    again = default_sitting(institution, label="Old clients", actor=officer)
    assert again != made and again.exam == made.exam
    assert Exam.objects.filter(is_outside=True).count() == 1


def test_no_mail_goes_to_people_who_have_no_address(sitting: Sitting, officer: User, settings: Any) -> None:
    from proctor_site import settings as configured

    assert configured.EMAIL_BACKEND == "accounts.mail_backend.OnlyToRealAddresses"
    person = start_session(sitting, officer).candidate
    assert person is not None
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
    backend = mail_backend.OnlyToRealAddresses()
    letters = [
        EmailMessage("One", "text", to=[person.email]),
        EmailMessage("Two", "text", to=[f"{person.name} <{person.email}>", "real@example.org"]),
    ]
    assert backend.send_messages(letters) == 1
    assert [(each.subject, each.recipients()) for each in mail.outbox] == [("Two", ["real@example.org"])]


def test_what_needs_a_page_of_ours_is_refused_in_words(
    sitting: Sitting, officer: User, proctor: User
) -> None:
    session = start_session(sitting, officer)
    assert session.attempt is not None
    assign_proctor(sitting, proctor, actor=officer)
    with pytest.raises(Conflict) as refusal:
        supervision.warn(session.attempt, proctor=proctor, text="Look here.")
    assert refusal.value.code == "outside"
    assert calls.why_not(session.attempt) == NO_PAGE_OF_OURS
    assert not talk_queries.is_offered(session.attempt, policies.policy_of(session.attempt))
    attempts.terminate(session.attempt, actor=proctor, reason="Left.")
    with pytest.raises(Conflict) as refusal:
        attempts.reinstate(session.attempt, actor=proctor)
    assert refusal.value.code == "outside"
    with pytest.raises(Conflict) as refusal:
        add_section(sitting.exam, title="One", actor=officer)
    assert refusal.value.code == "outside"
    with pytest.raises(InvalidInput) as wrong:
        change_sitting(sitting, actor=officer, begins="person")
    assert wrong.value.field == "begins"
