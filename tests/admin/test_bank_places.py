"""The bank in the admin: filters, search, moving many, categories and tags; quick with 5,000 questions."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.bank import classification, questions
from exams.bank.categories import category_at_path
from exams.models import Question, QuestionCategory, QuestionTag, QuestionVersion
from tests.factories.exams import CONTENT, make_question

Browser = Callable[..., Client]
LIST = "admin:exams_question_changelist"


def placed(institution: Institution, title: str, path: list[str], **more: Any) -> Question:
    fields: dict[str, Any] = {"tags": [], "difficulty": None, "stem": "S", **more}
    with within(institution):
        return questions.create_question(
            institution,
            title=title,
            kind="essay",
            content=CONTENT["essay"],
            category=category_at_path(institution, path),
            actor=None,
            **fields,
        )


@pytest.fixture
def bank(institution: Institution) -> None:
    placed(
        institution,
        "Walls",
        ["Biology", "Cells"],
        tags=["hard"],
        difficulty=4,
        stem="Which cells have walls?",
    )
    placed(institution, "Genes", ["Biology"], tags=["Exam 2026"], difficulty=2)
    placed(institution, "Rivers", ["Geography"], tags=["hard"])
    placed(institution, "Loose", [])


def titles(client: Client, **filters: Any) -> list[str]:
    page = client.get(reverse(LIST), filters)
    assert page.status_code == 200
    return [question.title for question in page.context["cl"].result_list]


def category(institution: Institution, *path: str) -> QuestionCategory:
    with within(institution):
        found = category_at_path(institution, path)
    assert found is not None
    return found


def test_filters(institution: Institution, bank: None, author: User, browser_of: Browser) -> None:
    client = browser_of(author)
    with within(institution):
        hard = QuestionTag.objects.get(name="hard")
    biology = category(institution, "Biology").pk
    assert titles(client, category=biology) == ["Genes", "Walls"]
    assert titles(client, category="none") == ["Loose"]
    assert titles(client, tag=hard.pk) == ["Rivers", "Walls"]
    assert titles(client, difficulty=4) == ["Walls"]
    assert titles(client, difficulty="none", category="none") == ["Loose"]
    assert titles(client, category=biology, tag=hard.pk, kind="essay", retired="no") == ["Walls"]


@pytest.mark.parametrize("name", ["category", "tag", "difficulty", "kind", "retired"])
@pytest.mark.parametrize("value", ["-1", "x", "9" * 30, "' OR 1=1", "0"])
def test_filters_that_make_no_sense_show_nothing(
    bank: None, author: User, browser_of: Browser, name: str, value: str
) -> None:
    assert titles(browser_of(author), **{name: value}) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("walls", ["Walls"]),
        ("which have", ["Walls"]),
        ('"have walls"', ["Walls"]),
        ('"walls have"', []),
        ("exam 2026", ["Genes"]),
        ("biology", ["Genes", "Walls"]),
        ("biology hard", ["Walls"]),
        ("%", []),
        ("'", []),
        ("a " * 200, ["Genes", "Rivers", "Walls"]),
    ],
)
def test_search(bank: None, author: User, browser_of: Browser, words: str, found: list[str]) -> None:
    assert titles(browser_of(author), q=words) == found


def test_an_old_wording_is_not_found(institution: Institution, author: User, browser_of: Browser) -> None:
    question = make_question(institution, stem="Before", title="T")
    with within(institution):
        QuestionVersion.objects.create(
            institution=institution, question=question, number=2, stem="After", content=CONTENT["essay"]
        )
    assert titles(browser_of(author), q="Before") == []
    assert titles(browser_of(author), q="After") == ["T"]


def test_place_is_saved_with_the_question(
    institution: Institution, author: User, browser_of: Browser
) -> None:
    client = browser_of(author)
    cells = category(institution, "Biology", "Cells")
    body = {"title": "T", "stem": "S", "correct": "true"}
    url = reverse("admin:exams_question_add") + "?kind=true_false"
    place = {"category": cells.pk, "tag_names": "hard, Exam 2026, HARD,", "difficulty": "3"}
    assert client.post(url, {**body, **place}).status_code == 302
    with within(institution):
        question = Question.objects.get()
        assert (question.category, question.difficulty) == (cells, 3)
        assert classification.tag_names(question) == ["Exam 2026", "hard"]
    change = reverse("admin:exams_question_change", args=[question.pk])
    page = client.get(change)
    form = page.context["adminform"].form
    assert form.fields["tag_names"].initial == "Exam 2026, hard"
    assert client.post(change, {**body, "tag_names": "new", "difficulty": ""}).status_code == 302
    with within(institution):
        question.refresh_from_db()
        assert (question.category, question.difficulty, question.versions.count()) == (None, None, 1)
        assert classification.tag_names(question) == ["new"]


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ({"category": "999999"}, "category"),
        ({"difficulty": "6"}, "difficulty"),
        ({"tag_names": "x" * 60}, "tag_names"),
        ({"tag_names": "a\x00b"}, "tag_names"),
        ({"text_format": "markdown"}, "text_format"),
    ],
)
def test_wrong_places_name_the_field(
    institution: Institution, author: User, browser_of: Browser, place: dict[str, str], field: str
) -> None:
    url = reverse("admin:exams_question_add") + "?kind=true_false"
    page = browser_of(author).post(url, {"title": "T", "stem": "S", "correct": "true", **place})
    assert list(page.context["adminform"].form.errors) == [field]
    with within(institution):
        assert not Question.objects.exists()


def test_a_foreign_category_is_no_choice(
    institution: Institution, other_institution: Institution, author: User, browser_of: Browser
) -> None:
    foreign = category(other_institution, "Secret shelf")
    client = browser_of(author)
    url = reverse("admin:exams_question_add") + "?kind=true_false"
    assert "Secret shelf" not in client.get(url).content.decode()
    body = {"title": "T", "stem": "S", "correct": "true", "category": foreign.pk}
    assert list(client.post(url, body).context["adminform"].form.errors) == ["category"]
    assert titles(client, category=foreign.pk) == []
    parent = client.post(reverse("admin:exams_questioncategory_add"), {"name": "X", "parent": foreign.pk})
    assert list(parent.context["adminform"].form.errors) == ["parent"]


def test_many_are_moved_retired_and_restored(
    institution: Institution, bank: None, officer: User, browser_of: Browser
) -> None:
    client = browser_of(officer)
    geography = category(institution, "Geography")
    with within(institution):
        keys = list(Question.objects.filter(title__in=["Walls", "Loose"]).values_list("pk", flat=True))
    chosen = {"_selected_action": keys, "to_category": geography.pk}
    page = client.post(reverse(LIST), {"action": "move", **chosen}, follow=True).content.decode()
    assert "2 questions are in “Geography”." in page
    assert titles(client, category=geography.pk) == ["Loose", "Rivers", "Walls"]
    with within(institution):
        assert classification.tag_names(Question.objects.get(title="Walls")) == ["hard"]
    client.post(reverse(LIST), {"action": "retire", **chosen})
    assert titles(client, retired="yes") == ["Loose", "Walls"]
    client.post(reverse(LIST), {"action": "restore", **chosen})
    assert titles(client, retired="yes") == []
    client.post(reverse(LIST), {"action": "move", **chosen, "to_category": "777"})
    assert titles(client, category=geography.pk) == ["Loose", "Rivers", "Walls"]


def test_categories_are_made_moved_and_removed(
    institution: Institution, bank: None, author: User, browser_of: Browser
) -> None:
    client = browser_of(author)
    biology, cells = category(institution, "Biology"), category(institution, "Biology", "Cells")
    page = client.get(reverse("admin:exams_questioncategory_changelist")).content.decode()
    assert page.index(">Biology<") < page.index(">Cells<") < page.index(">Geography<")
    change = reverse("admin:exams_questioncategory_change", args=[biology.pk])
    refused = client.post(change, {"name": "Biology", "parent": cells.pk})
    assert refused.context["adminform"].form.errors == {"parent": ["A category cannot lie below itself."]}
    taken = client.post(change, {"name": "geography", "parent": ""})
    assert "already" in taken.content.decode()
    moved = client.post(change, {"name": "Life", "parent": category(institution, "Geography").pk})
    assert moved.status_code == 302
    cells.refresh_from_db()
    assert cells.path == "Geography / Life / Cells"
    delete = reverse("admin:exams_questioncategory_delete", args=[cells.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    added = client.post(reverse("admin:exams_questioncategory_add"), {"name": "Empty", "parent": ""})
    assert added.status_code == 302
    empty = category(institution, "Empty")
    delete = reverse("admin:exams_questioncategory_delete", args=[empty.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 302
    with within(institution):
        assert not QuestionCategory.objects.filter(name="Empty").exists()


def test_tags_are_renamed_and_removed(
    institution: Institution, bank: None, author: User, browser_of: Browser
) -> None:
    client = browser_of(author)
    with within(institution):
        tag = QuestionTag.objects.get(name="hard")
    change = reverse("admin:exams_questiontag_change", args=[tag.pk])
    assert "already" in client.post(change, {"name": "exam 2026"}).content.decode()
    assert "comma" in client.post(change, {"name": "a,b"}).content.decode()
    assert client.post(change, {"name": "difficult"}).status_code == 302
    assert titles(client, q="difficult") == ["Rivers", "Walls"]
    assert (
        client.post(reverse("admin:exams_questiontag_delete", args=[tag.pk]), {"post": "yes"}).status_code
        == 302
    )
    assert titles(client, q="difficult") == []


@pytest.mark.parametrize("who", ["reviewer", "proctor", "candidate", "foreign_officer"])
def test_only_those_who_write_questions_order_them(
    institution: Institution, bank: None, request: Any, browser_of: Browser, who: str
) -> None:
    client = browser_of(request.getfixturevalue(who))
    biology = category(institution, "Biology")
    client.post(reverse("admin:exams_questioncategory_change", args=[biology.pk]), {"name": "Mine"})
    client.post(reverse("admin:exams_questioncategory_add"), {"name": "Mine"})
    with within(institution):
        assert not QuestionCategory.objects.filter(name="Mine").exists()


def test_a_bank_of_5000_is_shown_by_pages(
    institution: Institution,
    bank: None,
    author: User,
    browser_of: Browser,
    django_assert_max_num_queries: Any,
) -> None:
    cells, own = category(institution, "Biology", "Cells"), {"institution": institution}
    with within(institution):
        rows = [
            Question(title=f"Q {number:04}", kind="essay", category=cells, difficulty=number % 5 + 1, **own)
            for number in range(5_000)
        ]
        made = Question.objects.bulk_create(rows)
        QuestionVersion.objects.bulk_create(
            QuestionVersion(question=row, number=1, stem=f"Stem of {row.title} " * 20, content={}, **own)
            for row in made
        )
    client = browser_of(author)
    client.get(reverse(LIST))
    for filters in ({}, {"q": "stem 4999"}, {"category": str(category(institution, "Biology").pk)}):
        with django_assert_max_num_queries(20):
            answer = client.get(reverse(LIST), filters)
        assert 0 < len(answer.context["cl"].result_list) <= 100, filters
