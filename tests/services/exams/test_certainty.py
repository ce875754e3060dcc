"""Certainty from the browser's change to the mark: journal, late answers, results, regrades, statistics."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Institution, User
from exams.bank.outline import entries_of, findings_of, most_points
from exams.bank.paper import plan_paper
from exams.bank.questions import new_version
from exams.delivery import attempts
from exams.delivery.expiry import sweep
from exams.delivery.journal import save_batch
from exams.delivery.late import accept_kept, send_late
from exams.delivery.queries import paper_view
from exams.delivery.receipts import journal_matches, verify_receipt
from exams.delivery.verification import verify_journal
from exams.marking import marks, regrades
from exams.marking.rule_marks import AS_ON_PAPER, Rule
from exams.marking.services import result_of
from exams.models import Answer, Attempt, Exam, JournalEntry, SectionQuestion, Sitting
from exams.reports.columns import Subject
from exams.reports.report import make_report
from exams.reports.transcripts import transcript_of
from proctor_site.kernel import clock
from proctor_site.kernel.chains import link_hash
from proctor_site.kernel.errors import Conflict, InvalidInput
from tests.factories.exams import CONTENT, enrol, make_attempt, make_exam, make_sitting
from tests.factories.marking import hand_in, item_of

KINDS = ("single_choice", "true_false", "essay")


@pytest.fixture
def exam(scoped: Institution) -> Exam:
    return make_exam(scoped, kinds=KINDS, points=2, asks_certainty=True)


@pytest.fixture
def sitting(exam: Exam) -> Sitting:
    return make_sitting(exam)


@pytest.fixture
def attempt(sitting: Sitting, candidate: User) -> Attempt:
    return make_attempt(enrol(sitting, candidate))


def change(
    attempt: Attempt, number: int, kind: str, value: Any, certainty: Any = None, **more: Any
) -> dict[str, Any]:
    made = {"client_sequence": number, "item": item_of(attempt, kind).pk, "value": value}
    return made | {"certainty": certainty, "client_at": clock.now().isoformat()} | more


def save(attempt: Attempt, *changes: Any) -> Any:
    return save_batch(attempt, device="device-1", changes=changes)


def test_a_paper_is_worth_three_times_its_points_where_a_rule_marks(attempt: Attempt, exam: Exam) -> None:
    rows = attempt.paper.order_by("position").values_list("points", "asks_certainty")
    assert list(rows) == [(6, True), (6, True), (2, False)]
    items = [item for section in paper_view(attempt)["sections"] for item in section["items"]]
    assert [len(item["certainty_levels"]) for item in items] == [3, 3, 0]
    assert most_points(exam, entries_of(exam)) == 14
    Exam.objects.update(asks_certainty=False)
    assert list(attempt.paper.order_by("position").values_list("points", "asks_certainty")) == list(rows)
    assert [each.points for each in plan_paper(Exam.objects.get(), 1)] == [2, 2, 2]


def test_certainty_is_a_part_of_the_change(attempt: Attempt) -> None:
    first = change(attempt, 1, "single_choice", "a", 2)
    result = save(attempt, first)
    assert (result.accepted, save(attempt, first).accepted) == ([1], [1])
    entry, answer = JournalEntry.objects.get(), Answer.objects.get()
    assert (entry.certainty, answer.certainty) == (2, 2)
    other = save(attempt, {**first, "certainty": 3})
    assert [each.code for each in other.refused] == ["repeated_with_other_value"]
    assert journal_matches(attempt, verify_receipt(result.receipt))
    assert verify_journal(attempt) is None
    save(
        attempt,
        {name: value for name, value in {**first, "client_sequence": 2}.items() if name != "certainty"},
    )
    assert Answer.objects.get().certainty is None
    assert save(attempt, change(attempt, 1, "single_choice", "a", 2)).accepted == [1]
    assert Answer.objects.get().certainty is None


@pytest.mark.parametrize("level", [1, 3])
def test_an_altered_certainty_breaks_the_chain(attempt: Attempt, level: int) -> None:
    save(attempt, change(attempt, 1, "single_choice", "a", 2), change(attempt, 2, "true_false", True))
    Answer.objects.filter(certainty=2).update(certainty=level)
    fault = verify_journal(attempt)
    assert fault is not None and "differs from the journal" in fault.detail
    JournalEntry.objects.filter(sequence=1).update(certainty=level)
    fault = verify_journal(attempt)
    assert fault is not None and fault.sequence == 1 and "altered" in fault.detail


def test_a_journal_without_certainty_has_the_hashes_that_it_always_had(attempt: Attempt) -> None:
    save(attempt, change(attempt, 1, "essay", "Words."))
    entry = JournalEntry.objects.get()
    payload = {
        "attempt": attempt.pk,
        "sequence": 1,
        "device": "device-1",
        "client_sequence": 1,
        "item": entry.item_id,
        "value": "Words.",
        "flagged": None,
        "client_at": entry.client_at,
        "received_at": entry.received_at,
    }
    assert entry.hash == link_hash(entry.previous_hash, payload)


@pytest.mark.parametrize(("kind", "level"), [("essay", 1), ("single_choice", 4), ("single_choice", "2")])
def test_a_certainty_that_cannot_be_is_refused_alone(attempt: Attempt, kind: str, level: Any) -> None:
    good = change(attempt, 1, "true_false", True, 3)
    result = save(attempt, good, change(attempt, 2, kind, "a", level))
    assert result.accepted == [1]
    assert [(each.client_sequence, each.field) for each in result.refused] == [(2, "certainty")]


@pytest.mark.parametrize(
    ("choice", "truth", "sure", "points"),
    [
        ("a", True, {"single_choice": 3, "true_false": 3}, 12),
        ("a", True, {"single_choice": 2}, 6),
        ("a", True, {}, 4),
        ("a", False, {"single_choice": 3, "true_false": 2}, 2),
        ("a", False, {"single_choice": 3, "true_false": 3}, 0),
        ("b", False, {"single_choice": 1}, 0),
    ],
    ids=["all sure", "one stated", "none stated", "one wrong", "floored", "wrong and unsure"],
)
def test_results(
    sitting: Sitting, candidate: User, choice: str, truth: bool, sure: dict[str, int], points: int
) -> None:
    found = result_of(hand_in(sitting, candidate, sure=sure, single_choice=choice, true_false=truth))
    assert (found.points, found.possible, found.unmarked) == (points, 14, 0)


def test_pass_mark_and_grade_are_shares_of_the_most(sitting: Sitting, exam: Exam, candidate: User) -> None:
    steps = [{"name": "good", "least": "60"}, {"name": "fair", "least": "30"}, {"name": "poor", "least": "0"}]
    Exam.objects.update(pass_percentage=29, grade_steps=steps)
    attempt = hand_in(Sitting.objects.get(), candidate, single_choice="a", true_false=True)
    found = result_of(attempt)
    assert (found.percentage, found.passed, found.grade) == (Decimal("28.57"), False, "poor")


def test_a_wrong_and_sure_answer_stands_below_nothing_and_a_person_may_override(
    sitting: Sitting, candidate: User, officer: User
) -> None:
    attempt = hand_in(sitting, candidate, sure={"single_choice": 3}, single_choice="b", true_false=True)
    item = item_of(attempt, "single_choice")
    assert item.mark.points == -12
    with pytest.raises(InvalidInput):
        marks.override(item, points="6.01", comment="", reason="So.", actor=officer)
    assert marks.override(item, points="6", comment="", reason="So.", actor=officer).mark.points == 6
    entries = transcript_of(attempt, reader=officer).parts[0].entries
    assert [each.certainty for each in entries] == [
        "C=3, very sure",
        "not stated: counts as C=1, not very sure",
        "",
    ]


def test_regrades_keep_certainty(
    sitting: Sitting, candidate: User, second_candidate: User, officer: User
) -> None:
    right = hand_in(sitting, candidate, sure={"single_choice": 2}, single_choice="a")
    wrong = hand_in(sitting, second_candidate, sure={"single_choice": 3}, single_choice="b")
    question = item_of(right, "single_choice").version.question
    options = [{**each, "correct": each["id"] == "b"} for each in CONTENT["single_choice"]["options"]]
    other = new_version(question, stem="Which?", content={"options": options}, actor=officer)

    def points_after(rule: Rule) -> list[tuple[Decimal, Decimal]]:
        found = regrades.preview(question, [sitting], rule)
        regrades.regrade(question, [sitting], rule, reason="So.", digest=found.digest, actor=officer)
        made = [item_of(each, "single_choice") for each in (right, wrong)]
        return [(item.mark.points, item.mark.possible or item.points) for item in made]

    assert points_after(Rule(version=other)) == [(-4, 6), (6, 6)]
    assert points_after(Rule(points=Decimal(1))) == [(2, 3), (-6, 3)]
    assert points_after(Rule(mode="full")) == [(6, 6), (6, 6)]
    assert points_after(AS_ON_PAPER) == [(4, 6), (-12, 6)]


def test_late_answers_keep_their_certainty(attempt: Attempt, officer: User) -> None:
    assert attempt.deadline_at is not None
    early = attempt.deadline_at - timedelta(seconds=30)
    after = attempt.deadline_at + timedelta(seconds=60)
    sent = [
        change(attempt, 1, "single_choice", "a", 3, client_at=early.isoformat()),
        change(attempt, 2, "true_false", True, 2, client_at=after.isoformat()),
    ]
    with clock.at(after):
        sweep()
        result = send_late(Attempt.objects.get(), device="device-1", changes=sent)
    assert (result.counted, result.kept) == ([1], {2: "given_after_end"})
    assert item_of(attempt, "single_choice").mark.points == 6
    fresh = Attempt.objects.get()
    row = fresh.kept.get()
    assert (row.certainty, verify_journal(fresh)) == (2, None)
    accept_kept(fresh, [row.pk], actor=officer, reason="The lift stood still.")
    assert item_of(attempt, "true_false").mark.points == 4
    assert verify_journal(Attempt.objects.get()) is None
    fresh.kept.update(certainty=3)
    assert verify_journal(Attempt.objects.get()) is not None


def test_the_whole_way_ends_in_the_marks(attempt: Attempt, candidate: User) -> None:
    save(attempt, change(attempt, 1, "single_choice", "a", 3), change(attempt, 2, "true_false", None, 3))
    attempts.submit(attempt, actor=candidate, ended_by="candidate")
    assert result_of(attempt).points == 6


def test_statistics_count_what_certainty_gave(
    sitting: Sitting, candidate: User, second_candidate: User
) -> None:
    hand_in(
        sitting, candidate, sure={"single_choice": 3, "true_false": 1}, single_choice="a", true_false=True
    )
    hand_in(
        sitting,
        second_candidate,
        sure={"single_choice": 3, "true_false": 2},
        single_choice="b",
        true_false=True,
    )
    report = make_report(Subject(sitting.exam, sitting))
    choice, truth, essay = (line.figures for line in report.lines)
    assert (choice.facility.value, truth.facility.value) == (-50, 50)
    assert choice.guess.value == pytest.approx(100 / 9)
    assert truth.guess.value == pytest.approx(100 / 6)
    assert choice.intended_weight.value == pytest.approx(100 * 6 / 14)
    assert (choice.discrimination.value, essay.guess.value) == (pytest.approx(-100), 0)


def test_guessing_is_weighed_over_papers_with_and_without_certainty(
    sitting: Sitting, candidate: User, second_candidate: User
) -> None:
    hand_in(sitting, candidate, true_false=True)
    Exam.objects.update(asks_certainty=False)
    hand_in(Sitting.objects.get(), second_candidate, true_false=True)
    truth = make_report(Subject(sitting.exam, sitting)).lines[1].figures
    assert truth.guess.value == pytest.approx((50 + 50 / 3) / 2)
    assert truth.facility.value == pytest.approx((100 + 100 / 3) / 2)


def test_points_that_could_not_be_stored_six_times_are_refused(exam: Exam) -> None:
    essay, choice = (
        SectionQuestion.objects.get(section__exam=exam, question__kind=kind)
        for kind in ("essay", "single_choice")
    )
    SectionQuestion.objects.filter(pk=essay.pk).update(points=Decimal("9999.99"))
    SectionQuestion.objects.filter(pk=choice.pk).update(points=Decimal("1666.66"))
    assert not [each for each in findings_of(exam) if each.is_blocking]
    SectionQuestion.objects.filter(pk=choice.pk).update(points=Decimal("1666.67"))
    assert [each.code for each in findings_of(exam) if each.is_blocking] == ["too_many_points"]
    with pytest.raises(Conflict, match="at most 1666.66 points"):
        plan_paper(exam, 1)
