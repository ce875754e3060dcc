"""QTI packages (zip) and single items: reads 2.1, 2.2 and 3, writes each."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any, ClassVar

from exams.bank.formats import (
    pictures,
    qti_gaps,
    qti_manifest,
    qti_read,
    qti_upload,
    qti_write,
    weighted,
    xml_tree,
)
from exams.bank.formats.base import (
    PLAIN,
    Cannot,
    Format,
    Parsed,
    ParsedQuestion,
    Refused,
    Unreadable,
    one_line,
    storable,
)
from exams.bank.formats.package import Package
from exams.bank.formats.qti_manifest import Resource
from exams.bank.formats.qti_names import V2P1, V2P2, V3P0, Version, attribute, name_of

_NOTHING_KNOWN = Resource("", True, False, (), (), None)


class _Qti(Format):
    """What the versions share. Reading tells the version from the file, so each reads them all."""

    version: ClassVar[Version]
    extension = "zip"
    content_type = "application/zip"
    kinds = qti_write.KINDS
    holds = frozenset(["title", "html", "category", "tags", "difficulty", "media"])

    def recognises(self, data: bytes) -> bool:
        return _says(data, self.version)

    def parse(self, data: bytes) -> Iterator[Parsed]:
        if not data.startswith(b"PK"):
            yield _read(data, _NOTHING_KNOWN, "", lambda path: None)
            return
        package = Package(data)
        if qti_manifest.NAME not in package.names:
            raise Unreadable(f"The package has no {qti_manifest.NAME} at its top, so it is no QTI package.")
        root = xml_tree.parsed(package.read(qti_manifest.NAME), qti_manifest.NAME)
        yield from _read_all(package, qti_manifest.read(root))

    def fitted(self, question: ParsedQuestion) -> ParsedQuestion:
        if question.kind == "cloze":
            question = qti_gaps.fitted(question)
        return replace(question, losses=(*question.losses, *_lost(question)))

    def write(self, questions: Sequence[ParsedQuestion]) -> bytes:
        packed = BytesIO()
        items: list[tuple[str, list[str], ParsedQuestion]] = []
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, question in enumerate(questions, start=1):
                path = f"items/question_{number:05d}.xml"
                files = {name: f"media/{number:05d}/{name}" for name in question.media}
                seen = {name: f"../{file}" for name, file in files.items()}
                item = qti_write.item(self.version, question, seen, f"question_{number:05d}")
                archive.writestr(path, item)
                for name, file in files.items():
                    archive.writestr(file, question.media[name])
                items.append((path, list(files.values()), question))
            archive.writestr(qti_manifest.NAME, qti_manifest.written(self.version, items))
        return packed.getvalue()


class Qti21(_Qti):
    """QTI 2.1."""

    name = "qti21"
    label = "QTI 2.1"
    version = V2P1
    about = "An older version of that standard, which most systems read."

    def recognises(self, data: bytes) -> bool:
        """The last to be asked: every other package is taken for one of 2.1, and then says what it lacks."""
        if data.startswith(b"PK\x03\x04"):
            return True
        return xml_tree.begins_with(data, ("assessmentItem", "qti-assessment-item"))


class Qti22(_Qti):
    """QTI 2.2."""

    name = "qti22"
    label = "QTI 2.2"
    version = V2P2
    about = "The version before it, also a package (zip) with pictures."


class Qti30(_Qti):
    """QTI 3."""

    name = "qti30"
    label = "QTI 3"
    version = V3P0
    about = "The newest version of the standard of 1EdTech (IMS): a package (zip) with pictures."


def _says(data: bytes, version: Version) -> bool:
    """Whether an item names the namespace of a version, or a package holds items of it."""
    if not data.startswith(b"PK\x03\x04"):
        names = ("assessmentItem", "qti-assessment-item")
        return xml_tree.begins_with(data, names) and version.namespace.encode() in data[:20_000]
    try:
        package = Package(data)
        return qti_manifest.NAME in package.names and version.resource.encode() in package.read(
            qti_manifest.NAME
        )
    except Unreadable:
        return False


def _read_all(package: Package, resources: Iterator[Resource]) -> Iterator[Parsed]:
    names = set(package.names)

    def files(path: str) -> bytes | None:
        return package.read(path) if path in names else None

    for each in resources:
        if each.is_test:
            yield Refused(
                each.path, "A test (sections and order of questions) is not taken; its questions are."
            )
        elif each.is_item and each.path not in names:
            yield Refused(each.path, "The manifest names this file, but the package does not hold it.")
        elif each.is_item:
            yield _read(package.read(each.path), each, each.path, files)


def _read(data: bytes, resource: Resource, path: str, files: qti_read.Files) -> Parsed:
    title = ""
    try:
        root = xml_tree.parsed(data, path or "The file")
        title = one_line(storable(attribute(root, "title")))
        if name_of(root) != "assessmentItem":
            raise Cannot(f"it begins with <{name_of(root)}> and is no item")
        question = qti_read.read(root, path, files)
    except Cannot as reason:
        return Refused(path or "the item", f"Not read: {reason}.", title)
    except Unreadable as refusal:
        if not path:
            raise
        return Refused(path, refusal.message)
    return replace(
        question,
        category=resource.category,
        tags=resource.tags,
        difficulty=resource.difficulty,
        where=path or "the item",
    )


def _left_out(content: Any, **names: str) -> list[str]:
    return [f"{words} is left out" for name, words in names.items() if content.get(name)]


def _lost(question: ParsedQuestion) -> list[str]:
    content: Any = question.content
    losses: list[str] = []
    if question.kind == "short_answer":
        if weighted.content_has_wildcards(content):
            losses.append("the wildcard * is an ordinary character in the file")
        if content.get("ignore_accents"):
            losses.append("accents count in the file")
    elif question.kind == "numeric":
        for row, _ in weighted.give_numeric(content):
            weighted.ends(row)
    if question.kind == "numeric" and "unit" in content:
        losses.append("units are left out: only the number counts in the file")
    elif question.kind == "essay":
        losses += _left_out(content, word_limit="a limit of words", least_words="a least number of words")
        losses += _left_out(content, template="the text given as a start")
    elif question.kind == "code":
        losses += _left_out(content, template="the text given as a start", solution="the solution")
        losses += [] if content["language"] == "text" else ["the programming language is left out"]
    elif question.kind == "file_upload":
        losses += qti_upload.lost(content)
    elif question.kind == "ordering" and content["scoring"] != "all_or_nothing":
        losses.append("marked all or nothing in the file")
    elif question.kind == "hotspot":
        pictures.picture_of(question)
    if question.text_format == PLAIN and set(question.media) - {content.get("media")}:
        losses.append("files that no text shows are left out")
    return losses
