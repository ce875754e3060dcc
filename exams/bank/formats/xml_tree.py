"""XML of strangers: parsed without entities, DTDs or anything from outside, with the line of each element."""

import re
from collections.abc import Collection, Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from exams.bank.formats.base import Unreadable

MOST_DEPTH = 100
_LINES = "\x00line"
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w-]*)[\s/>]")


class _LineParser(DefusedXMLParser):
    """Notes the line of each element's start under a name that no attribute can have."""

    def _start(self, tag: Any, attributes: Any) -> Any:
        element = super()._start(tag, attributes)  # type: ignore[misc]
        element.set(_LINES, str(self.parser.CurrentLineNumber))
        return element


def parsed(data: bytes, what: str) -> Element:
    """The root of an XML document. Raises Unreadable; `what` names the file in its words."""
    parser = _LineParser(target=TreeBuilder(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException:
        raise Unreadable(
            f"{what} declares a document type or entities. Such files can do harm and are never read; "
            "export the questions again without them."
        ) from None
    except ParseError as error:
        line, column = error.position
        reason = str(error).partition(":")[0]
        raise Unreadable(
            f"{what} is not well-formed XML: {reason}, line {line}, column {column + 1}."
        ) from None
    except (ValueError, LookupError) as error:
        raise Unreadable(
            f"{what} is in an encoding that cannot be read ({error}). Save it as UTF-8."
        ) from None
    _refuse_depth(root, what)
    return root


def _refuse_depth(root: Element, what: str) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MOST_DEPTH:
            raise Unreadable(f"{what} has elements inside each other more than {MOST_DEPTH} deep.")
        level = [child for each in level for child in each]


def begins_with(data: bytes, names: Collection[str]) -> bool:
    """Whether the root element seems to have one of the names; namespaces do not count."""
    head = data[:20_000]
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", "ignore")
    found = _ROOT.search(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
    return found is not None and found[1] in names


def line_of(element: Element) -> str:
    """The place of an element, such as "line 12"."""
    return f"line {element.get(_LINES, '?')}"


def attributes(element: Element) -> Iterator[tuple[str, str]]:
    """The attributes as they stand in the file."""
    return ((name, value) for name, value in element.attrib.items() if name != _LINES)


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def text_at(element: Element, path: str, default: str = "") -> str:
    """The text of the element at a path below, `default` without one."""
    found = element.find(path)
    return default if found is None else "".join(found.itertext())
