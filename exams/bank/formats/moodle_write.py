"""Writes one question as an element of Moodle XML."""

import base64
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from exams.bank.formats import gaps, markup, moodle_cloze, moodle_essay, moodle_marker, weighted
from exams.bank.formats.base import HTML, ParsedQuestion
from exams.bank.formats.moodle_read import ORDERING_MARKS

TYPES = {
    "single_choice": "multichoice",
    "multiple_choice": "multichoice",
    "true_false": "truefalse",
    "short_answer": "shortanswer",
    "numeric": "numerical",
    "essay": "essay",
    "code": "essay",
    "file_upload": "essay",
    "matching": "matching",
    "ordering": "ordering",
    "cloze": "cloze",
    "hotspot": "ddmarker",
}


def written(question: ParsedQuestion) -> str:
    """The `<question>` element."""
    wording = _text("questiontext", question, question.stem)
    if question.kind == "cloze":
        wording = moodle_cloze.with_gaps(question, _text("questiontext", question, gaps.joined(question)))
    rows = [
        f'<question type="{TYPES[question.kind]}">',
        f"<name>{_plain(question.title)}</name>",
        wording,
        "<defaultgrade>1</defaultgrade>",
        *_PARTS[question.kind](question),
    ]
    if question.tags:
        rows.append("<tags>" + "".join(f"<tag>{_plain(tag)}</tag>" for tag in question.tags) + "</tags>")
    return "\n".join([*rows, "</question>"])


def category(path: str) -> str:
    """The element that puts the following questions into a category."""
    return f'<question type="category"><category>{_plain(path)}</category></question>'


def _plain(text: str) -> str:
    return f"<text>{escape(text)}</text>"


def _text(name: str, question: ParsedQuestion, text: str, more: str = "", inside: str = "") -> str:
    """An element with a text in the question's format and the files that it names."""
    if question.text_format != HTML:
        return f'<{name} format="plain_text"{more}>{_plain(text)}{inside}</{name}>'
    used = sorted(markup.media_names([text]) & set(question.media))
    named = markup.with_media(text, {each: f"@@PLUGINFILE@@/{quote(each)}" for each in used})
    files = "".join(_file(each, question.media[each]) for each in used)
    return f'<{name} format="html"{more}>{_plain(named)}{files}{inside}</{name}>'


def _file(name: str, data: bytes) -> str:
    return f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(data).decode()}</file>'


def _answer(share: Any, text: str, inside: str = "") -> str:
    fraction = weighted.percent_text(share)
    return f'<answer fraction="{fraction}" format="moodle_auto_format">{_plain(text)}{inside}</answer>'


def _choice(question: ParsedQuestion) -> Iterable[str]:
    options, _ = weighted.give_choice(question.kind, question.content)
    yield f"<single>{'true' if question.kind == 'single_choice' else 'false'}</single>"
    yield "<shuffleanswers>true</shuffleanswers>"
    for text, share in options:
        yield _text("answer", question, text, f' fraction="{weighted.percent_text(share)}"')


def _true_false(question: ParsedQuestion) -> Iterable[str]:
    for value in (True, False):
        yield _answer(int(question.content["correct"] is value), str(value).lower())


def _short_answer(question: ParsedQuestion) -> Iterable[str]:
    yield f"<usecase>{int(question.content['case_sensitive'])}</usecase>"
    for text, share in weighted.give_short_answer(question.content):
        yield _answer(share, text)


def _numeric(question: ParsedQuestion) -> Iterable[str]:
    for row, share in weighted.give_numeric(question.content):
        value, tolerance = weighted.as_around(row)
        yield _answer(share, value, f"<tolerance>{tolerance}</tolerance>")
    unit = question.content.get("unit")
    if not unit:
        return
    graded = "0" if unit["needed"] == "optional" else "1"
    yield f"<unitgradingtype>{graded}</unitgradingtype>"
    yield f"<unitpenalty>{float(Fraction(unit['penalty'])):.7f}</unitpenalty>"
    yield "<showunits>0</showunits>"
    rows = (
        f"<unit><multiplier>{each['factor']}</multiplier><unit_name>{escape(each['text'])}</unit_name></unit>"
        for each in unit["accepted"]
    )
    yield f"<units>{''.join(rows)}</units>"


def _matching(question: ParsedQuestion) -> Iterable[str]:
    yield "<shuffleanswers>true</shuffleanswers>"
    for text, choice in weighted.give_matching(question.content):
        choice = markup.words_of(choice) if question.text_format == HTML else choice
        yield _text("subquestion", question, text, inside=f"<answer>{_plain(choice)}</answer>")


def _ordering(question: ParsedQuestion) -> Iterable[str]:
    yield "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype><selectcount>0</selectcount>"
    yield f"<gradingtype>{ORDERING_MARKS[question.content['scoring']][0]}</gradingtype>"
    for entry in question.content["entries"]:
        yield _text("answer", question, entry["text"], ' fraction="100"')


_PARTS: dict[str, Callable[[ParsedQuestion], Iterable[str]]] = {
    "single_choice": _choice,
    "multiple_choice": _choice,
    "true_false": _true_false,
    "short_answer": _short_answer,
    "numeric": _numeric,
    "essay": moodle_essay.written,
    "code": moodle_essay.written,
    "file_upload": moodle_essay.written,
    "matching": _matching,
    "ordering": _ordering,
    "cloze": lambda question: (),
    "hotspot": moodle_marker.written,
}
