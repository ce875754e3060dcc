"""The identity document at check-in: consent, the three answers, the queue, the token, deletion."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from exams import states
from exams.delivery import attempts
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound
from proctoring import sessions
from proctoring.identity import (
    check_in,
    consent,
    document,
    document_tokens,
    notice,
    person_checks,
    reference,
)
from proctoring.models import DocumentCheck, MonitoringSession, Policy
from tests.capture import BLUE, RED, frame, fresh
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted", "scoped", "folder_store")]
BETWEEN = (20, 175, 230)
"""A colour whose likeness with RED lies between the scripted engine's two thresholds."""


@pytest.fixture
def policy(institution: Any) -> Policy:
    return Policy.objects.create(
        institution=institution, name="With document", is_default=True, document="required"
    )


@pytest.fixture
def checking_in(policy: Policy, sitting: Any, candidate: User) -> Attempt:
    return make_attempt(enrol(sitting, candidate), state=states.CHECKING_IN)


def choose(attempt: Attempt, *, camera: bool = True, compared: bool = True) -> MonitoringSession:
    given = consent.give(
        attempt,
        candidate=attempt.enrolment.candidate,
        notice=notice.for_attempt(attempt).version,
        camera=camera,
        face_comparison=compared,
    )
    found = sessions.session_of(attempt)
    assert found is not None
    assert given.session_id == found.pk
    return found


def with_photo(attempt: Attempt) -> MonitoringSession:
    session = choose(attempt)
    assert reference.enrol(session, frame(RED)).ok
    return session


def complete(attempt: Attempt) -> str:
    """How completing check-in is answered: the state reached, or the code of the refusal."""
    now = fresh(attempt)
    try:
        return check_in.complete(now, candidate=now.enrolment.candidate).state
    except Conflict as refusal:
        return refusal.code


def test_the_notice_names_the_document_its_days_and_the_way_without(checking_in: Attempt) -> None:
    body = notice.for_attempt(checking_in).body
    for words in ("identity document", "deleted 7 days after", "or without showing a document"):
        assert words in body


def test_no_document_before_consent_nor_after_a_change_of_the_notice(
    checking_in: Attempt, policy: Policy
) -> None:
    session = sessions.ensure(checking_in)
    with pytest.raises(Conflict) as caught:
        document.show(session, frame(RED), document_type="pan")
    assert caught.value.code == "consent_missing"
    session = with_photo(checking_in)
    policy.document_days = 30
    policy.save()
    with pytest.raises(Conflict) as caught:
        document.show(session, frame(RED), document_type="pan")
    assert caught.value.code == "notice_outdated"
    policy.document = "off"
    policy.save()
    with pytest.raises(Conflict) as caught:
        document.show(session, frame(RED), document_type="pan")
    assert caught.value.code == "not_asked"
    assert not DocumentCheck.objects.exists()


@pytest.mark.parametrize(
    ("face", "answer", "then"),
    [
        (RED, "alike", "ready"),
        (BLUE, "unlike", "person_will_check"),
        (BETWEEN, "cannot_say", "person_will_check"),
    ],
    ids=["alike", "unlike", "cannot_say"],
)
def test_the_three_answers_and_what_follows(checking_in: Attempt, face: Any, answer: str, then: str) -> None:
    session = with_photo(checking_in)
    assert complete(checking_in) == "document_missing"
    shown = document.show(session, frame(face), document_type="passport")
    assert (shown.ok, shown.answer, shown.problems) == (True, answer, ())
    assert complete(checking_in) == then
    waiting = person_checks.waiting_check(session)
    expected = {"unlike": ["document_unlike"], "cannot_say": ["document_unsure"]}.get(answer)
    assert (waiting.reasons if waiting else None) == expected


@pytest.mark.parametrize(
    ("people", "problem"), [((), "no_face"), ((RED, BLUE), "several_faces")], ids=["nobody", "two"]
)
def test_a_photo_without_exactly_one_face_is_kept_only_for_a_person(
    checking_in: Attempt, people: Any, problem: str
) -> None:
    session = with_photo(checking_in)
    shown = document.show(session, frame(*people), document_type="other")
    assert (shown.ok, [code for code, _ in shown.problems]) == (False, [problem])
    assert not DocumentCheck.objects.exists()
    shown = document.show(session, frame(*people), document_type="other", anyway=True)
    assert (shown.ok, shown.answer) == (True, "cannot_say")
    assert complete(checking_in) == "person_will_check"


@pytest.mark.parametrize("value", ["", "library_card", None, 3], ids=["empty", "unknown", "none", "number"])
def test_an_unknown_type_is_named(checking_in: Attempt, value: Any) -> None:
    session = with_photo(checking_in)
    with pytest.raises(InvalidInput) as caught:
        document.show(session, frame(RED), document_type=value)
    assert caught.value.field == "document_type"


def test_no_picture_is_named(checking_in: Attempt) -> None:
    with pytest.raises(InvalidInput) as caught:
        document.show(with_photo(checking_in), b"no picture", document_type="pan")
    assert (caught.value.field, caught.value.code) == ("document", "not_an_image")


@pytest.mark.parametrize(
    ("mode", "then"), [("required", "person_will_check"), ("optional", "ready")], ids=["required", "optional"]
)
def test_leaving_it_out(checking_in: Attempt, policy: Policy, mode: str, then: str) -> None:
    policy.document = mode
    policy.save()
    document.leave_out(with_photo(checking_in))
    assert complete(checking_in) == then


def test_without_comparison_the_document_is_for_a_person_and_compared_with_nothing(
    checking_in: Attempt,
) -> None:
    session = choose(checking_in, compared=False)
    assert person_checks.waiting_check(session) is None  # the document comes first
    assert document.show(session, frame(RED), document_type="pan").answer == "cannot_say"
    assert DocumentCheck.objects.get().similarity is None
    assert complete(checking_in) == "person_will_check"


def test_the_photo_is_encrypted_and_readable_by_its_row_alone(
    checking_in: Attempt, folder_store: Path
) -> None:
    session = with_photo(checking_in)
    image = frame(RED, seed=3)
    document.show(session, image, document_type="pan")
    [file] = (folder_store / "identity").rglob("*.sealed")
    assert image[:200] not in file.read_bytes()
    check = DocumentCheck.objects.get()
    assert document.photo_of(check) == image
    file.write_bytes(b"something else")
    with pytest.raises(Conflict) as caught:
        document.photo_of(check)
    assert caught.value.code == "altered"


def test_a_new_photo_and_a_withdrawal_delete_the_old_one(
    checking_in: Attempt, folder_store: Path, django_capture_on_commit_callbacks: Any
) -> None:
    session = with_photo(checking_in)
    with django_capture_on_commit_callbacks(execute=True):
        document.show(session, frame(RED), document_type="pan")
    with django_capture_on_commit_callbacks(execute=True):
        document.show(session, frame(BLUE), document_type="passport")
    assert len(list((folder_store / "identity").rglob("*.sealed"))) == 1
    assert DocumentCheck.objects.get().document_type == "passport"
    with django_capture_on_commit_callbacks(execute=True):
        consent.withdraw(checking_in, candidate=checking_in.enrolment.candidate)
    assert not DocumentCheck.objects.exists()
    assert list((folder_store / "identity").rglob("*.sealed")) == []


def test_the_photo_goes_some_days_after_the_decision_and_the_row_stays(
    checking_in: Attempt, folder_store: Path, django_capture_on_commit_callbacks: Any
) -> None:
    document.show(with_photo(checking_in), frame(RED), document_type="pan")
    with clock.at(clock.now() + timedelta(days=100)):
        assert document.delete_due() == 0  # nothing is decided yet
    assert complete(checking_in) == "ready"
    with clock.at(clock.now() + timedelta(days=6, hours=23)):
        assert document.delete_due() == 0
    files = folder_store / "identity"
    assert len(list(files.rglob("*.sealed"))) == 1
    with (
        clock.at(clock.now() + timedelta(days=7, minutes=1)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert document.delete_due() == 1
        assert document.delete_due() == 0
    assert list(files.rglob("*.sealed")) == []
    check = DocumentCheck.objects.get()
    assert (check.answer, check.photo_name, bytes(check.photo_key)) == ("alike", "", b"")
    with pytest.raises(NotFound):
        document.photo_of(check)


def test_an_attempt_that_lapses_plans_the_deletion_too(checking_in: Attempt) -> None:
    document.show(with_photo(checking_in), frame(RED), document_type="pan")
    with clock.at(clock.now() + timedelta(days=2)):
        attempts.lapse(fresh(checking_in), actor=None)
    assert DocumentCheck.objects.get().delete_at is not None


def verify(institution: Any, face: Any = RED) -> document_tokens.Verified:
    return document_tokens.verify(
        institution,
        document_photo=frame(face),
        live_photo=frame(RED),
        document_type="voter_id",
        actor=None,
    )


def test_a_token_is_given_for_alike_faces_only_and_nothing_is_kept(
    institution: Any, folder_store: Path
) -> None:
    verified = verify(institution)
    assert verified.token
    assert verified.token not in str(DocumentCheck.objects.values())
    assert verify(institution, BLUE).token == ""
    assert verify(institution, BETWEEN).token == ""
    assert not (folder_store / "identity").exists()


@pytest.mark.parametrize(
    ("document_photo", "live_photo", "field", "code"),
    [
        (frame(), frame(RED), "document", "no_face"),
        (frame(RED, BLUE), frame(RED), "document", "several_faces"),
        (frame(RED), frame(), "live_face", "no_face"),
        (frame(RED), frame(RED, BLUE), "live_face", "several_faces"),
        (b"text", frame(RED), "document", "not_an_image"),
        (frame(RED), b"text", "live_face", "not_an_image"),
    ],
    ids=["document_0", "document_2", "live_0", "live_2", "document_text", "live_text"],
)
def test_exactly_one_face_on_each(
    institution: Any, document_photo: bytes, live_photo: bytes, field: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        document_tokens.verify(
            institution,
            document_photo=document_photo,
            live_photo=live_photo,
            document_type="pan",
            actor=None,
        )
    assert (caught.value.field, caught.value.code) == (field, code)
    assert not DocumentCheck.objects.exists()


def test_a_token_is_good_once(institution: Any, session: MonitoringSession, second_candidate: User) -> None:
    token = verify(institution).token
    assert document_tokens.redeem(token, session).session_id == session.pk
    assert session.sitting is not None
    other = make_session(make_attempt(enrol(session.sitting, second_candidate)))
    for again in (session, other):
        assert refusal_of(token, again) == "token_used"


def test_a_token_is_good_for_30_minutes(institution: Any, session: MonitoringSession) -> None:
    token = verify(institution).token
    with clock.at(clock.now() + timedelta(minutes=30, seconds=1)):
        assert refusal_of(token, session) == "token_expired"
    with clock.at(clock.now() + timedelta(minutes=29)):
        assert document_tokens.redeem(token, session).token_used_at is not None


def test_a_token_of_another_institution_is_none(
    institution: Any, session: MonitoringSession, other_institution: Any, foreign_candidate: User
) -> None:
    token = verify(institution).token
    sitting = make_sitting(make_exam(other_institution))
    foreign = make_session(make_attempt(enrol(sitting, foreign_candidate)))
    assert refusal_of(token, foreign) == "token_invalid"
    for wrong in ("", "guess", None, 7):
        assert refusal_of(wrong, session) == "token_invalid"
    assert refusal_of(token, session) == ""  # the tries have not used it up


def refusal_of(token: Any, session: MonitoringSession) -> str:
    try:
        document_tokens.redeem(token, session)
    except Conflict as refusal:
        return refusal.code
    return ""
