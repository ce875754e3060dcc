"""What was captured in practice is thrown away with the attempt; proctors hear of nothing; proofs say so."""

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import AuditEntry, User
from exams import states
from exams.delivery import attempts, throwing_away
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring.analysis import templates
from proctoring.evidence import custody, store
from proctoring.evidence.exhibits import Picture
from proctoring.identity import check_in, consent
from proctoring.incidents import recording
from proctoring.incidents.decisions import OpenIncident
from proctoring.live.publish import record_event
from proctoring.models import (
    CandidateWarning,
    Consent,
    EvidenceItem,
    Incident,
    LiveEvent,
    MonitoringSession,
    ReferenceFace,
)
from proctoring.models.live_event import Audience
from tests.capture import RED, frame
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident

pytestmark = pytest.mark.usefixtures("scoped", "folder_store")


@pytest.fixture
def sitting(institution: Any) -> Any:
    return make_sitting(make_exam(institution), is_practice=True)


@pytest.fixture
def captured(attempt: Attempt, session: MonitoringSession, proctor: User) -> list[EvidenceItem]:
    """A session with an incident, two pictures (one still in the spool), a face, a warning and an event."""
    incident = make_incident(session)
    pictures = [Picture(number, clock.now(), frame(RED, seed=number)) for number in (1, 2)]
    items = store.attach(incident, store.stage(session, pictures))
    store._push(items[0])
    photo = storages["identity"].save("1/photo.jpg", ContentFile(b"photo"))
    ReferenceFace.objects.create(
        institution=session.institution,
        session=session,
        consent=Consent.objects.get(),
        engine="test",
        template=templates.seal([0.0] * 128),
        photo_name=photo,
        photo_sha256="0" * 64,
        created_at=clock.now(),
    )
    CandidateWarning.objects.create(
        institution=session.institution, session=session, proctor=proctor, text="Light.", sent_at=clock.now()
    )
    record_event(session.institution, kind="test", payload={}, audience=Audience.CANDIDATE, attempt=attempt)
    Attempt.objects.filter(pk=attempt.pk).update(state=states.SUBMITTED, ended_at=clock.now())
    attempt.refresh_from_db()
    return items


def test_everything_captured_goes_and_the_consent_stays(
    attempt: Attempt, captured: list[EvidenceItem], django_capture_on_commit_callbacks: Any
) -> None:
    stored, spooled = captured
    with django_capture_on_commit_callbacks(execute=True):
        throwing_away.throw_away(attempt, actor=None)
    for model in (EvidenceItem, Incident, ReferenceFace, CandidateWarning, LiveEvent):
        assert not model.objects.exists(), model
    assert not storages["evidence"].exists(stored.name)
    assert not storages["identity"].exists("1/photo.jpg")
    assert not store._spool_path(spooled.name).exists()
    assert Consent.objects.count() == 1
    said = AuditEntry.objects.get(verb="attempt.thrown_away").detail
    assert (said["evidence"], said["incidents"], said["face_data"], said["warnings"]) == (2, 1, 1, 1)


def test_the_command_says_thrown_away_and_not_broken(attempt: Attempt, captured: list[EvidenceItem]) -> None:
    throwing_away.throw_away(attempt, actor=None)
    out = io.StringIO()
    call_command("verify_evidence", stdout=out)
    assert "thrown away on " in out.getvalue()
    assert "1 sessions checked, all whole." in out.getvalue()


def test_evidence_removed_without_announcement_is_a_break(
    attempt: Attempt, session: MonitoringSession, captured: list[EvidenceItem]
) -> None:
    EvidenceItem.objects.all().delete()
    Attempt.objects.update(thrown_away_at=clock.now())
    session.refresh_from_db()
    found = custody.first_broken(session)
    assert found is not None
    assert "audit entry" in found.problem
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("verify_evidence", stdout=io.StringIO())


def test_an_upload_that_was_under_way_leaves_no_file(attempt: Attempt, captured: list[EvidenceItem]) -> None:
    spooled = captured[1]
    throwing_away.throw_away(attempt, actor=None)
    store._push(spooled)  # its thread had read the row before
    assert not storages["evidence"].exists(spooled.name)


@pytest.mark.parametrize("is_practice", [True, False], ids=["practice", "exam"])
def test_incidents_of_practice_are_told_to_the_candidate_only(
    session: MonitoringSession, sitting: Any, is_practice: bool
) -> None:
    type(sitting).objects.update(is_practice=is_practice)
    session = MonitoringSession.objects.select_related("sitting", "attempt").get()
    now = clock.now().timestamp()
    decision = OpenIncident(**_opening(now))
    [incident] = recording.record(session, [decision], engine="test", frames=None, warn_candidate=True)
    told = set(LiveEvent.objects.values_list("audience", flat=True))
    assert incident.pk
    assert told == ({"candidate"} if is_practice else {"candidate", "proctors"})


def _opening(now: float) -> dict[str, Any]:
    from proctoring.observations import ObservationKind, Severity  # noqa: PLC0415

    return {
        "kind": ObservationKind.NO_FACE,
        "severity": Severity.MEDIUM,
        "started_at": now - 5,
        "last_seen_at": now,
        "count": 5,
        "confidence": 0.9,
        "explanation": "Nobody was in view.",
        "measurements": {},
    }


def test_nobody_has_to_let_anybody_in(sitting: Any, candidate: User) -> None:
    attempt = make_attempt(enrol(sitting, candidate), state=states.SCHEDULED)
    notice = consent.notices.for_attempt(attempt).version
    consent.give(attempt, candidate=candidate, notice=notice, camera=False, face_comparison=False)
    assert not LiveEvent.objects.filter(kind="camera.changed").exists()
    assert check_in.complete(attempt, candidate=candidate).state == states.READY
    assert attempts.open_attempt(attempt.enrolment, actor=candidate) == attempt
