"""Texts of QTI items, which are XHTML, to and from the bank's plain text and HTML."""

import html
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from exams.bank.formats import markup, xml_tree
from exams.bank.formats.qti_names import INTERACTIONS, name_of

_VOID = frozenset(["br", "img", "hr", "col", "source", "wbr", "input"])
_DROPPED = {
    "rubricBlock": "notes for markers and candidates beside the question are left out",
    "feedbackInline": "feedback is left out",
    "feedbackBlock": "feedback is left out",
    "modalFeedback": "feedback is left out",
    "stylesheet": "style sheets are left out",
    "infoControl": "hints are left out",
    "contentBody": "",
    "catalogInfo": "further forms for assistive technology are left out",
}
_MATHML = "http://www.w3.org/1998/Math/MathML"
Lose = Callable[[str], None]
Keep = Callable[[str], str | None]
"""From an address in the item to what stands for the file; None when the package does not hold it."""


class BodyReader:
    """Turns elements of one item into HTML or plain text; interactions are left out."""

    def __init__(
        self, keep: Keep, lose: Lose, *, plain: bool, marks: Mapping[int, str] | None = None
    ) -> None:
        """`marks`: what is put in the place of an interaction, by the id of its element object."""
        self._keep, self._lose, self._plain, self._marks = keep, lose, plain, marks or {}

    def text(self, element: Element) -> str:
        """The content of an element in the item's text format."""
        if self._plain:
            return self._words(element).strip()
        return re.sub(r"\s*\n\s*", "\n", self._inside(element)).strip()

    def _words(self, element: Element) -> str:
        parts = [element.text or ""]
        for child in element:
            if name_of(child) == "br":
                parts.append("\n")
            elif name_of(child) in INTERACTIONS:
                parts.append(self._marks.get(id(child), ""))
            else:
                parts.append(self._words(child))
            parts.append(child.tail or "")
        return "".join(parts)

    def _inside(self, element: Element) -> str:
        parts = [html.escape(element.text or "", quote=False)]
        for child in element:
            parts.append(self._written(child))
            parts.append(html.escape(child.tail or "", quote=False))
        return "".join(parts)

    def _written(self, element: Element) -> str:
        name = name_of(element)
        if name in INTERACTIONS:
            return self._marks.get(id(element), "_____" if name == "textEntryInteraction" else "")
        if name in _DROPPED:
            if _DROPPED[name]:
                self._lose(_DROPPED[name])
            return self._inside(element) if name == "contentBody" else ""
        if name == "object":
            return self._object(element)
        if name != xml_tree.local(element) or name in ("printedVariable", "templateInline", "templateBlock"):
            self._lose(f"the part “{name}” of the text is left out")
            return ""
        attributes = "".join(
            f" {key.rpartition('}')[2]}={quoteattr(self._address(key, value))}"
            for key, value in xml_tree.attributes(element)
        )
        if name in _VOID:
            return f"<{name}{attributes}>"
        return f"<{name}{attributes}>{self._inside(element)}</{name}>"

    def _address(self, key: str, value: str) -> str:
        if key not in ("src", "href", "data"):
            return value
        kept = self._keep(value)
        if kept is None and not re.match(r"[a-z]+:|#", value):
            self._lose(f"the file “{value[:60]}” is not in the package")
        return value if kept is None else f"media:{kept}"

    def _object(self, element: Element) -> str:
        """In 2.x pictures and sounds may stand in object elements."""
        address = quoteattr(self._address("data", element.get("data", "")))
        kind = element.get("type", "")
        if kind.startswith("audio/"):
            return f"<audio controls src={address}></audio>"
        if kind.startswith("image/"):
            return f"<img src={address} alt={quoteattr(' '.join(self._words(element).split()))}>"
        self._lose(f"the embedded part of type “{kind[:40]}” is left out")
        return ""


class _Xhtml(HTMLParser):
    """Writes HTML as well-formed XML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pairs = dict(attrs)
        if tag == "math":
            pairs["xmlns"] = _MATHML
        written = "".join(f" {name}={quoteattr(value or name)}" for name, value in pairs.items())
        if tag in _VOID:
            self.parts.append(f"<{tag}{written}/>")
            return
        self.parts.append(f"<{tag}{written}>")
        self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        while self._open:
            closed = self._open.pop()
            self.parts.append(f"</{closed}>")
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        self.parts.append(escape(data))

    def close(self) -> None:
        super().close()
        self.parts += [f"</{tag}>" for tag in reversed(self._open)]


def xhtml(text: str, addresses: dict[str, str]) -> str:
    """HTML as XML, with the address of each file instead of its `media:` reference."""
    writer = _Xhtml()
    writer.feed(markup.with_media(text, addresses))
    writer.close()
    return "".join(writer.parts)


def plain_xhtml(text: str) -> str:
    """Plain text as XML, line ends as elements."""
    return escape(text).replace("\n", "<br/>")
