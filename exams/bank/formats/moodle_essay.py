"""Moodle's essay questions, which are three of our kinds: essays, code (monospaced), and files alone."""

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from exams.bank.formats import handed_in, markup, xml_tree
from exams.bank.formats.base import HTML, Cannot, ParsedQuestion
from exams.bank.formats.moodle_element import Read, Reader, nothing
from exams.bank.formats.weighted import Taken, decimal
from exams.kinds.file_upload.kind import LARGEST_MB, MOST_FILES

NOTES = "the notes for markers are left out"
BLANKS = "blanks around {} are left out"
_MB = 1_000_000
_USUAL_MB = 10


def read(reader: Reader) -> Read:
    """The kind by the format of the response: "monospaced" is code, "noinline" is files alone."""
    named = xml_tree.text_at(reader.element, "responseformat", "editor").strip()
    if named == "noinline":
        return _files(reader)
    if xml_tree.text_at(reader.element, "attachments", "0").strip() not in ("", "0"):
        reader.lose("files cannot be handed in with the answer")
    return _code(reader) if named == "monospaced" else _essay(reader)


def _essay(reader: Reader) -> Read:
    _lose_notes(reader)
    content: dict[str, Any] = {"word_limit": _words(reader, "maxwordlimit")}
    least, template = _words(reader, "minwordlimit"), _typed(reader, "responsetemplate")
    if least:
        content["least_words"] = least
    if template:
        content["template"] = template
    return Taken("essay", content), [], nothing


def _code(reader: Reader) -> Read:
    if _words(reader, "maxwordlimit") or _words(reader, "minwordlimit"):
        reader.lose("limits of words are left out")
    template, solution = _typed(reader, "responsetemplate"), _typed(reader, "graderinfo")
    return Taken("code", {"language": "text", "template": template, "solution": solution}), [], nothing


def _files(reader: Reader) -> Read:
    _lose_notes(reader)
    listed = xml_tree.text_at(reader.element, "filetypeslist").replace(";", ",").replace(" ", ",")
    types, losses = handed_in.endings_of(each for each in listed.split(",") if each != "*")
    if not types:
        raise Cannot("none of its types of file can be handed in here")
    for words in losses:
        reader.lose(words)
    most = int(decimal(xml_tree.text_at(reader.element, "attachments", "1").strip() or "1"))
    if not 0 <= most <= MOST_FILES:
        reader.lose(f"at most {MOST_FILES} files can be handed in")
    content = {
        "types": types,
        "most_files": (most or 1) if 0 <= most <= MOST_FILES else MOST_FILES,
        "largest_mb": _largest(reader),
    }
    return Taken("file_upload", content), [], nothing


def _largest(reader: Reader) -> int:
    """0 bytes stand for the limit of the course, which no file tells."""
    bytes_ = int(decimal(xml_tree.text_at(reader.element, "maxbytes", "0").strip() or "0"))
    if bytes_ <= 0:
        return _USUAL_MB
    most = min(max(-(-bytes_ // _MB), 1), LARGEST_MB)
    if most * _MB != bytes_:
        reader.lose(f"the largest size of a file is {most} MB here")
    return most


def _lose_notes(reader: Reader) -> None:
    if xml_tree.text_at(reader.element, "graderinfo/text").strip():
        reader.lose(NOTES)


def _typed(reader: Reader, name: str) -> str:
    """A text that is plain here whatever its format."""
    text, text_format = reader.text(reader.element.find(name))
    if text_format != HTML:
        return text
    if not markup.is_only_words(text):
        reader.lose("formatting of the text given as a start is left out")
    return markup.words_of(text)


def _words(reader: Reader, name: str) -> int | None:
    text = xml_tree.text_at(reader.element, name).strip()
    return int(text) if text.isdecimal() and int(text[:9]) > 0 else None


def lost(question: ParsedQuestion) -> list[str]:
    """What an essay of Moodle cannot say of one of the three kinds."""
    content: Any = question.content
    losses = []
    if question.kind == "code" and content["language"] != "text":
        losses.append("the programming language is left out")
    for name, words in (("template", "the text given as a start"), ("solution", "the solution")):
        text = content.get(name, "")
        if text != text.strip():
            losses.append(BLANKS.format(words))
    return losses


def written(question: ParsedQuestion) -> Iterable[str]:
    """The elements of one of the three kinds."""
    content: Any = question.content
    if question.kind == "file_upload":
        yield "<responseformat>noinline</responseformat><responserequired>0</responserequired>"
        yield f"<attachments>{content['most_files']}</attachments>"
        yield "<attachmentsrequired>1</attachmentsrequired>"
        yield f"<maxbytes>{content['largest_mb'] * _MB}</maxbytes>"
        yield f"<filetypeslist>{handed_in.dotted(content['types'])}</filetypeslist>"
        return
    named = "monospaced" if question.kind == "code" else "editor"
    yield f"<responseformat>{named}</responseformat><responserequired>1</responserequired>"
    if content.get("word_limit"):
        yield f"<maxwordlimit>{content['word_limit']}</maxwordlimit>"
    if content.get("least_words"):
        yield f"<minwordlimit>{content['least_words']}</minwordlimit>"
    for name, element in (("solution", "graderinfo"), ("template", "responsetemplate")):
        if content.get(name, "").strip():
            yield f'<{element} format="plain_text"><text>{escape(content[name].strip())}</text></{element}>'
