"""Pages beside a question's form: preview with a try, versions and use, copy, retire, editor's preview."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams.bank import questions
from exams.bank.classification import classify
from exams.kinds.registry import KINDS
from exams.models import Question
from tests.factories.exams import (
    CONTENT,
    RIGHT,
    WRONG,
    enrol,
    make_attempt,
    make_exam,
    make_question,
    make_sitting,
)

Browser = Callable[..., Client]


def url(name: str, question: Question) -> str:
    return reverse(f"admin:exams_question_{name}", args=[question.pk])


def post(client: Client, address: str, body: Any) -> Any:
    return client.post(address, body, content_type="application/json")


@pytest.mark.parametrize("kind", sorted(CONTENT))
def test_each_kind_can_be_seen_and_tried(
    institution: Institution, author: User, browser_of: Browser, kind: str
) -> None:
    question = make_question(institution, kind, stem="A stem")
    client = browser_of(author)
    page = client.get(url("preview", question)).content.decode()
    assert "A stem" in page and "data-widget" in page
    right = post(client, url("try", question), {"version": 1, "value": RIGHT[kind]}).json()
    marked_by_rule = KINDS[kind].mark(CONTENT[kind], RIGHT[kind]) is not None
    assert right["share"] == (1 if marked_by_rule else None)
    if kind in WRONG:
        assert post(client, url("try", question), {"version": 1, "value": WRONG[kind]}).json()["share"] < 1
    if marked_by_rule:
        assert post(client, url("try", question), {"version": 1, "value": None}).json()["share"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"value": "no-such-option"}, 400),
        ({"value": {"a": 1}}, 400),
        ({"value": "a", "version": 7}, 404),
        ({"value": "a", "version": "x"}, 404),
        ({"value": "a", "version": "9" * 40}, 404),
        ([1], 400),
        ("{", 400),
        ("[" * 10_000, 400),
    ],
)
def test_wrong_tries_are_refused(
    institution: Institution, author: User, browser_of: Browser, body: Any, status: int
) -> None:
    question = make_question(institution)
    assert post(browser_of(author), url("try", question), body).status_code == status


def revised(institution: Institution, candidate: User) -> Question:
    """A question whose first version stands on a paper, and whose second one does not."""
    exam = make_exam(institution, kinds=("single_choice",), title="Finals")
    make_attempt(enrol(make_sitting(exam), candidate))
    with within(institution):
        question = Question.objects.get()
        content = questions.newest_version(question).content  # type: ignore[union-attr]
        content["options"][0]["text"] = "Wien"
        questions.new_version(question, stem="Another wording?", content=content, actor=None)
    return question


def test_versions_and_use(
    institution: Institution, candidate: User, author: User, browser_of: Browser
) -> None:
    question = revised(institution, candidate)
    client = browser_of(author)
    page = client.get(url("use", question))
    assert [(version.number, papers) for version, papers in page.context["rows"]] == [(2, 0), (1, 1)]
    [use] = page.context["usage"].exams
    assert (use.exam.title, use.sections, use.sittings_ahead) == ("Finals", ["Part one"], 1)
    lines = {(line.mark, line.text) for line in page.context["lines"]}
    assert ("added", "Another wording?") in lines
    assert ("removed", "options 1 text: Vienna") in lines and ("added", "options 1 text: Wien") in lines
    assert ("both", "options 2 text: Berlin") in lines
    text = page.content.decode()
    assert "<ins>options 1 text: Wien</ins>" in text
    turned = client.get(url("use", question), {"older": "2", "newer": "1"}).context
    assert (turned["older"].number, turned["newer"].number) == (1, 2)
    assert client.get(url("use", question), {"older": "x", "newer": "99"}).status_code == 200
    old = client.get(url("preview", question), {"version": "1"}).content.decode()
    assert "Another wording?" not in old
    assert client.get(url("preview", question), {"version": "3"}).status_code == 404


def test_an_unused_question_says_so(institution: Institution, author: User, browser_of: Browser) -> None:
    page = browser_of(author).get(url("use", make_question(institution)))
    assert "No exam holds it." in page.content.decode()
    assert page.context["lines"] == []


def test_retire_and_restore_on_the_page(institution: Institution, author: User, browser_of: Browser) -> None:
    question = make_question(institution)
    client = browser_of(author)
    page = client.post(url("retire", question), follow=True).content.decode()
    assert "<strong>Retired</strong>" in page and "Take it back into use" in page
    page = client.post(url("restore", question), follow=True).content.decode()
    assert "<strong>In use.</strong>" in page
    with within(institution):
        assert list(AuditEntry.objects.order_by("id").values_list("verb", "actor")) == [
            ("question.retired", author.pk),
            ("question.restored", author.pk),
        ]
    assert client.get(url("retire", question)).status_code == 405


def test_a_copy_starts_its_own_history(
    institution: Institution, candidate: User, author: User, browser_of: Browser
) -> None:
    question = revised(institution, candidate)
    with within(institution):
        classify(question, category=None, tags=["hard"], difficulty=3, actor=None)
    page = browser_of(author).post(url("copy", question), follow=True).content.decode()
    with within(institution):
        copy = Question.objects.exclude(pk=question.pk).get()
        [version] = copy.versions.all()
        assert copy.title == f"Copy of {question.title}" and copy.title in page
        assert (version.number, version.stem, version.used_at) == (1, "Another wording?", None)
        assert (copy.difficulty, [tag.name for tag in copy.tags.all()]) == (3, ["hard"])


@pytest.mark.parametrize("name", ["copy", "retire", "restore", "try"])
@pytest.mark.parametrize("who", ["reviewer", "proctor", "candidate", "stranger", "foreign_officer"])
def test_rights(institution: Institution, request: Any, browser_of: Browser, who: str, name: str) -> None:
    question = make_question(institution)
    answer = post(browser_of(request.getfixturevalue(who)), url(name, question), {"value": "a"})
    may = who == "reviewer" and name == "try"
    assert (answer.status_code == 200) == may
    with within(institution):
        assert [row.retired_at for row in Question.objects.all()] == [None]


def test_the_editor_sees_what_candidates_will_see(
    institution: Institution, author: User, browser_of: Browser
) -> None:
    client = browser_of(author)
    address = reverse("admin:exams_question_shown")
    texts = ["<p onclick=x>A <b>b</b> \\(x^2\\)</p>", "<p>one</p><script>x</script>"]
    rich = post(client, address, {"text_format": "html", "texts": texts}).json()["texts"]
    assert rich[0].startswith("<p>A <b>b</b> <math") and rich[1] == "one"
    plain = post(client, address, {"text_format": "plain", "texts": texts}).json()["texts"]
    assert plain[0].startswith("<p>&lt;p onclick=x&gt;")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        [],
        {"text_format": "markdown", "texts": []},
        {"text_format": "html"},
        {"text_format": "html", "texts": "x"},
        {"text_format": "html", "texts": [5]},
        {"text_format": "html", "texts": ["x"] * 61},
        {"text_format": "html", "texts": ["x" * 20_001]},
    ],
)
def test_wrong_previews_are_refused(
    institution: Institution, author: User, browser_of: Browser, body: Any
) -> None:
    answer = post(browser_of(author), reverse("admin:exams_question_shown"), body)
    assert (answer.status_code, bool(answer.json()["detail"])) == (400, True)


def test_a_preview_needs_the_token(institution: Institution, author: User, browser_of: Browser) -> None:
    strict = browser_of(author, enforce_csrf_checks=True)
    body = {"text_format": "html", "texts": ["x"]}
    assert post(strict, reverse("admin:exams_question_shown"), body).status_code == 403
