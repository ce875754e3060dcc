"""Moodle XML, the fullest format of Moodle's question bank: reads and writes it, pictures included.

Source: Moodle's documentation "Moodle XML format" (docs.moodle.org): `<quiz>` with `<question type=...>`
elements, texts in `<text>` with a format, `fraction` in per cent, files in base64 beside the text that shows
them as `@@PLUGINFILE@@/name`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from exams.bank.formats import moodle_cloze, moodle_essay, moodle_marker, moodle_write, weighted, xml_tree
from exams.bank.formats.base import (
    HTML,
    Cannot,
    Format,
    Parsed,
    ParsedQuestion,
    Refused,
    Unreadable,
    category_path,
    category_text,
    storable,
)
from exams.bank.formats.moodle_read import read


class MoodleXml(Format):
    """Moodle XML."""

    name = "moodle_xml"
    label = "Moodle XML"
    extension = "moodle.xml"
    content_type = "application/xml; charset=utf-8"
    kinds = frozenset(moodle_write.TYPES)
    holds = frozenset(["title", "html", "category", "tags", "media"])
    about = "What Moodle exports and imports best: all common kinds, categories, tags, pictures and sounds."

    def recognises(self, data: bytes) -> bool:
        return xml_tree.begins_with(data, ("quiz",))

    def parse(self, data: bytes) -> Iterator[Parsed]:
        root = xml_tree.parsed(data, "The file")
        if xml_tree.local(root) != "quiz":
            raise Unreadable(
                f"This is no Moodle XML: it begins with <{xml_tree.local(root)}> and not <quiz>."
            )
        category: tuple[str, ...] = ()
        for element in root.iterfind("question"):
            if element.get("type") == "category":
                category = category_path(xml_tree.text_at(element, "category/text").strip())
                continue
            try:
                yield read(element, category)
            except Cannot as reason:
                title = storable(xml_tree.text_at(element, "name/text")).strip()
                yield Refused(xml_tree.line_of(element), f"Not read: {reason}.", title)

    def fitted(self, question: ParsedQuestion) -> ParsedQuestion:
        if question.kind == "cloze":
            question = moodle_cloze.fitted(question)
        losses = [*question.losses, *_lost(question)]
        if question.difficulty is not None:
            losses.append("the difficulty is left out")
        return replace(question, losses=tuple(losses), difficulty=None)

    def write(self, questions: Sequence[ParsedQuestion]) -> bytes:
        rows = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
        category: tuple[str, ...] = ()
        for question in questions:
            if question.category != category:
                category = question.category
                rows.append(moodle_write.category(category_text(["$course$", "top", *category])))
            rows.append(moodle_write.written(question))
        return "\n".join([*rows, "</quiz>", ""]).encode()


def _lost(question: ParsedQuestion) -> list[str]:
    content: Any = question.content
    losses: list[str] = []
    if question.kind == "multiple_choice":
        losses += weighted.give_choice(question.kind, content)[1]
    elif question.kind == "true_false" and "penalty" in content:
        losses.append("what a wrong answer takes away is left out")
    elif question.kind == "short_answer" and content.get("ignore_accents"):
        losses.append("accents count in the file")
    elif question.kind == "numeric":
        for row in content.get("answers", []):
            weighted.as_around(row)
        unit = content.get("unit")
        if unit and unit["needed"] == "optional" and unit["penalty"] != "0":
            losses.append("a wrong unit costs nothing in the file")
    elif question.kind == "matching":
        losses += weighted.matching_losses(content)
        if question.text_format == HTML and any("<" in each["text"] for each in content["choices"]):
            losses.append("formatting of the choices is left out")
    elif question.kind == "hotspot":
        losses += moodle_marker.lost(question)
    elif question.kind in ("essay", "code", "file_upload"):
        losses += moodle_essay.lost(question)
    return losses
