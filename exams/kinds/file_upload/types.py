"""Which files may be handed in, and whether bytes are what the name says (pure).

A name alone proves nothing and bytes alone say too little (a document is a zip archive), so both must agree.
"""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

import puremagic

from proctor_site.kernel.errors import InvalidInput

LONGEST_NAME = 100
_LOOKED_AT = 65_536
_MOST_MEMBERS = 20_000


@dataclass(frozen=True, slots=True)
class FileType:
    """`signatures`: endings by which puremagic knows such bytes, none for text; `member`: starts a name
    that an archive of this type must hold."""

    label: str
    content_type: str
    signatures: tuple[str, ...] = ()
    member: str = ""


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
TYPES: dict[str, FileType] = {
    "pdf": FileType("PDF", "application/pdf", (".pdf",)),
    "docx": FileType("Word", _OFFICE + "wordprocessingml.document", (".docx",), "word/"),
    "xlsx": FileType("Excel", _OFFICE + "spreadsheetml.sheet", (".xlsx",), "xl/"),
    "pptx": FileType("PowerPoint", _OFFICE + "presentationml.presentation", (".pptx",), "ppt/"),
    "odt": FileType("OpenDocument text", _OPEN + "text", (".odt",), "content.xml"),
    "ods": FileType("OpenDocument table", _OPEN + "spreadsheet", (".zip", ".ods"), "content.xml"),
    "odp": FileType("OpenDocument slides", _OPEN + "presentation", (".odp",), "content.xml"),
    "rtf": FileType("Rich text", "application/rtf", (".rtf",)),
    "png": FileType("PNG picture", "image/png", (".png",)),
    "jpg": FileType("JPEG picture", "image/jpeg", (".jpg", ".jpeg")),
    "gif": FileType("GIF picture", "image/gif", (".gif",)),
    "webp": FileType("WebP picture", "image/webp", (".webp",)),
    "mp3": FileType("MP3 sound", "audio/mpeg", (".mp3", ".mpga")),
    "m4a": FileType("M4A sound", "audio/mp4", (".m4a",)),
    "wav": FileType("WAV sound", "audio/wav", (".wav",)),
    "mp4": FileType("MP4 video", "video/mp4", (".mp4", ".m4v")),
    "zip": FileType("Zip archive", "application/zip", (".zip",)),
    "txt": FileType("Plain text", "text/plain"),
    "md": FileType("Markdown", "text/markdown"),
    "csv": FileType("CSV table", "text/csv"),
    "json": FileType("JSON", "application/json"),
    "tex": FileType("TeX", "text/x-tex"),
    "py": FileType("Python", "text/x-python"),
    "java": FileType("Java", "text/x-java"),
    "c": FileType("C", "text/x-c"),
    "cpp": FileType("C++", "text/x-c++"),
    "js": FileType("JavaScript", "text/javascript"),
    "sql": FileType("SQL", "application/sql"),
    "r": FileType("R", "text/x-r"),
}
"""By ending without its dot. What a browser could run in our name (html, svg) is not among them."""
_SAME = {"jpeg": "jpg", "htm": "html", "text": "txt"}


def clean_name(name: str) -> str:
    """A name without folders, control and direction characters, at most LONGEST_NAME long; "file" for none.

    The ending is kept: it says what the file is.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " ")
    shown = re.sub(r'[<>:"|?*]', "_", shown).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    if not dot:
        return shown[:LONGEST_NAME] or "file"
    ending = ending[:10]
    return f"{(stem.strip(' .') or 'file')[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def type_of(name: str) -> str:
    """The key of TYPES that the ending of a name stands for; the ending itself when there is none."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return _SAME.get(ending, ending)


def check_file(name: str, data: bytes, allowed: list[str]) -> FileType:
    """The type of a file when it is an allowed one and its bytes fit its name. Raises InvalidInput (file)."""
    ending = type_of(name)
    if ending not in allowed or ending not in TYPES:
        raise InvalidInput(
            f"Files of this kind are not accepted here; hand in: {', '.join(allowed)}.",
            field="file",
            code="type_not_allowed",
        )
    if not data:
        raise InvalidInput("This file is empty.", field="file", code="empty")
    found = TYPES[ending]
    if not (_is_text(data) if not found.signatures else _has_signature(data, found)):
        raise InvalidInput(
            f"This file is named .{ending} but is something else inside; save it as {found.label} again.",
            field="file",
            code="type_differs",
        )
    return found


def _has_signature(data: bytes, wanted: FileType) -> bool:
    try:
        known = {match.extension for match in puremagic.magic_string(data[:_LOOKED_AT])}
    except (puremagic.PureError, ValueError):
        return False
    if not known & set(wanted.signatures):
        return False
    return not wanted.member or any(name.startswith(wanted.member) for name in _members(data))


def _members(data: bytes) -> list[str]:
    """Names in an archive, read from its table alone: nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()[:_MOST_MEMBERS]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return []


def _is_text(data: bytes) -> bool:
    """Text of any encoding but UTF-16: no control characters besides white space."""
    return not any(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in data[:_LOOKED_AT])
