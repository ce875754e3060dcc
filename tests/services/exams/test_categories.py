"""Categories stay a tree with right paths; tags are one word whatever their case; places are checked."""

from typing import Any

import pytest

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams.bank import categories, classification, questions
from exams.models import Question, QuestionCategory, QuestionTag
from proctor_site.kernel.errors import Conflict, InvalidInput
from tests.factories.exams import CONTENT, make_question


def at(institution: Institution, *names: str) -> QuestionCategory:
    found = categories.category_at_path(institution, names)
    assert found is not None
    return found


def paths() -> list[str]:
    return list(QuestionCategory.objects.values_list("path", flat=True))


def test_a_path_is_made_once(scoped: Institution) -> None:
    cells = at(scoped, "Biology", " Cells ")
    assert paths() == ["Biology", "Biology / Cells"]
    assert at(scoped, "biology", "CELLS") == cells
    assert at(scoped, "Biology").lineage == cells.lineage[: cells.lineage.index("/", 1) + 1]
    assert categories.category_at_path(scoped, []) is None
    assert at(scoped, "Biology / Cells") != cells  # a separator in a name makes no second category
    assert AuditEntry.objects.filter(verb="category.created").count() == 3


def test_moving_takes_along_what_lies_below(scoped: Institution, author: User) -> None:
    cells = at(scoped, "Biology", "Cells", "Walls")
    cells = at(scoped, "Biology", "Cells")
    science = at(scoped, "Science")
    at(scoped, "Biology 2")
    categories.change_category(cells, name="Cell", parent=science, actor=author)
    assert paths() == ["Biology", "Biology 2", "Science", "Science / Cell", "Science / Cell / Walls"]
    walls = at(scoped, "Science", "Cell", "Walls")
    assert walls.lineage == f"/{science.pk}/{cells.pk}/{walls.pk}/"
    assert AuditEntry.objects.get(verb="category.changed").detail["to"] == "Science / Cell"
    categories.change_category(cells, name="Cell", parent=science, actor=author)
    assert AuditEntry.objects.filter(verb="category.changed").count() == 1
    categories.change_category(cells, name="Cell", parent=None, actor=author)
    assert paths()[-2:] == ["Cell / Walls", "Science"]


def test_a_category_never_lies_below_itself(scoped: Institution) -> None:
    low = at(scoped, "A", "B", "C")
    for name in ("A", "B", "C"):
        category = QuestionCategory.objects.get(name=name)
        with pytest.raises(InvalidInput) as refusal:
            categories.change_category(category, name=name, parent=low, actor=None)
        assert (refusal.value.field, refusal.value.code) == ("parent", "cycle")
    assert paths() == ["A", "A / B", "A / B / C"]


def test_depth_is_bounded_also_by_moves(scoped: Institution) -> None:
    deepest = at(scoped, *"ABCDEFGHIJ")
    with pytest.raises(InvalidInput):
        at(scoped, *"ABCDEFGHIJK")
    at(scoped, "X", "Y")
    with pytest.raises(InvalidInput) as refusal:
        categories.change_category(at(scoped, "X"), name="X", parent=deepest.parent, actor=None)
    assert refusal.value.field == "parent"
    categories.change_category(at(scoped, "X"), name="X", parent=deepest.parent.parent, actor=None)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, None, 7, "a\x00b", "\ud800"])
def test_wrong_names_are_refused(scoped: Institution, name: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        categories.create_category(scoped, name=name, parent=None, actor=None)
    assert refusal.value.field == "name"
    with pytest.raises(InvalidInput):
        categories.category_at_path(scoped, ["Good", name])
    assert paths() == []


def test_twins_and_foreign_parents_are_refused(scoped: Institution, other_institution: Institution) -> None:
    at(scoped, "A", "B")
    with pytest.raises(InvalidInput, match="already"):
        categories.create_category(scoped, name="b", parent=at(scoped, "A"), actor=None)
    with pytest.raises(InvalidInput, match="already"):
        categories.create_category(scoped, name="a", parent=None, actor=None)
    with within(other_institution):
        foreign = at(other_institution, "A")
    with pytest.raises(InvalidInput, match="another institution"):
        categories.create_category(scoped, name="C", parent=foreign, actor=None)
    with pytest.raises(InvalidInput, match="another institution"):
        classification.classify(make_question(scoped), category=foreign, tags=[], difficulty=None, actor=None)


def test_only_empty_categories_are_removed(scoped: Institution) -> None:
    top, low = at(scoped, "A"), at(scoped, "A", "B")
    question = make_question(scoped)
    classification.classify(question, category=low, tags=[], difficulty=None, actor=None)
    for category in (top, low):
        with pytest.raises(Conflict) as refusal:
            categories.remove_category(category, actor=None)
        assert refusal.value.code == "not_empty"
    classification.classify(question, category=None, tags=[], difficulty=None, actor=None)
    categories.remove_category(low, actor=None)
    categories.remove_category(top, actor=None)
    assert paths() == []


def test_lies_in_takes_what_lies_below_or_not(scoped: Institution) -> None:
    top, low = at(scoped, "A"), at(scoped, "A", "B")
    at(scoped, "A B")
    for category in (top, low, None):
        question = make_question(scoped)
        classification.classify(question, category=category, tags=[], difficulty=None, actor=None)
    assert Question.objects.filter(categories.lies_in(top)).count() == 2
    assert Question.objects.filter(categories.lies_in(top, with_children=False)).count() == 1


def test_a_tag_typed_in_two_characters_is_the_composed_one(scoped: Institution, author: User) -> None:
    first, second = make_question(scoped), make_question(scoped)
    for question, typed in ((first, ["\u00e9tude"]), (second, ["e\u0301tude", "\uf900"])):
        classification.classify(question, category=None, tags=typed, difficulty=None, actor=author)
    assert classification.tag_names(second) == ["\u00e9tude", "\u8c48"]
    assert QuestionTag.objects.count() == 2


def test_tags_are_one_word_in_any_case(scoped: Institution, author: User) -> None:
    first, second = make_question(scoped), make_question(scoped)
    classification.classify(first, category=None, tags=["Exam 2026", "hard"], difficulty=4, actor=author)
    classification.classify(second, category=None, tags=["HARD", "Hard "], difficulty=None, actor=author)
    assert classification.tag_names(second) == ["hard"]
    assert QuestionTag.objects.count() == 2
    before = AuditEntry.objects.count()
    classification.classify(first, category=None, tags=["hard", "exam 2026"], difficulty=4, actor=author)
    assert AuditEntry.objects.count() == before
    tag = QuestionTag.objects.get(name="hard")
    with pytest.raises(InvalidInput, match="already"):
        classification.rename_tag(tag, name="EXAM 2026", actor=author)
    classification.rename_tag(tag, name="Hard", actor=author)
    assert classification.tag_names(first) == ["Exam 2026", "Hard"]
    classification.remove_tag(tag, actor=author)
    assert classification.tag_names(second) == []


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ({"difficulty": 0}, "difficulty"),
        ({"difficulty": 6}, "difficulty"),
        ({"difficulty": "3"}, "difficulty"),
        ({"difficulty": True}, "difficulty"),
        ({"tags": "hard"}, "tags"),
        ({"tags": ["a,b"]}, "tags"),
        ({"tags": [""]}, "tags"),
        ({"tags": [5]}, "tags"),
        ({"tags": ["x" * 51]}, "tags"),
        ({"tags": [str(number) for number in range(31)]}, "tags"),
        ({"tags": None}, "tags"),
    ],
)
def test_wrong_places_are_refused(scoped: Institution, place: dict[str, Any], field: str) -> None:
    question = make_question(scoped)
    fields: dict[str, Any] = {"category": None, "tags": [], "difficulty": None, **place}
    with pytest.raises(InvalidInput) as refusal:
        classification.classify(question, **fields, actor=None)
    assert refusal.value.field == field
    with pytest.raises(InvalidInput):
        questions.create_question(
            scoped, title="T", kind="essay", stem="S", content=CONTENT["essay"], actor=None, **fields
        )
    assert Question.objects.count() == 1 and not QuestionTag.objects.exists()


def test_a_question_is_made_in_its_place(scoped: Institution) -> None:
    question = questions.create_question(
        scoped,
        title="T",
        kind="essay",
        stem="S",
        content=CONTENT["essay"],
        category=at(scoped, "A"),
        tags=["x"],
        difficulty=2,
        actor=None,
    )
    question.refresh_from_db()
    assert (question.category, question.difficulty) == (at(scoped, "A"), 2)
    assert classification.tag_names(question) == ["x"]


def test_retire_and_restore(scoped: Institution, author: User) -> None:
    question = questions.retire(make_question(scoped), actor=author)
    questions.retire(question, actor=author)
    questions.restore(question, actor=author)
    questions.restore(question, actor=author)
    question.refresh_from_db()
    assert question.retired_at is None
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["question.retired", "question.restored"]
