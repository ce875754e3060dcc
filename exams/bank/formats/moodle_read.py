"""Reads one question element of Moodle XML."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from exams.bank.formats import markup, weighted, xml_tree
from exams.bank.formats.base import (
    HTML,
    PLAIN,
    Cannot,
    ParsedQuestion,
    clean_tags,
    one_line,
    storable,
    title_from,
)
from exams.bank.formats.weighted import Taken

FEEDBACK = "feedback is left out"
_FEEDBACK = ("generalfeedback", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "hint")
_PLUGIN_FILE = re.compile(r"@@PLUGINFILE@@/([^\"'\s<>?#]+)(\?[^\"'\s<>#]*)?")
ORDERING_MARKS = {
    "all_or_nothing": ("ALL_OR_NOTHING", "-1"),
    "positions": ("ABSOLUTE_POSITION", "0"),
    "pairs": ("RELATIVE_ALL_PREVIOUS_AND_NEXT", "4"),
}
"""How ways of marking an ordering are named, and numbered, by Moodle."""


class Reader:
    """One question element while it is read: collects its files and what is lost."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.losses: list[str] = []
        self.media: dict[str, bytes] = {}

    def lose(self, words: str) -> None:
        """Notes a loss once."""
        if words not in self.losses:
            self.losses.append(words)

    def text(self, element: Element | None) -> tuple[str, str]:
        """The text of an element with its files, and its format."""
        if element is None:
            return "", PLAIN
        text = storable(xml_tree.text_at(element, "text")).strip()
        named = element.get("format", "moodle_auto_format")
        if named == "markdown":
            self.lose("Markdown is kept as it is written")
        is_html = named == "html" or (named == "moodle_auto_format" and markup.has_markup(text))
        if not is_html:
            return text, PLAIN
        if named != "html":
            text = text.replace("\n", "<br>")
        return self._with_files(element, text), HTML

    def _with_files(self, element: Element, text: str) -> str:
        names: dict[str, str] = {}
        for file in element.findall("file"):
            name = (file.get("path", "/") + file.get("name", "")).lstrip("/")
            names[name] = self._keep(name, file)

        def named(found: re.Match[str]) -> str:
            name = unquote(found[1])
            if name in names:
                return f"media:{names[name]}"
            self.lose(f"the file “{name[:60]}” is not in the file")
            return found[0]

        return _PLUGIN_FILE.sub(named, text)

    def _keep(self, name: str, file: Element) -> str:
        if file.get("encoding", "base64") != "base64":
            raise Cannot(f"the file “{name[:60]}” is not written in base64")
        try:
            data = base64.b64decode("".join((file.text or "").split()), validate=True)
        except (binascii.Error, ValueError):
            raise Cannot(f"the file “{name[:60]}” is damaged (no base64)") from None
        same = next((known for known, bytes_ in self.media.items() if bytes_ == data), None)
        safe = same or markup.safe_name(name, self.media)
        self.media[safe] = data
        return safe

    def note_feedback(self) -> None:
        """Feedback and hints of the question as a whole."""
        for name in _FEEDBACK:
            if any(xml_tree.text_at(each, "text").strip() for each in self.element.findall(name)):
                self.lose(FEEDBACK)

    def answers(self) -> Iterator[tuple[Element, Fraction]]:
        """The answers with their shares of the points."""
        for answer in self.element.findall("answer"):
            if xml_tree.text_at(answer, "feedback/text").strip():
                self.lose(FEEDBACK)
            yield answer, weighted.percent(answer.get("fraction", "0"))


Texts = list[tuple[str, str]]


def read(element: Element, category: tuple[str, ...]) -> ParsedQuestion:
    """The question of a `<question>` element. Raises Cannot with the reason."""
    kind = element.get("type", "")
    reader = Reader(element)
    stem = reader.text(element.find("questiontext"))
    if not stem[0]:
        raise Cannot("it has no question text")
    if kind not in _KINDS:
        reason = _WITHOUT.get(kind, f"there is no counterpart to Moodle's question type “{kind[:40]}”")
        raise Cannot(reason)
    taken, texts, put = _KINDS[kind](reader)
    text_format, [stem_text, *rest] = markup.in_one_format([stem, *texts])
    put(rest)
    reader.note_feedback()
    if float(_number(element, "defaultgrade", "1")) != 1:
        reader.lose("the default mark is left out: points are given in the exam")
    title = one_line(storable(xml_tree.text_at(element, "name/text")))
    return ParsedQuestion(
        title=title or title_from(markup.words_of(stem_text) if text_format == HTML else stem_text),
        stem=stem_text,
        kind=taken.kind,
        content=taken.content,
        text_format=text_format,
        category=category,
        tags=clean_tags(xml_tree.text_at(tag, "text") for tag in element.findall("tags/tag")),
        media=reader.media,
        where=xml_tree.line_of(element),
        losses=(*taken.losses, *reader.losses),
    )


def _number(element: Element, path: str, default: str) -> str:
    text = xml_tree.text_at(element, path, default).strip() or default
    return weighted.number_text(weighted.decimal(text))


Put = Callable[[list[str]], None]
Read = tuple[Taken, Texts, Put]


def _nothing(texts: list[str]) -> None:
    """For kinds without texts in the question's format."""


def _into(entries: list[dict[str, Any]]) -> Put:
    def put(texts: list[str]) -> None:
        for entry, text in zip(entries, texts, strict=True):
            entry["text"] = text

    return put


def _choice(reader: Reader) -> Read:
    answers = list(reader.answers())
    single = xml_tree.text_at(reader.element, "single", "true").strip() in ("true", "1")
    texts = [reader.text(answer) for answer, _ in answers]
    taken = weighted.take_choice([("", share) for _, share in answers], single=single)
    return taken, texts, _into(taken.content["options"])


def _true_false(reader: Reader) -> Read:
    right = {
        xml_tree.text_at(answer, "text").strip().lower() for answer, share in reader.answers() if share == 1
    }
    if right not in ({"true"}, {"false"}):
        raise Cannot("it does not say whether true or false is right")
    return Taken("true_false", {"correct": right == {"true"}}), [], _nothing


def _short_answer(reader: Reader) -> Read:
    accepted = [
        (one_line(storable(xml_tree.text_at(answer, "text"))), share) for answer, share in reader.answers()
    ]
    case = xml_tree.text_at(reader.element, "usecase", "0").strip() == "1"
    return weighted.take_short_answer(accepted, case_sensitive=case), [], _nothing


def _numeric(reader: Reader) -> Read:
    rows = []
    for answer, share in reader.answers():
        value = xml_tree.text_at(answer, "text").strip()
        if value == "*":
            reader.lose("the answer “*” for any other number is left out")
            continue
        rows.append(weighted.around(value, xml_tree.text_at(answer, "tolerance", "0"), share))
    taken = weighted.take_numeric(rows)
    unit = _unit(reader)
    content = taken.content | ({"unit": unit} if unit else {})
    return Taken(taken.kind, content, taken.losses), [], _nothing


def _unit(reader: Reader) -> dict[str, Any] | None:
    """Moodle: a typed number times the multiplier is in the first unit; grading type 0 asks for no unit."""
    units = [
        {
            "text": one_line(xml_tree.text_at(each, "unit_name")),
            "factor": _number(each, "multiplier", "1"),
        }
        for each in reader.element.findall("units/unit")
    ]
    graded = xml_tree.text_at(reader.element, "unitgradingtype", "0").strip()
    if not units:
        return None
    if graded == "0":
        return {"needed": "optional", "penalty": "0", "accepted": units}
    if graded == "2":
        reader.lose("a wrong unit costs its part of all points, not of the points of the answer")
    penalty = str(weighted.percent(str(float(_number(reader.element, "unitpenalty", "0.1")) * 100)))
    return {"needed": "required", "penalty": penalty, "accepted": units}


def _essay(reader: Reader) -> Read:
    if xml_tree.text_at(reader.element, "graderinfo/text").strip():
        reader.lose("the notes for markers are left out")
    if xml_tree.text_at(reader.element, "attachments", "0").strip() not in ("", "0"):
        reader.lose("files cannot be handed in with the answer")
    content: dict[str, Any] = {"word_limit": _words(reader, "maxwordlimit")}
    least, template = _words(reader, "minwordlimit"), reader.text(reader.element.find("responsetemplate"))
    if least:
        content["least_words"] = least
    if template[0]:
        is_html = template[1] == HTML
        content["template"] = markup.words_of(template[0]) if is_html else template[0]
        if is_html and not markup.is_only_words(template[0]):
            reader.lose("formatting of the text given as a start is left out")
    return Taken("essay", content), [], _nothing


def _words(reader: Reader, name: str) -> int | None:
    text = xml_tree.text_at(reader.element, name).strip()
    return int(text) if text.isdecimal() and int(text[:9]) > 0 else None


def _matching(reader: Reader) -> Read:
    pairs, texts = [], []
    for each in reader.element.findall("subquestion"):
        text, choice = reader.text(each), one_line(storable(xml_tree.text_at(each, "answer/text")))
        pairs.append((text[0], choice))
        texts.append(text)
    taken = weighted.take_matching(pairs)
    shown = [text for text in texts if text[0]]
    choices = [(each["text"], PLAIN) for each in taken.content["choices"]]
    return taken, [*shown, *choices], _into([*taken.content["prompts"], *taken.content["choices"]])


def _ordering(reader: Reader) -> Read:
    texts = [reader.text(answer) for answer in reader.element.findall("answer")]
    named = xml_tree.text_at(reader.element, "gradingtype", "0").strip()
    scoring = next((ours for ours, theirs in ORDERING_MARKS.items() if named in theirs), "")
    if not scoring:
        scoring = "pairs"
        reader.lose("its way of marking is replaced by the share of pairs in the right order")
    if xml_tree.text_at(reader.element, "selecttype", "ALL").strip() not in ("ALL", "0"):
        reader.lose("all entries are shown, not a selection of them")
    entries: list[dict[str, Any]] = [{"text": text} for text, _ in texts]
    return Taken("ordering", {"entries": entries, "scoring": scoring}), texts, _into(entries)


_KINDS: dict[str, Callable[[Reader], Read]] = {
    "multichoice": _choice,
    "truefalse": _true_false,
    "shortanswer": _short_answer,
    "numerical": _numeric,
    "essay": _essay,
    "matching": _matching,
    "ordering": _ordering,
}
_WITHOUT = {"description": "it is a text without a question"}
