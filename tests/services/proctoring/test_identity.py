"""Notice, consent, reference photo and the end of check-in."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages

from accounts.models import AuditEntry, User
from exams import states
from exams.delivery import allowances
from exams.models import Attempt
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, Unavailable
from proctoring import policies, sessions, supervision
from proctoring.analysis import context, templates
from proctoring.identity import check_in, consent, notice, reference, steps, store
from proctoring.ingest.services import accept_frame
from proctoring.models import Consent, Incident, LiveEvent, Notice, Policy, ReferenceFace
from proctoring.observations import ObservationKind
from tests.capture import BLUE, RED, FrameFeed, frame, fresh
from tests.factories.exams import enrol, make_attempt

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted", "scoped")]


@pytest.fixture
def checking_in(sitting: Any, candidate: User) -> Attempt:
    return make_attempt(enrol(sitting, candidate), state="checking_in")


def agree(attempt: Attempt, *, camera: Any = True, face_comparison: Any = True, read: Any = None) -> Consent:
    version = notice.for_attempt(attempt).version if read is None else read
    return consent.give(
        attempt,
        candidate=attempt.enrolment.candidate,
        notice=version,
        camera=camera,
        face_comparison=face_comparison,
    )


def photos() -> list[str]:
    root = Path(storages["identity"].location)
    return [path.name for path in root.rglob("*.jpg")] if root.exists() else []


def default_policy(institution: Any, **fields: Any) -> Policy:
    return Policy.objects.create(institution=institution, name="Ours", is_default=True, **fields)


def test_the_notice_follows_the_policy_and_gets_a_new_version(checking_in: Attempt, institution: Any) -> None:
    first = notice.for_attempt(checking_in)
    assert notice.for_attempt(checking_in) == first
    assert (first.version, "reference photo" in first.body, institution.owner_email in first.body) == (
        1,
        True,
        True,
    )
    policy = default_policy(institution, reference_photo_required=False, several_faces="off")
    second = notice.for_attempt(checking_in)
    assert second.version == 2
    assert "reference photo" not in second.body
    assert "more than one face" not in second.body
    policy.camera_required = False
    policy.save()
    assert "taken without camera" in notice.for_attempt(checking_in).body
    policy.delete()
    assert notice.for_attempt(checking_in) == first  # an old wording is the old version again
    assert Notice.objects.count() == 3


def test_consent_opens_the_session_and_the_same_choice_again_changes_nothing(checking_in: Attempt) -> None:
    given = agree(checking_in)
    assert given.session.attempt_id == checking_in.pk
    assert agree(checking_in).pk == given.pk
    assert AuditEntry.objects.filter(verb="attempt.consent_given").count() == 1
    changed = agree(checking_in, face_comparison=False)
    assert changed.session_id == given.session_id
    given.refresh_from_db()
    assert given.withdrawn_at is not None
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"camera": None}, "camera"),
        ({"camera": "yes"}, "camera"),
        ({"face_comparison": 1}, "face_comparison"),
        ({"camera": False, "face_comparison": True}, "face_comparison"),
        ({"read": 99}, "notice"),
        ({"read": "1"}, "notice"),
        ({"read": True}, "notice"),
    ],
)
def test_a_wrong_choice_changes_nothing(checking_in: Attempt, choice: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        agree(checking_in, **choice)
    assert caught.value.field == field
    assert not Consent.objects.exists()
    assert sessions.session_of(checking_in) is None


@pytest.mark.parametrize("who", ["second_candidate", "proctor", "stranger", "foreign_candidate"])
def test_nobody_consents_for_others(request: Any, checking_in: Attempt, who: str) -> None:
    user = request.getfixturevalue(who)
    with pytest.raises(NotFound):
        consent.give(checking_in, candidate=user, notice=1, camera=True, face_comparison=True)
    with pytest.raises(NotFound):
        consent.withdraw(checking_in, candidate=user)
    with pytest.raises(NotFound):
        check_in.complete(checking_in, candidate=user)
    assert not Consent.objects.exists()


@pytest.mark.usefixtures("folder_store")
def test_a_good_photo_becomes_the_reference_encrypted(checking_in: Attempt, settings: Any) -> None:
    before = photos()
    session = agree(checking_in).session
    judged = reference.enrol(session, frame(RED))
    assert (judged.ok, judged.problems) == (True, ())
    face = ReferenceFace.objects.get(session=session)
    assert face.engine.startswith("scripted-faces")
    assert judged.report.vector is not None
    assert bytes(face.template) != judged.report.vector.tobytes()
    assert templates.unseal(face.template) == pytest.approx(judged.report.vector)
    assert len(photos()) == len(before) + 1
    settings.TEMPLATE_KEY = "another key"
    with pytest.raises(Unavailable) as caught:
        templates.unseal(face.template)
    assert caught.value.code == "template_unreadable"


@pytest.mark.usefixtures("folder_store")
def test_a_new_photo_replaces_the_old_one(checking_in: Attempt) -> None:
    before = photos()
    session = agree(checking_in).session
    reference.enrol(session, frame(RED))
    reference.enrol(session, frame(BLUE))
    assert ReferenceFace.objects.filter(session=session).count() == 1
    assert len(photos()) == len(before) + 1


@pytest.mark.parametrize(
    ("people", "problem"), [((), "no_face"), ((RED, BLUE), "several_faces")], ids=["nobody", "two"]
)
def test_a_bad_photo_is_explained_and_changes_nothing(
    checking_in: Attempt, people: Any, problem: str
) -> None:
    before = photos()
    session = agree(checking_in).session
    judged = reference.enrol(session, frame(*people))
    assert not judged.ok
    assert problem in [code for code, _ in judged.problems]
    assert all(text.endswith(".") for _, text in judged.problems)
    assert not ReferenceFace.objects.exists()
    assert photos() == before


def test_no_picture_no_reference(checking_in: Attempt) -> None:
    session = agree(checking_in).session
    with pytest.raises(InvalidInput) as caught:
        reference.enrol(session, b"not a picture")
    assert (caught.value.field, caught.value.code) == ("photo", "not_an_image")


@pytest.mark.parametrize("camera", [True, False])
def test_no_photo_without_agreement_to_comparison(checking_in: Attempt, camera: bool) -> None:
    session = agree(checking_in, camera=camera, face_comparison=False).session
    with pytest.raises(Conflict) as caught:
        reference.enrol(session, frame(RED))
    assert caught.value.code == "consent_missing"


def test_a_withdrawal_while_the_photo_is_judged_keeps_nothing(
    checking_in: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = photos()
    session = agree(checking_in).session
    real = store.save

    def withdraw_meanwhile(*what: Any, **how: Any) -> str:
        saved = real(*what, **how)
        consent.withdraw(checking_in, candidate=checking_in.enrolment.candidate)
        return saved

    monkeypatch.setattr(store, "save", withdraw_meanwhile)
    with pytest.raises(Conflict):
        reference.enrol(session, frame(RED))
    assert not ReferenceFace.objects.exists()
    assert photos() == before


def test_check_in_asks_for_choice_then_photo_then_admits_once(checking_in: Attempt, candidate: User) -> None:
    for expected in ("consent_missing", "reference_photo_missing", ""):
        if expected == "reference_photo_missing":
            agree(checking_in)
        if not expected:
            session = sessions.session_of(checking_in)
            assert session is not None
            reference.enrol(session, frame(RED))
            assert check_in.complete(checking_in, candidate=candidate).state == "ready"
            assert check_in.complete(checking_in, candidate=candidate).state == "ready"
            assert AuditEntry.objects.filter(verb="attempt.admit").count() == 1
            return
        with pytest.raises(Conflict) as caught:
            check_in.complete(checking_in, candidate=candidate)
        assert caught.value.code == expected
        assert fresh(checking_in).state == "checking_in"


@pytest.mark.parametrize("camera", [True, False])
def test_who_declines_waits_for_a_person(
    checking_in: Attempt, candidate: User, proctor: User, camera: bool
) -> None:
    given = agree(checking_in, camera=camera, face_comparison=False)
    step = steps.next_step(consent.policy_of(checking_in), given, is_practice=False)
    assert step.code == "person_will_check"
    told = LiveEvent.objects.get(kind="identity.asked")
    assert (told.audience, told.payload["state"], told.payload["waiting"]) == ("proctors", "waiting", 1)
    with pytest.raises(Conflict) as caught:
        check_in.complete(checking_in, candidate=candidate)
    assert caught.value.code == "person_will_check"
    assert "person" in caught.value.message
    supervision.admit(checking_in, proctor=proctor, reason="Checked the identity card")
    assert fresh(checking_in).state == "ready"


def test_an_exam_without_camera_lets_in_and_captures_nothing(
    checking_in: Attempt, candidate: User, institution: Any
) -> None:
    default_policy(institution, camera_required=False)
    assert check_in.complete(checking_in, candidate=candidate).state == "ready"
    session = sessions.ensure(checking_in)
    session.attempt = checking_in
    checking_in.state = "in_progress"
    with pytest.raises(Conflict) as caught:
        accept_frame(session, frame(RED), sequence=1)
    assert caught.value.code == "consent_missing"


def test_a_policy_without_photo_needs_consent_only(
    checking_in: Attempt, candidate: User, institution: Any
) -> None:
    default_policy(institution, reference_photo_required=False)
    agree(checking_in, face_comparison=False)
    assert check_in.complete(checking_in, candidate=candidate).state == "ready"


def test_another_person_than_on_the_photo_is_noticed_the_same_is_not(
    attempt: Attempt, candidate: User
) -> None:
    session = agree(attempt).session
    reference.enrol(session, frame(RED))
    session = sessions.session_of(attempt)
    assert session is not None
    feed = FrameFeed(session)
    for _ in range(8):
        assert feed.send(frame(RED)).incidents == []
    for _ in range(20):
        answer = feed.send(frame(BLUE))
    assert answer.incidents == ["different_person"]
    assert Incident.objects.get().kind == "different_person"


def test_withdrawing_stops_capture_and_deletes_face_data(attempt: Attempt, candidate: User) -> None:
    before = photos()
    session = agree(attempt).session
    reference.enrol(session, frame(RED))
    session = sessions.session_of(attempt)
    assert session is not None
    FrameFeed(session).send(frame(RED))
    assert context.of(session).references is not None
    consent.withdraw(attempt, candidate=candidate)
    assert not ReferenceFace.objects.exists()
    assert photos() == before
    assert context.of(session).references is None
    with pytest.raises(Conflict) as caught:
        FrameFeed(session, start=50).send(frame(RED))
    assert caught.value.code == "consent_missing"
    assert LiveEvent.objects.get(kind="camera.changed").payload["state"] == "withdrawn"
    consent.withdraw(attempt, candidate=candidate)  # nothing left to withdraw
    assert LiveEvent.objects.filter(kind="camera.changed").count() == 1


def test_a_reference_of_another_engine_is_not_compared(attempt: Attempt) -> None:
    session = agree(attempt).session
    reference.enrol(session, frame(RED))
    ReferenceFace.objects.update(engine="some other engine")
    context.forget(session.pk)
    found = sessions.session_of(attempt)
    assert found is not None
    assert context.of(found).references is None


@pytest.mark.usefixtures("memory_cache")
def test_vectors_stay_out_of_the_cache(attempt: Attempt) -> None:
    from django.core.cache import cache

    session = agree(attempt).session
    vector = reference.enrol(session, frame(RED)).report.vector
    assert vector is not None
    found = sessions.session_of(attempt)
    assert found is not None
    FrameFeed(found).send(frame(RED))
    held = b"".join(bytes(value) for value in cache._cache.values())
    assert vector.tobytes() not in held


def test_policy_for_prefers_the_assigned_one(sitting: Any, institution: Any) -> None:
    from proctoring.models import PolicyAssignment

    assert policies.policy_for(sitting.exam).pk is None
    general = default_policy(institution)
    assert policies.policy_for(sitting.exam) == general
    own = Policy.objects.create(institution=institution, name="Strict")
    PolicyAssignment.objects.create(institution=institution, exam=sitting.exam, policy=own)
    assert policies.policy_for(sitting.exam) == own


def test_the_way_without_camera_can_be_agreed(checking_in: Attempt) -> None:
    assert consent.policy_of(checking_in).camera_required
    allowances.give(checking_in.enrolment, actor=None, camera_free=True)
    fresh = Attempt.objects.get(pk=checking_in.pk)
    assert not consent.policy_of(fresh).camera_required
    assert "without camera" in notice.for_attempt(fresh).body
    assert check_in.complete(fresh, candidate=fresh.enrolment.candidate).state == states.READY


def test_a_policy_widened_during_an_attempt_looks_for_nothing_that_was_not_told(
    checking_in: Attempt, institution: Any
) -> None:
    policy = default_policy(institution, phone="off", no_face="on")
    given = agree(checking_in)
    assert "phone" not in given.looked_for
    Policy.objects.filter(pk=policy.pk).update(phone="on", no_face="advisory", book="off")
    context._known.clear()
    rules = context.of(given.session).rule_set.rules
    assert "phone" not in rules, "the candidate was not told of it"
    assert "book" not in rules, "what is switched off stays off"
    assert rules[ObservationKind.NO_FACE].severity == "info", "numbers and modes may change"


def test_a_comparison_that_was_not_announced_does_not_begin(checking_in: Attempt, institution: Any) -> None:
    policy = default_policy(institution, reference_photo_required=False)
    given = agree(checking_in, face_comparison=False)
    Policy.objects.filter(pk=policy.pk).update(reference_photo_required=True)
    context._known.clear()
    assert "different_person" not in context.of(given.session).rule_set.rules
