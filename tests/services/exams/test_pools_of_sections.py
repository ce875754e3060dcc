"""Pools of a section: what they may draw, papers from them, and what is said when one is short."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Institution, User
from exams.bank import outline, structure
from exams.bank.categories import create_category
from exams.bank.classification import classify
from exams.bank.paper import draw_paper, plan_paper
from exams.bank.questions import retire
from exams.delivery import attempts
from exams.models import Attempt, Exam, PaperItem, Question, QuestionTag, Section, SectionPool
from exams.scheduling.sittings import create_sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from tests.factories.exams import enrol, make_attempt, make_exam, make_question, make_sitting

NO_FILTER: dict[str, Any] = {
    "category": None,
    "with_children": True,
    "tags": [],
    "least_difficulty": None,
    "most_difficulty": None,
}


@pytest.fixture
def exam(scoped: Institution) -> Exam:
    return make_exam(scoped, kinds=("true_false",), shuffle_questions=True)


def pool(exam: Exam, count: int = 2, **how: Any) -> SectionPool:
    section = exam.sections.get()
    values = {**NO_FILTER, "points": Decimal(2), **how}
    return structure.save_pool(section, pool=None, count=count, actor=None, **values)


def bank(institution: Institution, count: int, **place: Any) -> list[Question]:
    questions = [make_question(institution) for _ in range(count)]
    for question in questions:
        values = {"category": None, "tags": [], "difficulty": None, **place}
        classify(question, actor=None, **values)
    return questions


def drawn(exam: Exam, seed: int = 1) -> set[int]:
    return {each.version.question_id for each in plan_paper(exam, seed)}


def test_papers_hold_fixed_questions_and_drawn_ones(exam: Exam, candidate: User) -> None:
    bank(exam.institution, 30)
    pool(exam, 5)
    attempt = make_attempt(enrol(make_sitting(exam), candidate), state="scheduled")
    items = draw_paper(attempt)
    assert [item.position for item in items] == [1, 2, 3, 4, 5, 6]
    assert sorted(item.points for item in items) == [1, 2, 2, 2, 2, 2]
    assert len({item.version.question_id for item in items}) == 6
    planned = [(each.version.pk, each.option_order) for each in plan_paper(exam, attempt.seed)]
    assert planned == [(item.version_id, item.option_order) for item in items]


def test_a_paper_stays_as_it_was_drawn_whatever_becomes_of_pool_and_bank(exam: Exam, candidate: User) -> None:
    questions = bank(exam.institution, 6)
    own = pool(exam, 3)
    attempt = make_attempt(enrol(make_sitting(exam), candidate), state="scheduled")
    before = [item.pk for item in draw_paper(attempt)]
    for question in questions:
        retire(question, actor=None)
    structure.remove(own, actor=None)
    assert [item.pk for item in draw_paper(Attempt.objects.get(pk=attempt.pk))] == before
    assert PaperItem.objects.filter(attempt=attempt).count() == 4


def test_category_with_and_without_what_lies_below(exam: Exam) -> None:
    top = create_category(exam.institution, name="Biology", parent=None, actor=None)
    below = create_category(exam.institution, name="Cells", parent=top, actor=None)
    [above] = bank(exam.institution, 1, category=top)
    [inside] = bank(exam.institution, 1, category=below)
    bank(exam.institution, 2)
    own = pool(exam, 2, category=top)
    assert drawn(exam) >= {above.pk, inside.pk}
    structure.save_pool(
        own.section, pool=own, count=1, points=Decimal(1), actor=None, **{**NO_FILTER, "category": top,
        "with_children": False},
    )  # fmt: skip
    assert above.pk in drawn(exam)
    assert inside.pk not in drawn(exam)


def test_tags_and_difficulty(exam: Exam) -> None:
    wanted = bank(exam.institution, 2, tags=["dna", "lab"], difficulty=2)
    bank(exam.institution, 3, tags=["dna"], difficulty=2)
    bank(exam.institution, 3, tags=["dna", "lab"], difficulty=4)
    bank(exam.institution, 3, tags=["dna", "lab"])
    tags = list(QuestionTag.objects.filter(name__in=["dna", "lab"]))
    own = pool(exam, 2, tags=tags, least_difficulty=1, most_difficulty=3)
    assert set(outline.matching(own)) == set(wanted)
    assert own.source == "the whole bank, difficulty 1 to 3, tagged dna, lab"


def test_retired_questions_and_those_that_stand_fixed_are_left_out(exam: Exam) -> None:
    fixed = exam.sections.get().questions.get().question_id
    one, two, gone = bank(exam.institution, 3)
    retire(gone, actor=None)
    pool(exam, 2)
    for seed in range(10):
        assert drawn(exam, seed) == {fixed, one.pk, two.pk}


def test_questions_of_another_institution_are_never_drawn(exam: Exam, other_institution: Institution) -> None:
    make_question(other_institution)
    own = pool(exam, 1)
    found = outline.found_by_pool(outline.entries_of(exam))
    assert found == {own.pk: 0}


def test_a_short_pool_is_named_before_at_scheduling_and_when_drawing(exam: Exam, candidate: User) -> None:
    bank(exam.institution, 3)
    pool(exam, 5)
    [finding] = outline.findings_of(exam)
    assert (finding.code, finding.is_blocking) == ("pool_short", True)
    assert "has 3 of the 5 questions it needs" in finding.text
    now = clock.now()
    with pytest.raises(InvalidInput, match="has 3 of the 5") as refusal:
        create_sitting(
            exam,
            actor=None,
            title="May",
            opens_at=now,
            closes_at=now + timedelta(hours=2),
            time_zone="UTC",
            duration_minutes=30,
        )
    assert refusal.value.field == "exam"
    enrolment = enrol(make_sitting(exam), candidate)
    with pytest.raises(Conflict, match="has 3 of the 5 questions it needs") as conflict:
        attempts.open_attempt(enrolment, actor=candidate)
    assert conflict.value.code == "pool_short"
    assert not Attempt.objects.exists()
    bank(exam.institution, 2)
    assert attempts.open_attempt(enrolment, actor=candidate).paper.count() == 6


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 201}, "count"),
        ({"points": Decimal(-1)}, "points"),
        ({"points": Decimal("NaN")}, "points"),
        ({"points": Decimal("1.001")}, "points"),
        ({"least_difficulty": 4, "most_difficulty": 2}, "most_difficulty"),
    ],
)
def test_pools_that_make_no_sense(exam: Exam, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        pool(exam, **values)
    assert refusal.value.field == field
    assert not SectionPool.objects.exists()


def test_places_keep_one_order_over_questions_and_pools(exam: Exam) -> None:
    section = exam.sections.get()
    [question] = bank(exam.institution, 1)
    own = pool(exam, 1)
    assert structure.add_questions(section, [question, question], points=Decimal(3), actor=None) == 1
    first, second, third = structure.places_of(section)
    assert (second, third.question_id) == (own, question.pk)
    structure.move(third, up=True, actor=None)
    structure.move(first, up=True, actor=None)  # at the top already
    assert structure.places_of(section) == [first, third, own]
    assert [row.position for row in structure.places_of(section)] == [1, 2, 3]
    structure.remove(third, actor=None)
    assert [row.position for row in structure.places_of(section)] == [1, 2]


def test_moving_on_beyond_the_end_of_a_section_leads_into_the_next(exam: Exam) -> None:
    second = structure.add_section(exam, title="Part two", actor=None)
    [row] = structure.places_of(exam.sections.get(position=1))
    structure.move(row, up=False, actor=None)
    assert Section.objects.get(questions=row.pk) == second
    row.refresh_from_db()
    structure.move(row, up=True, actor=None)
    assert structure.places_of(second) == []


def test_questions_that_cannot_be_added(exam: Exam, other_institution: Institution) -> None:
    section = exam.sections.get()
    [question] = bank(exam.institution, 1)
    retire(question, actor=None)
    for wrong in ([], [question], [make_question(other_institution)]):
        with pytest.raises(InvalidInput):
            structure.add_questions(section, wrong, points=Decimal(1), actor=None)
    assert len(structure.places_of(section)) == 1
