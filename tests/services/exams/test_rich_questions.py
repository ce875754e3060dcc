"""Rich questions: sanitised when stored, and again on the way to the candidate by page and by API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.bank import questions, wording
from exams.models import Question, QuestionVersion
from proctor_site.kernel.errors import InvalidInput
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

EVIL = "<p>Which <b>city</b>?<img src=x onerror=alert(1)><script>alert(2)</script></p>"
OPTIONS = {
    "options": [
        {"text": "<em>Vienna</em><script>alert(3)</script>", "correct": True},
        {"text": '<a href="javascript:alert(4)">\\(x^2\\)</a>', "correct": False},
    ]
}
CLEAN_OPTIONS = ["<em>Vienna</em>", "<a>\\(x^2\\)</a>"]
EMPTY_OPTION = {"options": [{"text": "<p></p>", "correct": True}, OPTIONS["options"][1]]}


def rich(institution: Institution, **change: Any) -> Question:
    fields = {"title": "T", "kind": "single_choice", "stem": EVIL, "content": OPTIONS, "text_format": "html"}
    return questions.create_question(institution, **{**fields, **change}, actor=None)


def test_stored_text_is_clean(scoped: Institution) -> None:
    version = rich(scoped).versions.get()
    assert version.stem == "<p>Which <b>city</b>?<img></p>"
    assert [option["text"] for option in version.content["options"]] == [
        "<em>Vienna</em>",
        "<a>\\(x^2\\)</a>",
    ]
    assert wording.stem_in_words(version) == "Which city?[picture]"
    assert wording.key_in_words(version) == "Vienna"
    assert wording.answer_in_words(version, version.content["options"][1]["id"]) == "\\(x^2\\)"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text_format": "markdown"}, "text_format"),
        ({"text_format": None}, "text_format"),
        ({"stem": "<script>x</script>"}, "stem"),
        ({"stem": 5}, "stem"),
        ({"stem": "<b>" * 10_000 + "x"}, "stem"),
        (
            {"content": {"options": [{"text": "<p></p>", "correct": True}, OPTIONS["options"][1]]}},
            "options.1.text",
        ),
        ({"content": [[[]]]}, "content"),
        ({"content": {"options": [{"text": "<b>a</b>"}, {"text": "<b onclick=x>a</b>"}]}}, "options.2.text"),
    ],
)
def test_wrong_rich_questions_are_refused(scoped: Institution, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        rich(scoped, **change)
    assert refusal.value.field == field
    assert not Question.objects.exists()


def test_plain_text_keeps_its_meaning(scoped: Institution) -> None:
    version = rich(scoped, text_format="plain").versions.get()
    assert version.stem == EVIL
    assert version.content["options"][0]["text"] == OPTIONS["options"][0]["text"]


def test_the_format_is_part_of_the_version(scoped: Institution) -> None:
    question = rich(scoped, text_format="plain")
    first = question.versions.get()
    kept = questions.new_version(question, stem="<b>x</b>", content=first.content, actor=None)
    assert (kept.pk, kept.text_format, kept.stem) == (first.pk, "plain", "<b>x</b>")
    turned = questions.new_version(
        question, stem="<b>x</b>", content=first.content, actor=None, text_format="html"
    )
    assert (turned.pk, turned.text_format) == (first.pk, "html")
    again = questions.new_version(question, stem="<b>x</b>", content=turned.content, actor=None)
    assert again.text_format == "html"


def test_what_came_past_the_bank_is_clean_at_the_candidate(
    institution: Institution,
    candidate: User,
    api_of: Callable[..., APIClient],
    browser_of: Callable[..., Client],
) -> None:
    exam = make_exam(institution, kinds=("single_choice",))
    with within(institution):
        QuestionVersion.objects.update(stem=EVIL, content=_with_ids(), text_format="html")
    attempt = make_attempt(enrol(make_sitting(exam), candidate))
    (section,) = api_of(candidate).get(f"/api/v1/attempts/{attempt.pk}/paper/").json()["sections"]
    (item,) = section["items"]
    assert item["text_format"] == "html"
    assert item["stem"] == "<p>Which <b>city</b>?<img></p>"
    assert [option["text"] for option in item["content"]["options"]] == [
        "<em>Vienna</em>",
        "<a>\\(x^2\\)</a>",
    ]
    page = browser_of(candidate).get(f"/i/north-college/attempts/{attempt.pk}/exam/").content.decode()
    assert "<p>Which <b>city</b>?" in page and "<em>Vienna</em>" in page and "<msup>" in page
    assert "alert(" not in page and "onerror" not in page


def _with_ids() -> dict[str, Any]:
    return {"options": [{**option, "id": f"o{place}"} for place, option in enumerate(OPTIONS["options"])]}
