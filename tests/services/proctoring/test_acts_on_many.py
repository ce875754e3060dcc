"""Acts on many candidates: coded reasons, foreign ids, repeats by key, refusals, undoing, time, messages."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from accounts.roles import Role
from exams.models import Attempt, Exam
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound
from proctoring import supervision, wording
from proctoring.models import ActRun, CandidateWarning, LiveEvent, ReadyText, ReasonCode, TimeGift
from proctoring.supervision import many
from proctoring.supervision.many import Asked
from tests.capture import fresh
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]
PAUSE = Asked("pause", reason_code="disturbance")


def states_of(attempts: list[Attempt]) -> list[str]:
    return [fresh(each).state for each in attempts]


@pytest.fixture
def three(sitting: Any, institution: Any) -> list[Attempt]:
    people = [make_member(institution, Role.CANDIDATE, name=name) for name in ("Ann", "Ben", "Cem")]
    return [make_attempt(enrol(sitting, each)) for each in people]


def test_one_that_cannot_be_paused_does_not_stop_the_others(
    sitting: Any, three: list[Attempt], proctor: User
) -> None:
    elsewhere = make_attempt(enrol(make_sitting(sitting.exam), three[0].enrolment.candidate))
    own = make_attempt(enrol(sitting, proctor))
    Attempt._base_manager.filter(pk=three[1].pk).update(state="submitted")
    ids = [each.pk for each in (*three, own, elsewhere)]
    run = many.act_on(sitting, ids, PAUSE, key="key-00001", proctor=proctor)
    assert [(each.attempt_id, each.is_done, each.code) for each in many.results_of(run)] == [
        (three[0].pk, True, ""),
        (three[1].pk, False, "illegal_move"),
        (three[2].pk, True, ""),
        (own.pk, False, "own_attempt"),
    ]
    assert many.missing(run, ids) == [elsewhere.pk]
    assert states_of([*three, own, elsewhere]) == [
        "paused",
        "submitted",
        "paused",
        "in_progress",
        "in_progress",
    ]
    entry = AuditEntry.objects.get(verb="attempt.pause", stream=f"attempt:{three[0].pk}")
    assert entry.detail["reason_code"] == "disturbance"
    assert entry.detail["reason"] == "There is a disturbance that is not your fault."
    assert AuditEntry.objects.filter(verb="sitting.acted_on_many").count() == 1


def test_the_same_key_again_changes_nothing_and_another_act_under_it_is_refused(
    sitting: Any, three: list[Attempt], proctor: User
) -> None:
    ids = [each.pk for each in three]
    first = many.act_on(sitting, ids[:2], PAUSE, key="key-00001", proctor=proctor)
    supervision.resume(fresh(three[0]), proctor=proctor)
    again = many.act_on(sitting, ids, PAUSE, key="key-00001", proctor=proctor)  # and what was left undone
    assert again.pk == first.pk
    assert states_of(three) == ["in_progress", "paused", "paused"]
    with pytest.raises(Conflict) as caught:
        many.act_on(sitting, ids, Asked("resume"), key="key-00001", proctor=proctor)
    assert (caught.value.code, caught.value.field) == ("key_reused", "key")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Asked("dance"), "action"),
        (Asked("pause"), "reason"),
        (Asked("pause", reason_code="other"), "reason"),
        (Asked("pause", reason_code="checked"), "reason_code"),
        (Asked("pause", reason_code="no\x00"), "reason_code"),
        (Asked("pause", reason={"no": ["\x00"]}), "reason"),
        (Asked("warn", ready="\x00"), "ready_text"),
        (Asked("pause", reason_code=5), "reason_code"),
        (Asked("give_time", reason="Fire", minutes=0), "minutes"),
        (Asked("give_time", reason="Fire", minutes=True), "minutes"),
        (Asked("warn", text=" "), "text"),
        (Asked("warn", ready=10**30), "ready_text"),
        (Asked("warn", ready="one"), "ready_text"),
    ],
)
def test_what_is_wrong_for_all_is_said_once_and_nothing_is_done(
    sitting: Any, three: list[Attempt], proctor: User, asked: Asked, field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        many.act_on(sitting, [each.pk for each in three], asked, key="key-00001", proctor=proctor)
    assert caught.value.field == field
    assert states_of(three) == ["in_progress"] * 3
    assert not ActRun.objects.exists()  # the key may be used again


@pytest.mark.parametrize(
    ("attempts", "key", "field"),
    [
        ([], "key-00001", "attempts"),
        ("1", "key-00001", "attempts"),
        ([True], "key-00001", "attempts"),
        ([1] * 501, "key-00001", "attempts"),
        ([1], "short", "key"),
        ([1], None, "key"),
        ([1], "undo-00001", "key"),
    ],
)
def test_lists_and_keys_are_checked(sitting: Any, proctor: User, attempts: Any, key: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        many.act_on(sitting, attempts, PAUSE, key=key, proctor=proctor)
    assert caught.value.field == field


@pytest.mark.parametrize("who", ["candidate", "second_proctor", "reviewer", "stranger", "foreign_officer"])
def test_outsiders_may_neither_act_nor_undo(
    request: Any, sitting: Any, three: list[Attempt], proctor: User, who: str
) -> None:
    user = request.getfixturevalue(who)
    with pytest.raises(NotFound):
        many.act_on(sitting, [three[0].pk], PAUSE, key="key-00001", proctor=user)
    run = many.act_on(sitting, [three[0].pk], PAUSE, key="key-00001", proctor=proctor)
    with pytest.raises(NotFound):
        many.undo(run, proctor=user)
    gift = supervision.give_time(fresh(three[1]), proctor=proctor, minutes=5, reason="Fire")
    warning = supervision.warn(three[1], proctor=proctor, text="Hello")
    with pytest.raises(NotFound):
        supervision.take_time_back(gift, proctor=user)
    with pytest.raises(NotFound):
        supervision.withdraw_warning(warning, proctor=user)
    assert states_of(three) == ["paused", "in_progress", "in_progress"]


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [
        ("in_progress", PAUSE, "in_progress"),
        ("in_progress", Asked("terminate", reason_code="not_in_view"), "paused"),
    ],
)
def test_undoing_takes_back_what_nobody_has_changed_since(
    sitting: Any,
    three: list[Attempt],
    proctor: User,
    second_proctor: User,
    before: str,
    asked: Asked,
    after: str,
) -> None:
    run = many.act_on(sitting, [each.pk for each in three], asked, key="key-00001", proctor=proctor)
    one = fresh(three[1])
    if asked.act == "pause":  # somebody else has looked into it, and paused again for another reason
        supervision.resume(one, proctor=proctor)
        supervision.pause(one, proctor=proctor, reason="Another reason")
    else:
        supervision.reinstate(one, proctor=proctor)
    undone = many.undo(run, proctor=proctor)
    assert [(each.is_done, each.code) for each in many.results_of(undone)] == [
        (True, ""),
        (False, "changed_meanwhile"),
        (True, ""),
    ]
    assert states_of(three) == [after, "paused", after]
    assert many.undo(run, proctor=proctor).pk == undone.pk
    assert states_of(three) == [after, "paused", after]
    with pytest.raises(Conflict):
        many.undo(undone, proctor=proctor)


def test_time_is_given_at_once_and_taken_back_whole(
    sitting: Any, three: list[Attempt], proctor: User
) -> None:
    before = [each.deadline_at for each in three]
    asked = Asked("give_time", minutes=10, reason_code="technical", reason="The server was away.")
    run = many.act_on(sitting, [each.pk for each in three], asked, key="key-00001", proctor=proctor)
    assert [fresh(each).deadline_at for each in three] == [at + timedelta(minutes=10) for at in before]
    told = LiveEvent.objects.filter(kind="time.given", attempt=three[0], audience="candidate").get().payload
    assert (told["minutes"], told["reason"]) == (10, "There is a technical problem. The server was away.")
    many.undo(run, proctor=proctor)
    assert [fresh(each).deadline_at for each in three] == before
    assert TimeGift.objects.filter(taken_back_at=None).count() == 0


def test_time_that_is_used_already_stays_given(three: list[Attempt], proctor: User) -> None:
    attempt = three[0]
    gift = supervision.give_time(attempt, proctor=proctor, minutes=10, reason="Fire")
    with clock.at(attempt.deadline_at - timedelta(minutes=2)), pytest.raises(Conflict) as caught:
        supervision.take_time_back(TimeGift.objects.get(pk=gift.pk), proctor=proctor)
    assert caught.value.code == "would_end"
    assert TimeGift.objects.get(pk=gift.pk).taken_back_at is None
    Attempt._base_manager.filter(pk=attempt.pk).update(state="submitted")
    with pytest.raises(Conflict):
        supervision.give_time(fresh(attempt), proctor=proctor, minutes=5, reason="Late")
    assert TimeGift.objects.count() == 1


def test_a_message_that_was_not_read_disappears_and_one_that_was_is_corrected(
    sitting: Any, three: list[Attempt], proctor: User
) -> None:
    ids = [each.pk for each in three[:2]]
    run = many.act_on(sitting, ids, Asked("warn", text="Stop talking."), key="key-00001", proctor=proctor)
    read = CandidateWarning.objects.get(session__attempt=three[1])
    supervision.acknowledge_warning(read, candidate=three[1].enrolment.candidate)
    many.undo(run, proctor=proctor)
    many.undo(run, proctor=proctor)
    assert supervision.open_warnings(three[0]) == []
    [correction] = supervision.open_warnings(three[1])
    assert correction.corrects_id == read.pk
    assert "does not apply to you" in correction.text
    assert "Stop talking." in correction.text
    assert LiveEvent.objects.filter(kind="warning.withdrawn", attempt=three[0]).count() == 2


def test_ready_texts_and_reasons_come_in_the_language_of_the_exam(
    sitting: Any, three: list[Attempt], proctor: User
) -> None:
    Exam.objects.filter(pk=sitting.exam_id).update(language="de-AT")
    attempt = Attempt.objects.get(pk=three[0].pk)
    text = ReadyText.objects.filter(kind="warn").order_by("order")[0]
    warning = supervision.warn(attempt, proctor=proctor, ready=text.pk)
    assert (warning.text, warning.language) == ("Bitte bleiben Sie im Bild Ihrer Kamera.", "de")
    supervision.pause(attempt, proctor=proctor, reason_code="technical", reason="Strom")
    entry = AuditEntry.objects.get(verb="attempt.pause")
    assert entry.detail["reason"] == "Es gibt ein technisches Problem. Strom"
    assert entry.detail["reason_wording"] == "Technical trouble"
    offered = wording.ready_texts_for(Attempt.objects.get(pk=attempt.pk).enrolment.sitting.exam)
    assert {each["language"] for each in offered} == {"de"}


def test_codes_are_those_of_the_institution(
    attempt: Any, proctor: User, other_institution: Any, institution: Any
) -> None:
    assert ReasonCode.objects.filter(institution=institution).count() >= 10
    ReasonCode.objects.filter(institution=institution).update(is_active=False)
    with pytest.raises(InvalidInput) as caught:
        supervision.pause(attempt, proctor=proctor, reason_code="technical")
    assert caught.value.field == "reason_code"
    supervision.pause(attempt, proctor=proctor, reason="Only words, as before")
    foreign = make_exam(other_institution)
    assert wording.ready_texts_for(foreign) == []  # out of this scope
