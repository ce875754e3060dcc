"""What proctors ask candidates to show: who may be asked, the clock, pictures, photos, declining, the end."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound
from proctoring import supervision
from proctoring.evidence import custody
from proctoring.identity import consent, notice_showing, reference, showing_pictures, showings
from proctoring.law_guards import why_not_room_scan
from proctoring.models import Consent, EvidenceItem, LiveEvent, Policy, Showing
from tests.capture import BLUE, RED, frame, fresh, give_consent, scripted  # noqa: F401
from tests.factories.exams import enrol, make_attempt
from tests.factories.proctoring import make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped", "scripted")]
WHY = {"reason_code": "routine"}


@pytest.fixture
def policy(institution: Any) -> Policy:
    institution.country = "AT"
    institution.save()
    return Policy.objects.create(institution=institution, name="Ours", is_default=True, room_scan=True)


@pytest.fixture
def agreed(policy: Policy, attempt: Attempt) -> Attempt:
    give_consent(make_session(attempt), room_scan=True, photo_again=True)
    return attempt


def test_the_clock_stands_until_all_is_shown(agreed: Attempt, proctor: User, candidate: User) -> None:
    before, now = agreed.deadline_at, clock.now()
    with clock.at(now):
        showing = showings.ask(agreed, proctor=proctor, what="room", **WHY)
    assert fresh(agreed).state == "paused"
    told = LiveEvent.objects.get(kind="showing.asked", audience="candidate").payload
    assert told["reason"] == "This is a check that everybody may be asked for."
    assert told["steps"] == ["left", "behind", "right", "desk"]
    showing = Showing.objects.get(pk=showing.pk)
    with pytest.raises(Conflict, match="not under way"):
        showing_pictures.add(showing, "left", frame(RED), candidate=candidate)
    with clock.at(now + timedelta(seconds=40)):
        showings.begin(showing, candidate=candidate)
        showings.begin(showing, candidate=candidate)
        for seed, step in enumerate(("left", "behind", "right")):
            showing_pictures.add(showing, step, frame(RED, seed=seed), candidate=candidate)
        showing_pictures.add(showing, "left", frame(RED, seed=0), candidate=candidate)  # a repeat
        with pytest.raises(Conflict, match="desk"):
            showings.finish(showing, candidate=candidate)
        showing_pictures.add(showing, "desk", frame(seed=4), candidate=candidate)
    with clock.at(now + timedelta(seconds=60)):
        showings.finish(showing, candidate=candidate)
        showings.finish(showing, candidate=candidate)
    done = fresh(agreed)
    assert (done.state, done.deadline_at) == ("in_progress", before + timedelta(seconds=60))
    items = EvidenceItem.objects.filter(showing=showing)
    assert [each.about["step"] for each in items] == ["left", "behind", "right", "desk"]
    assert custody.first_broken(showing.session) is None
    with pytest.raises(Conflict):
        showing_pictures.add(showing, "left", frame(BLUE), candidate=candidate)


@pytest.mark.parametrize("ending", ["decline", "cancel", "expire"])
def test_the_exam_goes_on_however_it_ends(
    agreed: Attempt, proctor: User, candidate: User, ending: str
) -> None:
    showing = showings.ask(agreed, proctor=proctor, what="desk", **WHY)
    if ending == "decline":
        showings.decline(showing, candidate=candidate)
    elif ending == "cancel":
        showings.cancel(showing, proctor=proctor)
    else:
        assert showings.expire_due() == 0
        with clock.at(showing.expires_at):
            assert showings.expire_due() == 1
    ended = Showing.objects.get(pk=showing.pk)
    assert ended.state == {"decline": "declined", "cancel": "cancelled", "expire": "expired"}[ending]
    assert fresh(agreed).state == "in_progress"
    with pytest.raises(Conflict):
        showings.begin(ended, candidate=candidate)
    assert AuditEntry.objects.filter(verb=f"attempt.showing_{ended.state}").count() == 1


def test_a_pause_of_a_proctor_is_left_to_the_proctor(agreed: Attempt, proctor: User, candidate: User) -> None:
    supervision.pause(agreed, proctor=proctor, reason="Noise")
    showing = showings.ask(agreed, proctor=proctor, what="desk", **WHY)
    showings.decline(showing, candidate=candidate)
    assert fresh(agreed).state == "paused"


def test_one_thing_at_a_time_and_only_of_running_attempts(agreed: Attempt, proctor: User) -> None:
    showings.ask(agreed, proctor=proctor, what="room", **WHY)
    with pytest.raises(Conflict) as caught:
        showings.ask(fresh(agreed), proctor=proctor, what="face", **WHY)
    assert caught.value.code == "asked_already"
    supervision.terminate(fresh(agreed), proctor=proctor, reason="Left")
    assert Showing.objects.get().state == "cancelled"
    with pytest.raises(Conflict) as caught:
        showings.ask(fresh(agreed), proctor=proctor, what="room", **WHY)
    assert caught.value.code == "not_running"


def test_policy_law_and_notice_must_all_allow_it(
    policy: Policy, agreed: Attempt, proctor: User, institution: Any
) -> None:
    def refused(what: str = "room") -> str:
        found = Attempt.objects.get(pk=agreed.pk)
        with pytest.raises(Conflict) as caught:
            showings.ask(found, proctor=proctor, what=what, **WHY)
        assert caught.value.code == "not_allowed_here"
        return caught.value.message

    Consent.objects.update(room_scan=False)  # an attempt's terms are never widened
    assert "did not name this" in refused()
    Consent.objects.update(room_scan=True, camera=False)
    assert "without camera" in refused()
    Consent.objects.update(camera=True)
    institution.country, institution.kind = "US", "education"
    institution.save()
    assert "Ogletree" in refused()
    assert notice_showing.may_be_asked(institution, policy)[0].count("your room") == 0
    institution.kind = "employment"
    institution.save()
    assert why_not_room_scan(institution) == ""
    assert "your room" in notice_showing.may_be_asked(institution, policy)[0]
    Policy.objects.update(room_scan=False, photo_again=False)
    assert "policy" in refused()
    assert "policy" in refused("face")
    assert fresh(agreed).state == "in_progress"


@pytest.mark.parametrize(
    ("body", "field"),
    [({"what": "bag"}, "what"), ({"what": None}, "what"), ({"reason_code": ""}, "reason")],
)
def test_bad_requests_name_the_field(agreed: Attempt, proctor: User, body: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        showings.ask(agreed, proctor=proctor, **{"what": "room", **WHY, **body})
    assert caught.value.field == field


@pytest.mark.parametrize("who", ["second_proctor", "reviewer", "stranger", "foreign_officer", "candidate"])
def test_others_neither_ask_nor_answer(
    request: Any, agreed: Attempt, proctor: User, sitting: Any, who: str
) -> None:
    user = request.getfixturevalue(who)
    with pytest.raises(NotFound):
        showings.ask(agreed, proctor=user, what="room", **WHY)
    if who == "candidate":
        return
    showing = showings.ask(agreed, proctor=proctor, what="room", **WHY)
    for work in (showings.begin, showings.decline, showings.finish):
        with pytest.raises(NotFound):
            work(showing, candidate=user)
    with pytest.raises(NotFound):
        showings.cancel(showing, proctor=user)


def test_a_new_photo_is_compared_and_shown_by_a_logged_link(
    agreed: Attempt, proctor: User, candidate: User, second_proctor: User
) -> None:
    session = agreed.monitoring
    assert reference.enrol(session, frame(RED)).ok
    answers = []
    for colour in (RED, BLUE):
        showing = showings.ask(fresh(agreed), proctor=proctor, what="face", **WHY)
        showings.begin(showing, candidate=candidate)
        bad = showing_pictures.take_photo(showing, frame(RED, BLUE), candidate=candidate)
        assert not bad.ok
        assert bad.problems
        assert showing_pictures.take_photo(showing, frame(colour), candidate=candidate).ok
        showings.finish(showing, candidate=candidate)
        answers.append(Showing.objects.get(pk=showing.pk).answer)
    assert answers == ["alike", "unlike"]
    showing = Showing.objects.select_related("session__attempt__enrolment__sitting").get(pk=showing.pk)
    address = showing_pictures.address_of(showing, proctor, "north-college")
    link = address.split("link=")[1]
    assert showing_pictures.open_photo(showing, link, proctor) == frame(BLUE)
    assert AuditEntry.objects.filter(verb="showing.photo_viewed").count() == 1
    with pytest.raises(NotFound):
        showing_pictures.open_photo(showing, link, second_proctor)
    consent.withdraw(fresh(agreed), candidate=candidate)
    assert set(Showing.objects.values_list("photo_name", "answer")) == {("", "")}


def test_without_agreement_to_comparison_a_photo_is_only_shown(
    policy: Policy, sitting: Any, second_candidate: User, proctor: User
) -> None:
    attempt = make_attempt(enrol(sitting, second_candidate))
    give_consent(make_session(attempt), face_comparison=False, photo_again=True)
    showing = showings.ask(attempt, proctor=proctor, what="face", **WHY)
    showings.begin(showing, candidate=second_candidate)
    with pytest.raises(InvalidInput):
        showing_pictures.take_photo(showing, b"no picture", candidate=second_candidate)
    kept = showing_pictures.take_photo(showing, frame(RED, BLUE), candidate=second_candidate, anyway=True)
    assert kept.ok
    assert Showing.objects.get().answer == "not_compared"
    assert Showing.objects.get().problems
