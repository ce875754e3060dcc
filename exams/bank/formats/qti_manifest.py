"""The manifest of a QTI package: which files are items, and their category, tags and difficulty as LOM.

LOM is IEEE 1484.12.3: keywords are tags, a taxon path is a category, and its five difficulties are ours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from exams.bank.formats.base import ParsedQuestion, clean_tags, one_line, storable
from exams.bank.formats.qti_names import Version, attribute, below, children, first

NAME = "imsmanifest.xml"
_DIFFICULTIES = ("very easy", "easy", "medium", "difficult", "very difficult")


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a manifest."""

    path: str
    is_item: bool
    is_test: bool
    category: tuple[str, ...]
    tags: tuple[str, ...]
    difficulty: int | None


def read(root: Element) -> Iterator[Resource]:
    """The resources that a manifest lists, in their order."""
    for each in below(root, "resource"):
        kind = attribute(each, "type").lower()
        files = [attribute(file, "href") for file in children(each, "file")]
        taxa = [_words(taxon) for taxon in below(each, "taxon")]
        told = first(each, "difficulty")
        words = "" if told is None else _words(first(told, "value"))
        yield Resource(
            path=attribute(each, "href") or (files[0] if files else ""),
            is_item=kind.startswith(("imsqti_item", "imsqti_assessmentitem")),
            is_test=kind.startswith(("imsqti_test", "imsqti_assessment_")),
            category=tuple(name[:100] for name in taxa if name),
            tags=clean_tags(_words(keyword) for keyword in below(each, "keyword")),
            difficulty=_DIFFICULTIES.index(words) + 1 if words in _DIFFICULTIES else None,
        )


def _words(element: Element | None) -> str:
    return "" if element is None else one_line(storable("".join(element.itertext())))


def written(version: Version, items: Sequence[tuple[str, list[str], ParsedQuestion]]) -> str:
    """The manifest of items, each with its path and the paths of its files."""
    schema, number = version.package
    rows = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<manifest xmlns="{version.manifest}" identifier="MANIFEST">',
        f"<metadata><schema>{schema}</schema><schemaversion>{number}</schemaversion></metadata>",
        "<organizations/>",
        "<resources>",
    ]
    for place, (path, files, question) in enumerate(items, start=1):
        inside = "".join(f"<file href={quoteattr(each)}/>" for each in [path, *files])
        rows.append(
            f'<resource identifier="item_{place}" type="{version.resource}" href={quoteattr(path)}>'
            f"{_metadata(question)}{inside}</resource>"
        )
    return "\n".join([*rows, "</resources>", "</manifest>", ""])


def _metadata(question: ParsedQuestion) -> str:
    parts = ""
    if question.tags:
        words = "".join(f"<keyword>{_string(tag)}</keyword>" for tag in question.tags)
        parts += f"<general>{words}</general>"
    if question.difficulty is not None:
        word = _DIFFICULTIES[question.difficulty - 1]
        told = f"<source>LOMv1.0</source><value>{word}</value>"
        parts += f"<educational><difficulty>{told}</difficulty></educational>"
    if question.category:
        taxa = "".join(f"<taxon><entry>{_string(name)}</entry></taxon>" for name in question.category)
        parts += f"<classification><taxonPath>{taxa}</taxonPath></classification>"
    return f'<metadata><lom xmlns="http://ltsc.ieee.org/xsd/LOM">{parts}</lom></metadata>' if parts else ""


def _string(text: str) -> str:
    return f"<string>{escape(text)}</string>"
