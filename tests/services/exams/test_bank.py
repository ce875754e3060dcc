"""The question bank: versions that stay, papers that repeat, keys of old papers that hold."""

from typing import Any

import pytest

from accounts.models import AuditEntry, Institution, User
from exams.bank import questions
from exams.bank.paper import draw_paper
from exams.models import Attempt, Exam, PaperItem, Question, QuestionVersion, Section
from proctor_site.kernel.errors import Conflict, InvalidInput
from tests.factories.exams import CONTENT, enrol, make_attempt, make_exam, make_question, make_sitting


def waiting(exam: Exam, user: User, *, seed: int = 7) -> Attempt:
    return make_attempt(enrol(make_sitting(exam), user), state="ready", seed=seed)


def test_create_question(scoped: Institution, author: User) -> None:
    question = questions.create_question(
        scoped, title=" T ", kind="numeric", stem=" S ", content={"value": "1,5"}, actor=author
    )
    version = question.versions.get()
    assert (question.title, version.stem, version.number) == ("T", "S", 1)
    assert version.content == {"value": "1.5", "tolerance": "0"}
    assert AuditEntry.objects.get().verb == "question.created"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"stem": ""}, "stem"),
        ({"stem": None}, "stem"),
        ({"kind": "magic"}, "kind"),
        ({"content": {}}, "correct"),
    ],
)
def test_wrong_questions_are_refused(scoped: Institution, change: dict[str, Any], field: str) -> None:
    good = {"title": "T", "kind": "true_false", "stem": "S", "content": {"correct": True}}
    with pytest.raises(InvalidInput) as refusal:
        questions.create_question(scoped, **{**good, **change}, actor=None)
    assert refusal.value.field == field
    assert not Question.objects.exists()


def test_an_unused_version_is_changed_in_place(scoped: Institution) -> None:
    question = make_question(scoped, "true_false")
    version = questions.new_version(question, stem="New", content={"correct": False}, actor=None)
    assert (version.number, question.versions.count()) == (1, 1)
    assert QuestionVersion.objects.get().content == {"correct": False}


def test_old_papers_keep_their_version(scoped: Institution, candidate: User, second_candidate: User) -> None:
    exam = make_exam(scoped, kinds=("true_false",))
    (old,) = draw_paper(waiting(exam, candidate))
    question = old.version.question
    version = questions.new_version(question, stem="New", content={"correct": False}, actor=None)
    again = questions.new_version(question, stem="New", content={"correct": False}, actor=None)
    assert (version.number, again) == (2, version)
    (new,) = draw_paper(waiting(exam, second_candidate))
    old.refresh_from_db()
    assert (old.version.number, old.version.content) == (1, {"correct": True})
    assert new.version == version
    assert QuestionVersion.objects.filter(used_at=None).count() == 0


def test_a_retired_question_cannot_be_changed(scoped: Institution) -> None:
    question = questions.retire(make_question(scoped, "essay"), actor=None)
    with pytest.raises(Conflict) as refusal:
        questions.new_version(question, stem="New", content=CONTENT["essay"], actor=None)
    assert refusal.value.code == "retired"


def shape(items: list[PaperItem]) -> list[tuple[int, list[int]]]:
    return [(item.version_id, item.option_order) for item in items]


def test_the_same_seed_gives_the_same_paper(
    scoped: Institution, candidate: User, second_candidate: User, author: User
) -> None:
    exam = make_exam(scoped, kinds=("single_choice",) * 8, shuffle_questions=True, shuffle_options=True)
    first = draw_paper(waiting(exam, candidate, seed=1))
    same = draw_paper(waiting(exam, second_candidate, seed=1))
    other = draw_paper(waiting(exam, author, seed=2))
    assert shape(first) == shape(same)
    assert shape(first) != shape(other)
    assert sorted(shape(first))[0][0] == sorted(shape(other))[0][0]
    assert [item.position for item in first] == list(range(1, 9))
    assert all(sorted(item.option_order) == [0, 1, 2] for item in first)


def test_sections_stay_in_order_and_only_those_that_say_so_are_shuffled(
    scoped: Institution, candidate: User
) -> None:
    exam = make_exam(scoped, kinds=("single_choice",) * 6, position=2)
    later = exam.sections.get()
    first = Section.objects.create(
        institution=scoped, exam=exam, title="First", position=1, shuffle_questions=True
    )
    for position in range(1, 7):
        question = make_question(scoped, "true_false")
        first.questions.create(institution=scoped, question=question, position=position, points=2)
    items = draw_paper(waiting(exam, candidate))
    assert [item.section for item in items] == [first] * 6 + [later] * 6
    assert [item.points for item in items] == [2] * 6 + [1] * 6
    written = list(later.questions.values_list("question", flat=True))
    assert [item.version.question_id for item in items[6:]] == written
    assert [item.option_order for item in items] == [[]] * 12
    assert [item.version.question_id for item in items[:6]] != list(
        first.questions.values_list("question", flat=True)
    )


def test_drawing_twice_changes_nothing(scoped: Institution, candidate: User) -> None:
    attempt = waiting(make_exam(scoped), candidate)
    first = [item.pk for item in draw_paper(attempt)]
    assert [item.pk for item in draw_paper(attempt)] == first
    assert attempt.paper.count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_drawing_costs_the_same_for_any_length(
    scoped: Institution, candidate: User, count: int, django_assert_num_queries: Any
) -> None:
    exam = make_exam(scoped, kinds=("essay",) * count)
    attempt = make_attempt(enrol(make_sitting(exam), candidate), state="checking_in", seed=7)
    attempt = Attempt.objects.select_related("enrolment__sitting__exam").get(pk=attempt.pk)
    # Drawn already? placements, versions; savepoint in and out, items, mark as used.
    with django_assert_num_queries(9):
        draw_paper(attempt)
