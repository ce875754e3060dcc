"""Regrades: preview, exactly that, undo, later attempts, marks of people, released results."""

from decimal import Decimal
from typing import Any

import pytest

from accounts import audit
from accounts.models import Institution, User
from exams import states
from exams.bank.questions import new_version
from exams.delivery import attempts
from exams.marking import marks, regrades, releases
from exams.marking.queries import results_of
from exams.marking.rule_marks import AS_ON_PAPER, Rule
from exams.marking.services import result_of
from exams.marking.shown import shown_to_candidate
from exams.models import Attempt, MarkChange, Question, Regrade, Sitting, SittingMail
from proctor_site.kernel.errors import Conflict, InvalidInput
from tests.factories.exams import CONTENT, make_exam, make_sitting
from tests.factories.marking import hand_in, item_of

KINDS = ("single_choice", "true_false")


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    return make_sitting(make_exam(scoped, kinds=KINDS, points=2))


@pytest.fixture
def right(sitting: Sitting, candidate: User) -> Attempt:
    return hand_in(sitting, candidate, single_choice="a", true_false=False)


@pytest.fixture
def wrong(sitting: Sitting, second_candidate: User) -> Attempt:
    return hand_in(sitting, second_candidate, single_choice="b", true_false=True)


def question_of(attempt: Attempt) -> Question:
    return item_of(attempt, "single_choice").version.question


def carry_out(question: Question, sitting: Sitting, rule: Rule, actor: User) -> Regrade:
    found = regrades.preview(question, [sitting], rule)
    return regrades.regrade(
        question, [sitting], rule, reason="The key was wrong.", digest=found.digest, actor=actor
    )


def with_other_key(question: Question, actor: User) -> Any:
    content = CONTENT["single_choice"]
    options = [{**each, "correct": each["id"] == "b"} for each in content["options"]]
    stem = question.versions.first().stem
    return new_version(question, stem=stem, content=content | {"options": options}, actor=actor)


def totals(*of: Attempt) -> list[Decimal]:
    return [result_of(attempt).points for attempt in of]


def test_another_key_changes_who_passes_and_goes_back(
    sitting: Sitting, right: Attempt, wrong: Attempt, officer: User
) -> None:
    question = question_of(right)
    rule = Rule("key", with_other_key(question, officer))
    assert totals(right, wrong) == [2, 2]
    found = regrades.preview(question, [sitting], rule)
    assert totals(right, wrong) == [2, 2]
    assert (found.attempts, len(found.changed), found.now_passed, found.now_failed) == (2, 2, 0, 1)
    assert found.mean_change == 0
    made = carry_out(question, sitting, rule, officer)
    assert totals(right, wrong) == [0, 4] and made.changed == 2
    [entry] = audit.AuditEntry.objects.filter(verb="question.regraded")
    assert (entry.detail["changed"], entry.detail["reason"]) == (2, "The key was wrong.")
    assert {each.reason for each in MarkChange.objects.filter(source="regrade")} == {"The key was wrong."}
    carry_out(question, sitting, AS_ON_PAPER, officer)
    assert totals(right, wrong) == [2, 2]


@pytest.mark.parametrize(
    ("rule", "points", "possible"),
    [
        (Rule("full"), [2, 4], 4),
        (Rule("left_out"), [0, 2], 2),
        (Rule("key", None, Decimal("5.00")), [5, 2], 7),
        (Rule("full", None, Decimal("1.50")), [Decimal("1.50"), Decimal("3.50")], Decimal("3.50")),
        (Rule("key", None, Decimal(0)), [0, 2], 2),
    ],
)
def test_full_points_left_out_and_other_points(
    sitting: Sitting,
    right: Attempt,
    wrong: Attempt,
    officer: User,
    rule: Rule,
    points: list[Decimal],
    possible: Decimal,
) -> None:
    carry_out(question_of(right), sitting, rule, officer)
    assert totals(right, wrong) == points
    assert {row.result.possible for row in results_of(sitting)} == {possible}
    assert {row.result for row in results_of(sitting, with_answers=False)} == {
        result_of(right),
        result_of(wrong),
    }
    carry_out(question_of(right), sitting, AS_ON_PAPER, officer)
    assert totals(right, wrong) == [2, 2]


def test_who_hands_in_later_is_marked_by_the_regrade(
    sitting: Sitting, right: Attempt, second_candidate: User, officer: User
) -> None:
    carry_out(question_of(right), sitting, Rule("full"), officer)
    late = hand_in(sitting, second_candidate, state=states.IN_PROGRESS, single_choice="b")
    late.marks.all().delete()
    attempts.submit(late, actor=second_candidate, ended_by="candidate")
    assert totals(late) == [2]
    assert item_of(late, "single_choice").mark.ruling == "full"


def test_marks_of_people_stand_and_follow_other_points(
    sitting: Sitting, right: Attempt, wrong: Attempt, officer: User
) -> None:
    question = question_of(right)
    given: dict[str, Any] = {"points": "1", "comment": "Half.", "reason": "Ambiguous."}
    marks.override(item_of(wrong, "single_choice"), actor=officer, **given)
    rule = Rule("key", with_other_key(question, officer), Decimal(3))
    assert regrades.preview(question, [sitting], rule).by_person == 1
    carry_out(question, sitting, rule, officer)
    mark = item_of(wrong, "single_choice").mark
    assert (mark.points, mark.rule_points, mark.comment) == (Decimal("1.50"), 3, "Half.")
    carry_out(question, sitting, Rule("left_out"), officer)
    assert item_of(wrong, "single_choice").mark.points == 0
    carry_out(question, sitting, AS_ON_PAPER, officer)
    assert item_of(wrong, "single_choice").mark.points == 1


def test_only_what_the_preview_showed_is_done(
    sitting: Sitting, right: Attempt, wrong: Attempt, officer: User
) -> None:
    question = question_of(right)
    digest = regrades.preview(question, [sitting], Rule("full")).digest
    for rule in (Rule("left_out"), Rule("full", None, Decimal(3))):
        with pytest.raises(Conflict) as refusal:
            regrades.regrade(question, [sitting], rule, reason="x", digest=digest, actor=officer)
        assert refusal.value.code == "changed_meanwhile"
    given: dict[str, Any] = {"points": "1", "comment": "", "reason": "Ambiguous."}
    marks.override(item_of(wrong, "single_choice"), actor=officer, **given)
    with pytest.raises(Conflict):
        regrades.regrade(question, [sitting], Rule("full"), reason="x", digest=digest, actor=officer)
    assert not Regrade.objects.exists()


def test_released_results_stay_and_only_the_changed_are_told(
    sitting: Sitting, right: Attempt, wrong: Attempt, officer: User
) -> None:
    releases.release(sitting, actor=officer)
    carry_out(question_of(right), sitting, Rule("key", None, Decimal(3)), officer)
    shown = shown_to_candidate(right)
    assert shown is not None and shown.result.points == 2
    releases.release(sitting, actor=officer)
    shown = shown_to_candidate(right)
    assert shown is not None and shown.result.points == 3
    assert SittingMail.objects.filter(kind="result_changed").count() == 2  # `possible` changed for both


def test_an_answer_that_the_version_does_not_know_earns_nothing(
    sitting: Sitting, right: Attempt, officer: User
) -> None:
    question = question_of(right)
    options = [each for each in CONTENT["single_choice"]["options"] if each["id"] != "a"]
    options[0] = {**options[0], "correct": True}
    version = new_version(question, stem="Where?", content={"options": options}, actor=officer)
    found = regrades.preview(question, [sitting], Rule("key", version))
    assert found.unfit == 1
    carry_out(question, sitting, Rule("key", version), officer)
    assert totals(right) == [0]


def test_what_is_refused(sitting: Sitting, right: Attempt, officer: User, institution: Institution) -> None:
    question = question_of(right)
    foreign = item_of(right, "true_false").version
    for given, field in (
        ({"mode": "fly"}, "mode"),
        ({"version": foreign.pk}, "version"),
        ({"version": "9" * 30}, "version"),
        ({"points": "-1"}, "points"),
        ({"points": "1001"}, "points"),
        ({"points": "NaN"}, "points"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            regrades.checked_rule(question, **({"mode": "key", "version": "", "points": ""} | given))
        assert refusal.value.field == field
    other = make_sitting(make_exam(institution, kinds=KINDS))
    for sittings in ([], [other], [sitting, other]):
        with pytest.raises(InvalidInput) as refusal:
            regrades.preview(question, sittings, Rule("full"))
        assert refusal.value.field == "sittings"
    digest = regrades.preview(question, [sitting], Rule("full")).digest
    with pytest.raises(InvalidInput) as refusal:
        regrades.regrade(question, [sitting], Rule("full"), reason=" ", digest=digest, actor=officer)
    assert refusal.value.field == "reason"
