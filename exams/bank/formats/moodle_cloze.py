"""Embedded answers, as Moodle's cloze questions write their gaps: `{1:SHORTANSWER:=Vienna~%50%Wien#nearly}`.

Source: Moodle's documentation "Embedded Answers (Cloze) question type" (docs.moodle.org): weight, type and
its short names, `=` or a percentage before an answer, `#` before feedback, `~` between answers, `\\` before
what would otherwise have a meaning; character references stand for characters.
"""

import html
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any
from xml.sax.saxutils import escape

from exams.bank.formats import gaps, markup, weighted, xml_tree
from exams.bank.formats.base import Cannot, ParsedQuestion, one_line, storable
from exams.bank.formats.moodle_element import FEEDBACK, Put, Read, Reader
from exams.bank.formats.weighted import Taken

_CHOICE = {f"{name}{more}" for name in ("MULTICHOICE_", "MC") for more in ("V", "H", "S", "VS", "HS")}
_CHOICE |= {"MULTICHOICE", "MC"}
_SEVERAL = {f"{name}{more}" for name in ("MULTIRESPONSE_", "MR") for more in ("H", "S", "HS")}
_SEVERAL |= {"MULTIRESPONSE", "MR"}
_SHORT, _SHORT_CASE = {"SHORTANSWER", "SA", "MW"}, {"SHORTANSWER_C", "SAC", "MWC"}
_NUMBER = {"NUMERICAL", "NM"}
_NAMES = sorted(_CHOICE | _SEVERAL | _SHORT | _SHORT_CASE | _NUMBER, key=len, reverse=True)
START = re.compile(r"\{([0-9]*):(" + "|".join(_NAMES) + "):")
# A "#" in a character reference begins no feedback.
_PIECE = re.compile(r"\\.|&#?\w+;|[~#}]|[^\\&~#}]+|[\\&]", re.DOTALL)
_ESCAPED = re.compile(r'\\([}#~"/\\{])')
_SHARE = re.compile(r"%(-?[0-9]+(?:[.,][0-9]*)?)%")
_SPECIAL = re.compile(r"[&<>{}#~\\%=\"/]")


def read(reader: Reader) -> Read:
    """A text with gaps; what stands before its first paragraph with a gap becomes the question text."""
    element = reader.element.find("questiontext")
    if element is None:
        raise Cannot("it has no question text")
    raw = storable(xml_tree.text_at(element, "text")).strip()
    marked, found = _marked(reader, raw)
    if not found:
        raise Cannot("its text has no gaps")
    whole, text_format = reader.worded(element, marked)
    gaps.refuse_other_marks(whole, found)
    stem, text = gaps.parted(whole, text_format)
    if not stem:
        stem = gaps.FALLBACK
        reader.lose(gaps.ADDED)
    reader.stem = stem, text_format
    content: dict[str, Any] = {"text": text, "gaps": found}
    return Taken("cloze", content), [(text, text_format)], _put(content)


def _put(content: dict[str, Any]) -> Put:
    def put(texts: list[str]) -> None:
        [content["text"]] = texts

    return put


def _marked(reader: Reader, text: str) -> tuple[str, list[dict[str, Any]]]:
    parts: list[str] = []
    found: list[dict[str, Any]] = []
    place = 0
    while start := START.search(text, place):
        answers, end = _answers(text, start.end())
        taken = _taken(reader, start[2], answers)
        gap, losses = gaps.gap_of(len(found) + 1, int(start[1][:6] or 1) or 1, taken)
        for words in losses:
            reader.lose(words)
        found.append(gap)
        parts += [text[place : start.start()], f"[[{len(found)}]]"]
        place = end
    return "".join([*parts, text[place:]]), found


def _answers(text: str, place: int) -> tuple[list[tuple[str, bool]], int]:
    """The answers as they are written, each with whether it has feedback, and where the gap ends."""
    answers: list[tuple[str, bool]] = []
    now, in_feedback, has_feedback = "", False, False
    for piece in _PIECE.finditer(text, place):
        word = piece[0]
        if word in ("~", "}"):
            answers.append((now, has_feedback))
            now, in_feedback, has_feedback = "", False, False
            if word == "}":
                return answers, piece.end()
        elif word == "#" and not in_feedback:
            in_feedback = True
        elif in_feedback:
            has_feedback = has_feedback or bool(word.strip())
        else:
            now += word
    raise Cannot("a gap has no closing brace")


def _taken(reader: Reader, name: str, answers: Iterable[tuple[str, bool]]) -> Taken:
    if name in _SEVERAL:
        raise Cannot("a gap asks for several choices; here a gap holds one")
    rows = []
    for written, has_feedback in answers:
        if has_feedback:
            reader.lose(FEEDBACK)
        rows.append(_row(written))
    if name in _CHOICE:
        return weighted.take_choice([(_shown(reader, text), share) for text, share in rows], single=True)
    if name in _NUMBER:
        return _numeric(reader, rows)
    accepted = [(one_line(_plain(text)), share) for text, share in rows]
    return weighted.take_short_answer(accepted, case_sensitive=name in _SHORT_CASE)


def _row(written: str) -> tuple[str, Fraction]:
    text = written.strip()
    if text.startswith("="):
        return text[1:].strip(), weighted.ONE
    share = _SHARE.match(text)
    if share:
        return text[share.end() :].strip(), weighted.percent(share[1])
    return text, Fraction(0)


def _numeric(reader: Reader, rows: Iterable[tuple[str, Fraction]]) -> Taken:
    numbers = []
    for text, share in rows:
        value, _, tolerance = _plain(text).partition(":")
        if value.strip() == "*":
            reader.lose("the answer “*” for any other number is left out")
        else:
            numbers.append(weighted.around(value, tolerance, share))
    return weighted.take_numeric(numbers)


def _plain(text: str) -> str:
    return html.unescape(_ESCAPED.sub(r"\1", text))


def _shown(reader: Reader, text: str) -> str:
    unescaped = _ESCAPED.sub(r"\1", text)
    if not markup.has_markup(unescaped):
        return one_line(html.unescape(unescaped))
    reader.lose("formatting of the choices in gaps is left out")
    return one_line(markup.words_of(unescaped))


def fitted(question: ParsedQuestion) -> ParsedQuestion:
    """The question as Moodle holds it. Raises Cannot."""
    if START.search(question.stem) or START.search(question.content["text"]):
        raise Cannot("Its text holds what Moodle reads as a gap.")
    for gap in question.content["gaps"]:
        if gap["kind"] == "numeric":
            _numbers(gap)
    return gaps.fitted(question)


def with_gaps(question: ParsedQuestion, written: str) -> str:
    """An element of XML with each mark of a gap replaced by the embedded answers."""
    own = {gap["id"]: escape(_written(gap)) for gap in question.content["gaps"]}
    return gaps.with_marks(written, own)


def _written(gap: dict[str, Any]) -> str:
    content = gap["content"]
    if gap["kind"] == "numeric":
        name, rows = "NUMERICAL", _numbers(gap)
    elif gap["kind"] == "single_choice":
        name, rows = "MULTICHOICE_S", weighted.give_choice("single_choice", content)[0]
    else:
        name = "SHORTANSWER_C" if content["case_sensitive"] else "SHORTANSWER"
        rows = weighted.give_short_answer(content)
    special = (lambda text: text) if gap["kind"] == "numeric" else _special
    answers = "~".join(f"{_share(share)}{special(one_line(text))}" for text, share in rows)
    return f"{{{gap['weight']}:{name}:{answers}}}"


def _numbers(gap: dict[str, Any]) -> list[tuple[str, Fraction]]:
    rows = weighted.give_numeric(gap["content"])
    return [(":".join(weighted.as_around(row)), share) for row, share in rows]


def _share(share: Fraction) -> str:
    if share == 1:
        return "="
    return f"%{weighted.percent_text(share)}%" if share else ""


def _special(text: str) -> str:
    """References for all that has a meaning in embedded answers: they mean the same wherever Moodle looks."""
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", text)
