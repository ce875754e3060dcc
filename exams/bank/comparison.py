"""What two versions of a question have in common and what not, line by line."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from exams.models import QuestionVersion

LONGEST_LIST = 400
"""Lines of each version that are compared."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `mark` is "both", "removed" (only in the older one) or "added"."""

    mark: str
    text: str


def compare(older: QuestionVersion, newer: QuestionVersion) -> list[Line]:
    """The lines of both versions in reading order: format, stem as stored, then the content by name."""
    before, after = _lines_of(older), _lines_of(newer)
    lines: list[Line] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(
        a=before, b=after, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            lines += [Line("both", text) for text in before[start:end]]
            continue
        lines += [Line("removed", text) for text in before[start:end]]
        lines += [Line("added", text) for text in after[new_start:new_end]]
    return lines


def _lines_of(version: QuestionVersion) -> list[str]:
    lines = [f"format: {version.get_text_format_display()}", *version.stem.splitlines()]
    lines += _content_lines("", version.content)
    return lines[:LONGEST_LIST]


def _content_lines(name: str, part: Any) -> list[str]:
    """Plain JSON as "name: value" lines; ids are left out, since nobody reads them."""
    if isinstance(part, dict):
        inside = ((f"{name} {key}".strip(), value) for key, value in part.items() if key != "id")
        return [line for key, value in inside for line in _content_lines(key, value)]
    if isinstance(part, list):
        numbered = ((f"{name} {place}".strip(), value) for place, value in enumerate(part, start=1))
        return [line for key, value in numbered for line in _content_lines(key, value)]
    if part is None or isinstance(part, bool):
        part = {True: "yes", False: "no", None: "none"}[part]
    return [f"{name}: {line}" for line in str(part).splitlines() or [""]]
