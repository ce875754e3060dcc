"""Which files may be handed in, in the words of other systems: endings, names of groups, types of content."""

from collections.abc import Iterable

from exams.kinds.file_upload.types import TYPES, type_of

_GROUPS = {
    "archive": ["zip"],
    "audio": ["mp3", "m4a", "wav"],
    "document": ["pdf", "docx", "odt", "rtf"],
    "image": ["png", "jpg", "gif", "webp"],
    "presentation": ["pptx", "odp"],
    "sourcecode": ["py", "java", "c", "cpp", "js", "sql", "r"],
    "spreadsheet": ["xlsx", "ods", "csv"],
    "video": ["mp4"],
}
"""Moodle's groups of types (`core_filetypes`), as far as their files are accepted here."""
_SAME = {"application/x-zip-compressed": "zip", "text/x-rtf": "rtf", "text/rtf": "rtf", "image/jpg": "jpg"}
_CONTENT_TYPES = {found.content_type: ending for ending, found in TYPES.items()} | _SAME
ANY = "files of any type may be handed in there; here those of the types that are known"


def endings_of(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """Our endings for words such as ".pdf", "document" or "application/pdf", and what is lost."""
    given = [word for each in words if (word := each.strip().lower())]
    found: set[str] = set()
    losses = []
    for word in given:
        if word in _GROUPS:
            found.update(_GROUPS[word])
            losses.append(f"the types of file “{word}” are taken as {', '.join(_GROUPS[word])}")
        elif word in _CONTENT_TYPES:
            found.add(_CONTENT_TYPES[word])
        elif "/" not in word and (ending := type_of(f".{word.lstrip('.*')}")) in TYPES:
            found.add(ending)
        else:
            losses.append(f"files of the type “{word[:40]}” cannot be handed in here")
    if not given:
        return list(TYPES), [ANY]
    return [ending for ending in TYPES if ending in found], losses


def dotted(endings: Iterable[str]) -> str:
    """Our endings as a list that `endings_of` reads, with both endings of JPEG pictures."""
    both = (each for ending in endings for each in ([ending, "jpeg"] if ending == "jpg" else [ending]))
    return ",".join(f".{ending}" for ending in both)


def content_type_of(ending: str) -> str:
    """The type of content of one of our endings."""
    return TYPES[ending].content_type
