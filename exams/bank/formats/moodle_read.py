"""Reads one question element of Moodle XML."""

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from exams.bank.formats import markup, moodle_cloze, moodle_essay, moodle_marker, weighted, xml_tree
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
from exams.bank.formats.moodle_element import Read, Reader, into, nothing, number
from exams.bank.formats.weighted import Taken

ORDERING_MARKS = {
    "all_or_nothing": ("ALL_OR_NOTHING", "-1"),
    "positions": ("ABSOLUTE_POSITION", "0"),
    "pairs": ("RELATIVE_ALL_PREVIOUS_AND_NEXT", "4"),
}
"""How ways of marking an ordering are named, and numbered, by Moodle."""


def read(element: Element, category: tuple[str, ...]) -> ParsedQuestion:
    """The question of a `<question>` element. Raises Cannot with the reason."""
    kind = element.get("type", "")
    reader = Reader(element)
    if not reader.stem[0]:
        raise Cannot("it has no question text")
    if kind not in _KINDS:
        reason = _WITHOUT.get(kind, f"there is no counterpart to Moodle's question type “{kind[:40]}”")
        raise Cannot(reason)
    taken, texts, put = _KINDS[kind](reader)
    text_format, [stem_text, *rest] = markup.in_one_format([reader.stem, *texts])
    put(rest)
    reader.note_feedback()
    if float(number(element, "defaultgrade", "1")) != 1:
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


def _choice(reader: Reader) -> Read:
    answers = list(reader.answers())
    single = xml_tree.text_at(reader.element, "single", "true").strip() in ("true", "1")
    texts = [reader.text(answer) for answer, _ in answers]
    taken = weighted.take_choice([("", share) for _, share in answers], single=single)
    return taken, texts, into(taken.content["options"])


def _true_false(reader: Reader) -> Read:
    right = {
        xml_tree.text_at(answer, "text").strip().lower() for answer, share in reader.answers() if share == 1
    }
    if right not in ({"true"}, {"false"}):
        raise Cannot("it does not say whether true or false is right")
    return Taken("true_false", {"correct": right == {"true"}}), [], nothing


def _short_answer(reader: Reader) -> Read:
    accepted = [
        (one_line(storable(xml_tree.text_at(answer, "text"))), share) for answer, share in reader.answers()
    ]
    case = xml_tree.text_at(reader.element, "usecase", "0").strip() == "1"
    return weighted.take_short_answer(accepted, case_sensitive=case), [], nothing


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
    return Taken(taken.kind, content, taken.losses), [], nothing


def _unit(reader: Reader) -> dict[str, Any] | None:
    """Moodle: a typed number times the multiplier is in the first unit; grading type 0 asks for no unit."""
    units = [
        {
            "text": one_line(xml_tree.text_at(each, "unit_name")),
            "factor": number(each, "multiplier", "1"),
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
    penalty = str(weighted.percent(str(float(number(reader.element, "unitpenalty", "0.1")) * 100)))
    return {"needed": "required", "penalty": penalty, "accepted": units}


def _matching(reader: Reader) -> Read:
    pairs, texts = [], []
    for each in reader.element.findall("subquestion"):
        text, choice = reader.text(each), one_line(storable(xml_tree.text_at(each, "answer/text")))
        pairs.append((text[0], choice))
        texts.append(text)
    taken = weighted.take_matching(pairs)
    shown = [text for text in texts if text[0]]
    choices = [(each["text"], PLAIN) for each in taken.content["choices"]]
    return taken, [*shown, *choices], into([*taken.content["prompts"], *taken.content["choices"]])


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
    return Taken("ordering", {"entries": entries, "scoring": scoring}), texts, into(entries)


_KINDS: dict[str, Callable[[Reader], Read]] = {
    "multichoice": _choice,
    "truefalse": _true_false,
    "shortanswer": _short_answer,
    "numerical": _numeric,
    "essay": moodle_essay.read,
    "matching": _matching,
    "ordering": _ordering,
    "cloze": moodle_cloze.read,
    "ddmarker": moodle_marker.read,
}
_WITHOUT = {"description": "it is a text without a question"}
