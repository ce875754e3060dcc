"""Questions are prepared once for everybody, and nobody sees another wording than that of their paper."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import QuerySet
from django.template.loader import render_to_string

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.bank import shown
from exams.bank.questions import new_version
from exams.bank.shown import prepare, shown_on, with_usage
from exams.delivery.queries import paper_view
from exams.models import Attempt, PaperItem, Question, QuestionVersion
from exams.pages.exam_page import paper_context
from exams.templatetags import exam_question
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    shown.forget_all()
    yield
    shown.forget_all()


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the versions that were prepared, in order."""
    ids: list[int] = []

    def noted(version: QuestionVersion, option_order: Any, *, asks_certainty: bool) -> shown.Shown:
        ids.append(version.pk)
        return prepare(version, option_order, asks_certainty=asks_certainty)

    monkeypatch.setattr(shown, "prepare", noted)
    return ids


def rows_of(attempt: Attempt) -> "QuerySet[PaperItem]":
    return with_usage(attempt.paper.order_by("position"))


def page(attempt: Attempt) -> str:
    return render_to_string("exams/paper_parts.html", paper_context(attempt))


def pair(institution: Institution, *people: User, **exam: Any) -> list[Attempt]:
    sitting = make_sitting(make_exam(institution, **exam))
    return [make_attempt(enrol(sitting, person)) for person in people]


def test_two_candidates_cost_one_preparation_and_one_rendering(
    institution: Institution,
    candidate: User,
    second_candidate: User,
    prepared: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rendered: list[str] = []

    def noted(name: str, context: Any) -> str:
        rendered.append(name)
        return render_to_string(name, context)

    monkeypatch.setattr(exam_question, "render_to_string", noted)
    first, second = pair(institution, candidate, second_candidate, kinds=["single_choice", "cloze", "essay"])
    with within(institution):
        pages = [page(first), page(second), page(first)]
    assert len(prepared) == len(set(prepared)) == 3
    assert rendered.count("exams/_partials/question.html") == 3
    assert pages[0] == pages[2]


def test_each_page_has_its_own_ids_and_places(
    institution: Institution, candidate: User, second_candidate: User
) -> None:
    """What is kept holds marks; none of them may reach a page, and no id of somebody else's paper."""
    for attempt in pair(
        institution, candidate, second_candidate, kinds=["single_choice", "matching"], title="<Maths> & more"
    ):
        with within(institution):
            text = page(attempt)
            ids = list(attempt.paper.order_by("position").values_list("pk", flat=True))
        for position, pk in enumerate(ids, start=1):
            assert f'data-item="{pk}"' in text
            assert f'id="question-{pk}" tabindex="-1">Question {position} of 2</h2>' in text
        assert [mark for mark in exam_question._MARKS.values() if mark in text] == []
        others = PaperItem._base_manager.exclude(pk__in=ids).values_list("pk", flat=True)
        assert not any(f'data-item="{pk}"' in text for pk in others)


def test_texts_of_a_section_are_escaped(institution: Institution, candidate: User) -> None:
    exam = make_exam(institution, kinds=["essay"], instructions="<script>1</script>")
    with within(institution):
        exam.sections.update(title="<b>Part</b>")
        text = page(make_attempt(enrol(make_sitting(exam), candidate)))
    assert "<b>Part" not in text and "<script>1" not in text
    assert "&lt;b&gt;Part&lt;/b&gt;" in text


def test_options_stand_in_the_order_of_each_paper(
    institution: Institution, candidate: User, second_candidate: User
) -> None:
    attempts = pair(institution, candidate, second_candidate, kinds=["single_choice"])
    orders = ([2, 0, 1], [0, 1, 2])
    with within(institution):
        for attempt, order in zip(attempts, orders, strict=True):
            attempt.paper.update(option_order=order)
        found = [paper_view(each)["sections"][0]["items"][0]["content"]["options"] for each in attempts]
    assert [[option["id"] for option in options] for options in found] == [["c", "a", "b"], ["a", "b", "c"]]


def test_nothing_of_the_key_is_kept(institution: Institution, candidate: User) -> None:
    (attempt,) = pair(institution, candidate, kinds=["single_choice", "short_answer", "numeric"])
    with within(institution):
        page(attempt)
        kept = list(shown_on(list(rows_of(attempt))).values())
    assert len(kept) == 3
    words = " ".join(f"{each.content} {each.html}" for each in kept)
    assert not [key for key in ("'correct'", "Wien", "3.14", "accepted") if key in words]


def test_a_version_that_no_paper_uses_is_never_kept(
    institution: Institution, candidate: User, prepared: list[int]
) -> None:
    (attempt,) = pair(institution, candidate, kinds=["essay"])
    with within(institution):
        QuestionVersion.objects.update(used_at=None)
        question = Question.objects.get()
        before = paper_view(attempt)["sections"][0]["items"][0]["stem"]
        new_version(question, stem="Another wording", content={"word_limit": None}, actor=None)
        after = paper_view(attempt)["sections"][0]["items"][0]["stem"]
    assert (before != after, after) == (True, "Another wording")
    assert len(prepared) == 2


def test_a_revised_question_leaves_the_papers_as_they_were(
    institution: Institution, candidate: User, second_candidate: User
) -> None:
    exam = make_exam(institution, kinds=["essay"])
    old = make_attempt(enrol(make_sitting(exam), candidate))
    with within(institution):
        first = paper_view(old)["sections"][0]["items"][0]["stem"]
        new_version(Question.objects.get(), stem="Revised", content={"word_limit": None}, actor=None)
        new = make_attempt(enrol(make_sitting(exam), second_candidate))
        assert paper_view(new)["sections"][0]["items"][0]["stem"] == "Revised"
        assert paper_view(old)["sections"][0]["items"][0]["stem"] == first


def test_an_id_that_is_given_again_does_not_find_the_former_question(
    institution: Institution, candidate: User
) -> None:
    """As after a restored backup, or in another database behind the same process."""
    (attempt,) = pair(institution, candidate, kinds=["essay"])
    with within(institution):
        paper_view(attempt)
        version = QuestionVersion.objects.get()
        QuestionVersion.objects.update(stem="Restored", used_at=version.created_at)
        assert paper_view(attempt)["sections"][0]["items"][0]["stem"] == "Restored"


def test_only_so_many_are_kept(
    institution: Institution, candidate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "MOST", 2)
    (attempt,) = pair(institution, candidate, kinds=["essay"] * 5)
    with within(institution):
        assert len(paper_view(attempt)["sections"][0]["items"]) == 5
    assert len(shown._kept) == 2


def test_one_institution_never_reads_the_paper_of_another(
    institution: Institution, other_institution: Institution, candidate: User, second_candidate: User
) -> None:
    """Same words in both, other versions: each paper leads to its own."""
    (ours,) = pair(institution, candidate, kinds=["essay"])
    (theirs,) = pair(other_institution, second_candidate, kinds=["essay"])
    with within([institution, other_institution]):
        found = {each.pk: paper_view(each)["sections"][0]["items"][0]["stem"] for each in (ours, theirs)}
        wanted = {each.pk: each.paper.get().version.stem for each in (ours, theirs)}
    assert found == wanted and len(set(found.values())) == 2
