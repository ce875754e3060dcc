"""Officers' photos at check-in: compared under consent alone, judged by people, deleted with a reason."""

from typing import Any

import pytest
from django.core.files.storage import storages

from accounts.models import AuditEntry, Institution, User
from exams.models import Attempt
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import sessions
from proctoring.analysis import context
from proctoring.identity import (
    check_in,
    consent,
    notice,
    officer_photos,
    person_checks,
    photo_uploads,
    photos,
    reference,
)
from proctoring.models import IdentityCheck, LiveEvent, MonitoringSession, OfficerPhoto, ReferenceFace
from tests.capture import RED, frame
from tests.factories.exams import enrol, make_attempt
from tests.services.proctoring.test_officer_photos import ANA, BEN, stored, upload

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("scripted", "scoped", "folder_store"),
]


@pytest.fixture
def photo(institution: Institution, officer: User, candidate: User) -> OfficerPhoto:
    found = upload(institution, officer, {f"{candidate.email}.jpg": ANA})
    photo_uploads.ask(found, actor=officer)
    return OfficerPhoto.objects.get()


@pytest.fixture
def checking_in(sitting: Any, candidate: User) -> Attempt:
    return make_attempt(enrol(sitting, candidate), state="checking_in")


def agreed(attempt: Attempt) -> MonitoringSession:
    read = notice.for_attempt(attempt).version
    given = consent.give(
        attempt, candidate=attempt.enrolment.candidate, notice=read, camera=True, face_comparison=True
    )
    return given.session


def test_no_template_is_made_of_it_before_the_consent(checking_in: Attempt, photo: OfficerPhoto) -> None:
    session = sessions.ensure(checking_in)
    with pytest.raises(Conflict):
        reference.enrol(session, ANA)
    read = notice.for_attempt(checking_in).version
    candidate = checking_in.enrolment.candidate
    consent.give(checking_in, candidate=candidate, notice=read, camera=True, face_comparison=False)
    with pytest.raises(Conflict):
        reference.enrol(session, ANA)
    assert not ReferenceFace.objects.exists()
    photo.refresh_from_db()
    assert photo.used_at is None


def test_an_alike_photo_becomes_a_second_view(checking_in: Attempt, photo: OfficerPhoto) -> None:
    session = agreed(checking_in)
    assert reference.enrol(session, frame(RED, seed=7)).ok
    faces = list(ReferenceFace.objects.filter(session=session))
    assert [(face.view, face.likeness) for face in faces] == [("check_in", ""), ("officer", "alike")]
    found = sessions.session_of(checking_in)
    assert found is not None
    references = context.of(found).references
    assert references is not None and len(references) == 2
    assert check_in.complete(checking_in, candidate=checking_in.enrolment.candidate).state == "ready"
    photo.refresh_from_db()
    assert photo.used_at is not None
    assert not LiveEvent.objects.filter(kind="camera.changed").exists()


def test_an_unlike_photo_asks_a_person_and_is_not_compared_with(
    checking_in: Attempt, photo: OfficerPhoto, proctor: User
) -> None:
    session, candidate = agreed(checking_in), checking_in.enrolment.candidate
    assert reference.enrol(session, BEN).ok
    with pytest.raises(Conflict) as caught:
        check_in.complete(checking_in, candidate=candidate)
    assert caught.value.code == "person_will_check"
    assert LiveEvent.objects.filter(kind="identity.asked").exists()
    check = IdentityCheck.objects.get()
    assert check.reasons == ["officer_photo_unlike"]
    shown = {each.what: each.address.rpartition("=")[2] for each in photos.photos_of(check, proctor, "x")}
    assert set(shown) == {"reference", "officer"}
    assert photos.open_for(check, "officer", shown["officer"], proctor) == ANA
    found = sessions.session_of(checking_in)
    assert found is not None
    references = context.of(found).references
    assert references is not None and len(references) == 1
    person_checks.ask_again(check, proctor=proctor, message="Take it anew, please.", retake=["photo"])
    assert reference.enrol(session, ANA).ok  # by the right person
    assert check_in.complete(checking_in, candidate=candidate).state == "ready"


@pytest.mark.parametrize(("picture", "likeness", "views"), [(ANA, "alike", 2), (BEN, "unlike", 1)])
def test_a_photo_that_comes_later_is_compared_when_it_arrives(
    checking_in: Attempt,
    institution: Institution,
    officer: User,
    picture: bytes,
    likeness: str,
    views: int,
) -> None:
    session, candidate = agreed(checking_in), checking_in.enrolment.candidate
    reference.enrol(session, frame(RED, seed=7))
    photo_uploads.ask(upload(institution, officer, {f"{candidate.email}.jpg": picture}), actor=officer)
    assert ReferenceFace.objects.get(view="officer").likeness == likeness
    assert officer_photos.likeness_in_words(session) == likeness
    found = sessions.session_of(checking_in)
    assert found is not None and len(context.of(found).references or ()) == views
    entry = AuditEntry.objects.get(verb="session.officer_photo_compared")
    assert entry.detail == {"officer_photo": likeness}


def test_a_photo_that_comes_later_rests_where_nobody_agreed(
    checking_in: Attempt, institution: Institution, officer: User
) -> None:
    session, candidate = agreed(checking_in), checking_in.enrolment.candidate
    reference.enrol(session, ANA)
    consent.withdraw(checking_in, candidate=candidate)
    photo_uploads.ask(upload(institution, officer, {f"{candidate.email}.jpg": ANA}), actor=officer)
    assert not ReferenceFace.objects.exists()
    assert OfficerPhoto.objects.get().used_at is None


def test_a_photo_that_cannot_be_read_stops_nobody(checking_in: Attempt, photo: OfficerPhoto) -> None:
    storages["identity"].delete(photo.photo_name)
    assert reference.enrol(agreed(checking_in), ANA).ok
    assert [face.view for face in ReferenceFace.objects.all()] == ["check_in"]


def test_withdrawing_deletes_templates_and_check_in_photo_at_once(
    checking_in: Attempt, photo: OfficerPhoto
) -> None:
    reference.enrol(agreed(checking_in), ANA)
    assert (ReferenceFace.objects.count(), stored()) == (2, 2)
    consent.withdraw(checking_in, candidate=checking_in.enrolment.candidate)
    assert not ReferenceFace.objects.exists()
    assert stored() == 1  # the officer's own, without any template
    assert OfficerPhoto.objects.filter(pk=photo.pk).exists()


def test_deleting_takes_a_reason_and_the_templates_along(
    checking_in: Attempt, photo: OfficerPhoto, officer: User
) -> None:
    reference.enrol(agreed(checking_in), ANA)
    with pytest.raises(InvalidInput) as caught:
        officer_photos.remove(photo, actor=officer, reason="  ")
    assert caught.value.field == "reason"
    officer_photos.remove(photo, actor=officer, reason="Somebody else's photo")
    assert [face.view for face in ReferenceFace.objects.all()] == ["check_in"]
    entry = AuditEntry.objects.get(verb="officer_photo.deleted")
    assert entry.detail == {
        "candidate": checking_in.enrolment.candidate_id,
        "reason": "Somebody else's photo",
    }
    found = sessions.session_of(checking_in)
    assert found is not None
    references = context.of(found).references
    assert references is not None and len(references) == 1
