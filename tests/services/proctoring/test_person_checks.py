"""The queue of those whom a person checks: who stands in it, what is decided, and who is told."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from exams import states
from exams.delivery import attempts
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from proctoring import sessions, supervision
from proctoring.identity import check_in, consent, notice, person_checks, reference
from proctoring.models import IdentityCheck, LiveEvent, ReferenceFace
from tests.capture import RED, frame, fresh
from tests.factories.exams import enrol, make_attempt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted", "scoped", "folder_store")]


@pytest.fixture
def checking_in(sitting: Any, candidate: User) -> Attempt:
    return make_attempt(enrol(sitting, candidate), state=states.CHECKING_IN)


def choose(attempt: Attempt, *, camera: bool = False, compared: bool = False) -> None:
    consent.give(
        attempt,
        candidate=attempt.enrolment.candidate,
        notice=notice.for_attempt(attempt).version,
        camera=camera,
        face_comparison=compared,
    )


def waiting(attempt: Attempt) -> IdentityCheck:
    session = sessions.session_of(attempt)
    assert session is not None
    found = person_checks.waiting_check(session)
    assert found is not None
    return found


def told(attempt: Attempt) -> list[tuple[str, str, int]]:
    rows = LiveEvent.objects.filter(attempt=attempt, kind__startswith="identity.")
    return [(each.kind, each.payload["state"], each.payload["waiting"]) for each in rows]


@pytest.mark.parametrize(
    ("camera", "reason"), [(False, "no_camera"), (True, "no_comparison")], ids=["no_camera", "no_comparison"]
)
def test_who_declines_stands_in_the_queue_once(checking_in: Attempt, camera: bool, reason: str) -> None:
    choose(checking_in, camera=camera)
    first = waiting(checking_in)
    assert (first.reasons, first.sitting_id) == ([reason], checking_in.enrolment.sitting_id)
    with pytest.raises(Conflict):
        check_in.complete(checking_in, candidate=checking_in.enrolment.candidate)
    assert waiting(checking_in).pk == first.pk
    assert told(checking_in) == [("identity.asked", "waiting", 1)]


def test_who_has_trouble_with_the_photo_asks_for_a_person(checking_in: Attempt) -> None:
    choose(checking_in, camera=True, compared=True)
    candidate = checking_in.enrolment.candidate
    check_in.ask_for_person(checking_in, candidate=candidate)
    assert waiting(checking_in).reasons == ["photo_problems"]
    choose(checking_in, camera=True, compared=True)  # tries alone again, and leaves the queue
    assert IdentityCheck.objects.get().state == "dropped"
    session = sessions.session_of(checking_in)
    assert session is not None
    reference.enrol(session, frame(RED))
    assert check_in.complete(fresh(checking_in), candidate=candidate).state == states.READY


def test_nobody_asks_before_the_choice_or_for_others(checking_in: Attempt, second_candidate: User) -> None:
    with pytest.raises(Conflict) as caught:
        check_in.ask_for_person(checking_in, candidate=checking_in.enrolment.candidate)
    assert caught.value.code == "consent_missing"
    with pytest.raises(NotFound):
        check_in.ask_for_person(checking_in, candidate=second_candidate)


def test_approval_lets_in_and_names_who_decided(checking_in: Attempt, proctor: User) -> None:
    choose(checking_in)
    check = person_checks.approve(waiting(checking_in), proctor=proctor)
    assert (check.state, check.decided_by) == ("approved", proctor)
    assert fresh(checking_in).state == states.READY
    assert told(checking_in)[-1] == ("identity.decided", "approved", 0)
    assert AuditEntry.objects.filter(verb="identitycheck.approve", actor=proctor).count() == 1


def test_refusal_needs_a_reason_and_ends_the_attempt(checking_in: Attempt, proctor: User) -> None:
    choose(checking_in)
    with pytest.raises(InvalidInput) as caught:
        person_checks.refuse(waiting(checking_in), proctor=proctor, reason="  ")
    assert caught.value.field == "reason"
    check = person_checks.refuse(waiting(checking_in), proctor=proctor, reason="Another person came.")
    assert (check.state, check.message) == ("refused", "Another person came.")
    assert fresh(checking_in).state == states.REFUSED


def test_asking_again_sends_a_message_and_deletes_what_is_taken_anew(
    checking_in: Attempt, proctor: User
) -> None:
    choose(checking_in, camera=True, compared=True)
    session = sessions.session_of(checking_in)
    assert session is not None
    reference.enrol(session, frame(RED))
    check_in.ask_for_person(checking_in, candidate=checking_in.enrolment.candidate)
    check = waiting(checking_in)
    with pytest.raises(InvalidInput) as caught:
        person_checks.ask_again(check, proctor=proctor, message="", retake=["photo"])
    assert caught.value.field == "message"
    with pytest.raises(InvalidInput) as caught:
        person_checks.ask_again(check, proctor=proctor, message="Again", retake=["everything"])
    assert caught.value.field == "retake"
    person_checks.ask_again(check, proctor=proctor, message="Take off your hat, please.", retake=["photo"])
    assert not ReferenceFace.objects.exists()
    newest = person_checks.newest_check(session)
    assert newest is not None
    assert (newest.state, newest.message) == ("asked_again", "Take off your hat, please.")
    assert fresh(checking_in).state == states.CHECKING_IN
    with pytest.raises(Conflict) as refused:
        check_in.complete(fresh(checking_in), candidate=checking_in.enrolment.candidate)
    assert refused.value.code == "reference_photo_missing"


def test_of_two_decisions_the_first_holds(checking_in: Attempt, proctor: User, officer: User) -> None:
    choose(checking_in)
    first, second = waiting(checking_in), waiting(checking_in)
    person_checks.ask_again(first, proctor=proctor, message="Please call us.")
    with pytest.raises(Conflict):
        person_checks.ask_again(second, proctor=officer, message="Please come in.")
    second.refresh_from_db()
    with pytest.raises(Conflict) as caught:
        person_checks.approve(second, proctor=officer)
    assert caught.value.code == "decided"
    assert fresh(checking_in).state == states.CHECKING_IN


@pytest.mark.parametrize(
    "who", ["second_proctor", "reviewer", "stranger", "foreign_officer", "second_candidate"]
)
def test_only_who_watches_the_sitting_decides(
    request: pytest.FixtureRequest, checking_in: Attempt, who: str
) -> None:
    choose(checking_in)
    check = waiting(checking_in)
    user = request.getfixturevalue(who)
    for decide in (
        lambda: person_checks.approve(check, proctor=user),
        lambda: person_checks.refuse(check, proctor=user, reason="No."),
        lambda: person_checks.ask_again(check, proctor=user, message="Again."),
    ):
        with pytest.raises(NotFound):
            decide()
    assert waiting(checking_in).state == "waiting"


def test_nobody_checks_themselves(sitting: Any, officer: User) -> None:
    own = make_attempt(enrol(sitting, officer), state=states.CHECKING_IN)
    choose(own)
    with pytest.raises(NotAllowed):
        person_checks.approve(waiting(own), proctor=officer)


@pytest.mark.parametrize(
    ("how", "state"), [("wall", "approved"), ("lapse", "dropped")], ids=["let_in_on_the_wall", "lapsed"]
)
def test_every_way_out_of_check_in_settles_the_check(
    checking_in: Attempt, proctor: User, how: str, state: str
) -> None:
    choose(checking_in)
    if how == "wall":
        supervision.admit(checking_in, proctor=proctor, reason="I know her.")
    else:
        with clock.at(clock.now() + timedelta(days=2)):
            attempts.lapse(fresh(checking_in), actor=None)
    check = IdentityCheck.objects.get()
    assert (check.state, check.decided_by) == (state, proctor if how == "wall" else None)


def test_oldest_first_with_a_place_and_a_time_learned_from_the_last(
    sitting: Any, checking_in: Attempt, second_candidate: User, proctor: User, candidate: User
) -> None:
    start = clock.now()
    second = make_attempt(enrol(sitting, second_candidate), state=states.CHECKING_IN)
    with clock.at(start):
        choose(checking_in)
    with clock.at(start + timedelta(minutes=1)):
        choose(second)
    assert [check.session.candidate for check in person_checks.waiting_in(sitting)] == [
        candidate,
        second_candidate,
    ]
    assert person_checks.place_of(waiting(second)) == person_checks.Place(2, None)
    with clock.at(start + timedelta(minutes=4)):
        person_checks.approve(waiting(checking_in), proctor=proctor)
    assert person_checks.place_of(waiting(second)) == person_checks.Place(1, 4)
