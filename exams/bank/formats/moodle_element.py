"""One question element of Moodle XML while it is read: its texts, files, shares, and what is lost."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from exams.bank.formats import markup, weighted, xml_tree
from exams.bank.formats.base import HTML, PLAIN, Cannot, storable
from exams.bank.formats.weighted import Taken

FEEDBACK = "feedback is left out"
_FEEDBACK = ("generalfeedback", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "hint")
_PLUGIN_FILE = re.compile(r"@@PLUGINFILE@@/([^\"'\s<>?#]+)(\?[^\"'\s<>#]*)?")


class Reader:
    """One question element while it is read: collects its files and what is lost."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.losses: list[str] = []
        self.media: dict[str, bytes] = {}
        self.stem = self.text(element.find("questiontext"))
        """The question text with its format; a kind that takes a part of it out changes it."""

    def lose(self, words: str) -> None:
        """Notes a loss once."""
        if words not in self.losses:
            self.losses.append(words)

    def text(self, element: Element | None) -> tuple[str, str]:
        """The text of an element with its files, and its format."""
        if element is None:
            return "", PLAIN
        return self.worded(element, storable(xml_tree.text_at(element, "text")).strip())

    def worded(self, element: Element, text: str) -> tuple[str, str]:
        """A text that stands for that of an element, with the files and the format of the element."""
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
            names[name] = self.keep(name, file)

        def named(found: re.Match[str]) -> str:
            name = unquote(found[1])
            if name in names:
                return f"media:{names[name]}"
            self.lose(f"the file “{name[:60]}” is not in the file")
            return found[0]

        return _PLUGIN_FILE.sub(named, text)

    def keep(self, name: str, file: Element) -> str:
        """Takes a file over, and returns its name among the files of the question. Raises Cannot."""
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
Put = Callable[[list[str]], None]
Read = tuple[Taken, Texts, Put]
"""What became of a question, its texts with their formats, and what puts them back in one format."""


def nothing(texts: list[str]) -> None:
    """For kinds without texts in the question's format."""


def into(entries: list[dict[str, Any]]) -> Put:
    """Puts each text into its entry."""

    def put(texts: list[str]) -> None:
        for entry, text in zip(entries, texts, strict=True):
            entry["text"] = text

    return put


def number(element: Element, path: str, default: str) -> str:
    """The number at a path. Raises Cannot."""
    text = xml_tree.text_at(element, path, default).strip() or default
    return weighted.number_text(weighted.decimal(text))
