"""Texts with gaps: weights, places, controls in the page; code: template, colours, nothing executable."""

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string

from exams.kinds.cloze.form import ClozeForm
from exams.kinds.code.highlight import MOST_CHARACTERS, highlighted
from exams.kinds.code.kind import LANGUAGES
from exams.kinds.registry import KINDS
from exams.templatetags.exam_gaps import text_with_gaps
from proctor_site.kernel.errors import InvalidInput
from tests.factories.exams import CONTENT, RIGHT

F = Fraction
CLOZE, CODE = KINDS["cloze"], KINDS["code"]
GAPS = CONTENT["cloze"]


@pytest.mark.parametrize(
    ("value", "share"),
    [
        ({"1": "v", "2": "danube", "3": "151"}, 1),
        ({"1": "v"}, F(1, 2)),
        ({"1": "g", "2": "Danube"}, F(1, 4)),
        ({"2": " ", "3": "", "1": None}, 0),
        ({"3": 156}, F(1, 4)),
    ],
)
def test_gaps_count_by_weight(value: Any, share: Any) -> None:
    assert CLOZE.mark(GAPS, CLOZE.validate_answer(GAPS, value)) == share
    assert CLOZE.guess_share(GAPS) == F(1, 4)


@pytest.mark.parametrize("value", [{"9": "x"}, {"1": "z"}, {"3": "high"}, {"2": ["Danube"]}, ["v"], "v", 3])
def test_what_does_not_fit_a_gap_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        CLOZE.validate_answer(GAPS, value)
    assert refusal.value.field == "value"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "[[1]] and [[2]]"}, "gaps.3.id"),
        ({"text": GAPS["text"] + " [[1]]"}, "gaps.1.id"),
        ({"text": GAPS["text"] + " [[7]]"}, "text"),
        ({"gaps": []}, "gaps"),
        ({"gaps": [*GAPS["gaps"], GAPS["gaps"][0]]}, "gaps"),
        ({"gaps": [{**GAPS["gaps"][0], "id": "0"}]}, "gaps.1.id"),
        ({"gaps": [{**GAPS["gaps"][0], "weight": True}]}, "gaps.1.weight"),
        ({"gaps": [{**GAPS["gaps"][0], "kind": "essay"}]}, "gaps.1.kind"),
        ({"gaps": [{**GAPS["gaps"][0], "content": {"options": []}}]}, "gaps.1.content"),
        (
            {"gaps": [{**GAPS["gaps"][0], "content": {**GAPS["gaps"][0]["content"], "penalty": 1}}]},
            "gaps.1.content",
        ),
    ],
)
def test_wrong_gaps_name_the_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        CLOZE.validate_content({**GAPS, **change})
    assert refusal.value.field == field


def test_the_form_gives_back_what_it_was_given() -> None:
    form = ClozeForm()
    shown = {name: field.initial for name, field in form.fields(GAPS).items()}
    assert CLOZE.validate_content(form.read(shown, GAPS)) == GAPS


def item(text: str, text_format: str) -> dict[str, Any]:
    content = CLOZE.validate_content({**GAPS, "text": text})
    return {"id": 7, "text_format": text_format, "content": CLOZE.public_content(content, [])}


@pytest.mark.parametrize("text_format", ["plain", "html"])
def test_each_gap_becomes_one_control_and_the_text_stays_escaped(text_format: str) -> None:
    page = text_with_gaps(item("A < b & <script>x</script> [[1]], [[2]] &amp; [[3]]", text_format))
    for gap in "123":
        assert page.count(f'data-gap="{gap}"') == 1
    assert "[[" not in page
    assert "<script" not in page
    assert "Graz" in page and "Danube" not in page and "151" not in page


def test_a_gap_in_a_place_that_can_hold_none_stands_at_the_end() -> None:
    picture = '<img src="media:00000000-0000-4000-8000-000000000000" alt="[[3]]">'
    page = text_with_gaps(item(f"<p>[[1]] [[2]]</p>{picture}", "html"))
    assert page.count('data-gap="3"') == 1
    assert page.rstrip().endswith("</p>")
    assert page.index('data-gap="3"') > page.index("<img")


def test_rich_text_around_the_gaps_is_passed_on_and_the_gaps_are_not() -> None:
    changed = CLOZE.with_texts(GAPS, str.upper)
    assert changed["text"] == GAPS["text"].upper()
    assert changed["gaps"] == GAPS["gaps"]


def test_the_code_to_start_from_is_no_answer() -> None:
    content = CONTENT["code"]
    assert CODE.validate_answer(content, content["template"].replace("\n", "\r\n")) is None
    assert CODE.validate_answer(content, "  return 1\r\n") == "  return 1\n"
    assert CODE.mark(content, "  return 1\n") is None
    assert CODE.mark(content, "  \n") == 0


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_colours_change_no_character_and_let_nothing_through(language: str) -> None:
    hostile = "a = '<script>alert(1)</script>' & \"x\" \t</code></pre><img onerror=x>\n"
    html = highlighted(hostile, language)
    assert "<script" not in html and "<img" not in html and "style=" not in html
    assert "</pre>" not in html
    assert CODE.value_html({**CONTENT["code"], "language": language}, hostile).startswith("<pre")


def test_python_has_colours_and_endless_code_has_none() -> None:
    assert 'class="hl-k"' in highlighted("def f(): pass", "python")
    assert "class=" not in highlighted("def f(): pass\n" * (MOST_CHARACTERS // 10), "python")


@pytest.mark.parametrize(
    ("kind", "value", "part"),
    [
        ("code", "def f(): pass", 'class="hl-k"'),
        ("file_upload", RIGHT["file_upload"], 'href="/api/v1/answer-files/'),
        ("hotspot", [[700, 100]], 'class="hotspot-mark"'),
    ],
)
def test_answers_are_shown_to_markers_as_their_kind_shows_them_best(kind: str, value: Any, part: str) -> None:
    question = SimpleNamespace(kind=kind)
    version = SimpleNamespace(text_format="plain", content=CONTENT[kind], question=question)
    context = {"item": SimpleNamespace(version=version), "value": value}
    assert part in render_to_string(f"exams/kinds/answers/{kind}.html", context)
    assert "No answer" in render_to_string(f"exams/kinds/answers/{kind}.html", {**context, "value": None})
