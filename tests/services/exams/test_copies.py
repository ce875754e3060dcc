"""Copies of exams and templates: everything goes along, nothing is shared but the questions."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import AuditEntry, Institution, User
from exams.bank import outline, structure
from exams.bank.categories import create_category
from exams.bank.classification import classify
from exams.bank.copies import copy_exam
from exams.bank.grades import PRESETS
from exams.bank.tools import tools_of
from exams.models import Exam, QuestionTag
from exams.scheduling.sittings import create_sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput
from proctoring.models import Policy, PolicyAssignment
from tests.factories.exams import enrol, make_attempt, make_exam, make_question, make_sitting


@pytest.fixture
def exam(scoped: Institution) -> Exam:
    exam = make_exam(scoped, kinds=("single_choice", "essay"), navigation="forward", minutes=20)
    Exam.objects.filter(pk=exam.pk).update(
        instructions="Calm.",
        pass_percentage=70,
        grade_steps=PRESETS["six"][1],
        language="fr",
        calculator="basic",
        strike_out=True,
        formula_sheet="<p>a</p>",
        spell_check=True,
    )
    category = create_category(scoped, name="Biology", parent=None, actor=None)
    classify(make_question(scoped), category=category, tags=["dna"], difficulty=2, actor=None)
    structure.save_pool(
        structure.add_section(exam, title="Drawn", actor=None),
        pool=None,
        count=1,
        points=Decimal("2.5"),
        category=category,
        with_children=False,
        tags=QuestionTag.objects.all(),
        least_difficulty=1,
        most_difficulty=3,
        actor=None,
    )
    exam.refresh_from_db()
    return exam


def picture(exam: Exam) -> list[object]:
    """All that an exam says, without keys of rows."""
    sections = exam.sections.order_by("position").values_list("title", "navigation", "minutes", "position")
    entries = [
        (
            entry.section.title,
            entry.position,
            entry.points,
            entry.question_id,
            entry.pool and (entry.pool.count, entry.pool.source),
        )
        for entry in outline.entries_of(exam)
    ]
    settings = [exam.instructions, exam.pass_percentage, exam.grade_steps, exam.language, tools_of(exam)]
    return [*settings, list(sections), entries]


def test_a_copy_says_the_same_and_goes_its_own_way(exam: Exam, officer: User) -> None:
    before = picture(exam)
    copy = copy_exam(exam, title="  Autumn ", as_template=False, actor=officer)
    assert (copy.title, copy.is_template, picture(copy)) == ("Autumn", False, before)
    for section in copy.sections.all():
        for place in structure.places_of(section):
            structure.remove(place, actor=None)
    copy.sections.all().delete()
    assert picture(Exam.objects.get(pk=exam.pk)) == before
    entry = AuditEntry.objects.get(verb="exam.copied")
    assert (entry.actor, entry.detail, entry.stream) == (officer, {"from": exam.pk}, f"exam:{copy.pk}")


def test_a_copy_of_an_exam_in_use_has_no_sittings(exam: Exam, candidate: User) -> None:
    make_attempt(enrol(make_sitting(exam), candidate))
    copy = copy_exam(exam, title="Autumn", as_template=False, actor=None)
    assert not copy.sittings.exists()


def test_a_copy_is_watched_by_the_same_policy(exam: Exam) -> None:
    policy = Policy.objects.create(institution=exam.institution, name="Strict")
    PolicyAssignment.objects.create(institution=exam.institution, exam=exam, policy=policy)
    assert copy_exam(exam, title="A", as_template=False, actor=None).policy_assignment.policy == policy


@pytest.mark.parametrize("title", ["", "   ", "x" * 201, "\x00"])
def test_titles_that_are_none(exam: Exam, title: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        copy_exam(exam, title=title, as_template=False, actor=None)
    assert refusal.value.field == "title"
    assert Exam.objects.count() == 1


def test_a_template_cannot_be_scheduled_but_what_is_made_from_it_can(exam: Exam) -> None:
    now = clock.now()
    when = {
        "opens_at": now,
        "closes_at": now + timedelta(hours=2),
        "time_zone": "UTC",
        "duration_minutes": 30,
    }
    template = copy_exam(exam, title="Template", as_template=True, actor=None)
    with pytest.raises(InvalidInput) as refusal:
        create_sitting(template, actor=None, title="May", **when)
    assert (refusal.value.code, refusal.value.field) == ("template", "exam")
    made = copy_exam(template, title="May", as_template=False, actor=None)
    assert create_sitting(made, actor=None, title="May", **when).pk
