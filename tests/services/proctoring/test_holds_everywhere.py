"""While a hold is in force, no clock, command, officer or candidate deletes; once it is lifted, things go."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import transaction

from accounts.jobs import worker
from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import across_all
from exams import states as exam_states
from exams.delivery import throwing_away
from exams.models import Attempt, CandidateGroup, CandidateGroupMember, Roster
from exams.scheduling import groups, roster
from proctor_site import upkeep
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict
from proctoring import holds, sweep
from proctoring.analysis import templates
from proctoring.evidence import store
from proctoring.evidence.exhibits import Picture
from proctoring.identity import consent, kept_face_data, officer_photos
from proctoring.models import (
    Consent,
    DataKey,
    DeletionCertificate,
    DocumentCheck,
    EvidenceItem,
    KeptFaceData,
    LegalHold,
    MonitoringSession,
    OfficerPhoto,
    ReferenceFace,
)
from proctoring.rights import nightly
from proctoring.rights.kinds import KINDS
from tests.capture import RED, frame
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session
from tests.factories.talk import make_message

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("scoped", "folder_store"),
]
MANY_YEARS = timedelta(days=20 * 365)
LOGS = {"accounts.AuditEntry", "accounts.Job"}
"""They may grow; that entries cannot go is tested elsewhere."""


@pytest.fixture(autouse=True)
def look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "LOOK_EVERY_S", 0.0)


def reference_of(session: MonitoringSession) -> ReferenceFace:
    return ReferenceFace.objects.create(
        institution=session.institution,
        session=session,
        consent=Consent.objects.get(session=session),
        engine="test",
        template=templates.seal([0.0] * 128),
        photo_name=storages["identity"].save(f"{session.institution_id}/face.jpg", ContentFile(b"face")),
        photo_sha256="0" * 64,
        created_at=clock.now(),
    )


def captured(session: MonitoringSession, candidate: User) -> None:
    """Pictures, face, document, message of an attempt that is over."""
    attempt = session.attempt
    assert attempt is not None
    incident = make_incident(session)
    staged = store.stage(session, [Picture(1, clock.now(), frame(RED))])
    with transaction.atomic():
        store.attach(incident, staged)
    store.flush()
    make_message(attempt, candidate)
    DocumentCheck.objects.create(
        institution=session.institution,
        session=session,
        answer="alike",
        photo_name=storages["identity"].save(f"{session.institution_id}/document", ContentFile(b"document")),
        photo_sha256="0" * 64,
        created_at=clock.now(),
        delete_at=clock.now() + timedelta(days=1),
    )
    Attempt.objects.filter(pk=attempt.pk).update(state=exam_states.SUBMITTED, ended_at=clock.now())
    MonitoringSession.objects.filter(pk=session.pk).update(state="ended", ended_at=clock.now())
    attempt.refresh_from_db()


@pytest.fixture
def practice(institution: Institution, candidate: User) -> Attempt:
    sitting = make_sitting(make_exam(institution), is_practice=True)
    session = make_session(make_attempt(enrol(sitting, candidate)))
    captured(session, candidate)
    assert session.attempt is not None
    return session.attempt


@pytest.fixture
def world(
    institution: Institution,
    candidate: User,
    officer: User,
    session: MonitoringSession,
    practice: Attempt,
) -> MonitoringSession:
    """One of everything that some clock, command or officer deletes."""
    reference_of(session)
    captured(session, candidate)
    OfficerPhoto.objects.create(
        institution=institution,
        candidate=candidate,
        photo_name=storages["identity"].save(f"{institution.pk}/officer", ContentFile(b"officer")),
        photo_sha256="0" * 64,
        kept_at=clock.now(),
        kept_by=officer,
    )
    Roster.objects.create(
        institution=institution,
        sitting=session.sitting,
        file_name="roster.csv",
        rows=[{"email": candidate.email}],
        row_count=1,
        created_by=officer,
    )
    group = CandidateGroup.objects.create(institution=institution, name="Evening class")
    CandidateGroupMember.objects.create(institution=institution, group=group, candidate=candidate)
    storages["evidence"].save(f"{institution.pk}/orphan", ContentFile(b"no row names it"))
    return session


def kept() -> dict[str, int]:
    """Rows of each model of the register."""
    models = {rows.model for kind in KINDS.values() for rows in kind.rows} - LOGS
    with across_all():
        return {name: apps.get_model(name)._base_manager.count() for name in sorted(models)}


def files() -> set[str]:
    roots = [Path(storages[alias].location) for alias in ("evidence", "identity")]
    return {str(path) for root in roots for path in root.rglob("*") if path.is_file()}


def everything_that_deletes(*, days: int = 0) -> None:
    """Every command and every step of the server that deletes something, twenty years later."""
    with clock.at(clock.now() + MANY_YEARS + timedelta(days=days)):
        for command in (["retain"], ["sweep", "--once"], ["clear_orphans", "--remove", "--older-than", "1"]):
            call_command(*command, stdout=io.StringIO())
        sweep.sweep_once()
        for _ in range(4):
            upkeep.look_around()
            worker.work()


@pytest.fixture(params=["institution", "person"])
def hold(request: Any, institution: Institution, candidate: User, officer: User) -> Iterator[LegalHold]:
    subject = candidate if request.param == "person" else None
    yield holds.place(
        institution, actor=officer, scope=request.param, subject=subject, reason="Court file 9/31"
    )


def test_no_clock_and_no_command_deletes_what_is_held(
    world: MonitoringSession, hold: LegalHold, officer: User
) -> None:
    rows, stored = kept(), files()
    everything_that_deletes()
    assert kept() == rows
    assert files() == stored
    assert DataKey.objects.filter(destroyed_at__isnull=False).count() == 0
    holds.lift(hold, actor=officer, reason="Settled.")
    everything_that_deletes(days=1)
    after = kept()
    gone = {name for name, number in rows.items() if after[name] < number}
    assert gone >= {
        "exams.Roster",
        "proctoring.ChatMessage",
        "proctoring.DocumentCheck",
        "proctoring.Incident",
        "proctoring.OfficerPhoto",
        "proctoring.ReferenceFace",
    }
    assert not files()
    assert not EvidenceItem.objects.filter(erased_at=None).exists()


def test_nobody_deletes_by_hand_what_is_held(
    world: MonitoringSession, practice: Attempt, hold: LegalHold, officer: User, candidate: User
) -> None:
    face_data = KeptFaceData.objects.get(pk=world.pk)
    acts: list[Any] = [
        lambda: kept_face_data.erase(face_data, actor=officer, reason="Tidy"),
        lambda: officer_photos.remove(OfficerPhoto.objects.get(), actor=officer, reason="Tidy"),
        lambda: officer_photos.keep(
            candidate, institution=world.institution, name="new", sha256="1" * 64, actor=officer
        ),
        lambda: groups.remove_group(CandidateGroup.objects.get(), actor=officer),
        lambda: throwing_away.throw_away(practice, actor=candidate),
    ]
    rows, stored = kept(), files()
    for act in acts:
        with pytest.raises(Conflict, match="hold"):
            act()
    with clock.at(clock.now() + MANY_YEARS):
        assert roster.clear_unused() == 0
    assert kept() == rows
    assert files() == stored


def test_a_withdrawn_consent_ends_the_use_at_once_and_the_deletion_follows_the_hold(
    session: MonitoringSession, attempt: Attempt, candidate: User, officer: User, institution: Institution
) -> None:
    reference_of(session)
    hold = holds.place(institution, actor=officer, scope="attempt", subject=attempt, reason="File 9/31")
    consent.withdraw(attempt, candidate=candidate)
    assert ReferenceFace.objects.count() == 1
    assert consent.valid_consent(session) is None
    assert AuditEntry.objects.get(verb="attempt.consent_withdrawn").detail == {"kept_by_a_hold": True}
    assert consent.erase_withdrawn(institution) == 0
    holds.lift(hold, actor=officer, reason="Settled.")
    assert consent.erase_withdrawn(institution) == 1
    assert not ReferenceFace.objects.exists()
    assert not files()


def test_thrown_away_practice_destroys_its_keys_and_is_certified(practice: Attempt, candidate: User) -> None:
    keys = {str(each.label) for each in DataKey.objects.all()}
    assert keys
    throwing_away.throw_away(practice, actor=candidate)
    assert not DataKey.objects.filter(destroyed_at=None).exists()
    certificate = DeletionCertificate.objects.get()
    assert certificate.cause == "practice"
    assert set(certificate.content["keys_destroyed"]) == keys
    assert certificate.content["deleted"]["evidence"] == 1
    assert candidate.email not in str(certificate.content)
