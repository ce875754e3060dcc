"""The text layer of GIFT: blocks, comments, escapes, and the parts of one answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from exams.bank.formats.base import Cannot

# Escaped characters stand as private markers while the structure is read, so that "\=" is no "=".
_MARKERS = {
    char: chr(0xFDD0 + number) for number, char in enumerate(["~", "=", "#", "{", "}", ":", "\\", "\n", "%"])
}
_HIDDEN = {"n": _MARKERS["\n"], **{char: mark for char, mark in _MARKERS.items() if char not in "\n%"}}
_SHOWN = str.maketrans({mark: char for char, mark in _MARKERS.items()})
_ESCAPE = re.compile(r"\\([~=#{}:\\n])")
_CATEGORY = re.compile(r"\$CATEGORY:\s*(.*)", re.IGNORECASE)
_TAG = re.compile(r"\[tag:((?:\\.|[^\]\\])*)\]", re.IGNORECASE)
_FORMAT = re.compile(r"\[(html|plain|moodle|markdown)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d+)?)%")


@dataclass(slots=True)
class Block:
    """What stands between two blank lines: its first line's number, its text without comments, its tags."""

    line: int
    lines: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    category: str | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Answer:
    """One "=" or "~" entry. `weight` in per cent, None when it is not written."""

    right: bool
    weight: str | None
    text: str
    has_feedback: bool


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a file; `$CATEGORY:` lines stand as blocks of their own."""
    block: Block | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        category = _CATEGORY.fullmatch(stripped)
        if not stripped or category:
            if block is not None:
                yield block
            block = Block(number, category=category[1]) if category else None
            if category and block is not None:
                yield block
                block = None
            continue
        if block is None:
            block = Block(number)
        if stripped.startswith("//"):
            block.tags += [re.sub(r"\\(.)", r"\1", tag) for tag in _TAG.findall(stripped)]
            continue
        if not block.lines:
            block.line = number
        block.lines.append(line)
    if block is not None:
        yield block


def hidden(text: str) -> str:
    """The text with escaped characters as markers."""
    return _ESCAPE.sub(lambda found: _HIDDEN[found[1]], text)


def shown(text: str) -> str:
    """The text with markers as the characters they stand for, without blanks at the ends."""
    return text.strip().translate(_SHOWN).strip()


def escaped(text: str) -> str:
    """The text as it is written inside GIFT: on one line, control characters behind a backslash."""
    return re.sub(r"[~=#{}:\\]", r"\\\g<0>", text).replace("\n", "\\n")


def split_format(text: str) -> tuple[str, str | None]:
    """The text after a leading `[html]` or the like, and that word in lower case."""
    found = _FORMAT.match(text.lstrip())
    return (text.lstrip()[found.end() :], found[1].lower()) if found else (text, None)


def split_title(text: str) -> tuple[str, str]:
    """The title between "::" and "::", "" without one, and the text behind. Raises Cannot."""
    rest = text.strip()
    if not rest.startswith("::"):
        return "", rest
    end = rest.find("::", 2)
    if end < 0:
        raise Cannot("the title that begins with :: has no second ::")
    return shown(rest[2:end]), rest[end + 2 :]


def split_braces(text: str) -> tuple[str, str | None, str]:
    """The text before the braces, what stands in them (None: no braces), the text behind. Raises Cannot."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 and end < 0:
        return text, None, ""
    if start < 0 or end < start:
        raise Cannot("{ and } do not fit together; a blank line ends a question, also inside { }")
    inside = text[start + 1 : end]
    if "{" in inside or "}" in inside:
        raise Cannot("it has more than one { } part; write \\{ and \\} for braces in a text")
    return text[:start], inside, text[end + 1 :]


def split_answers(inside: str) -> list[Answer]:
    """The entries between the braces. Raises Cannot for text before the first "=" or "~"."""
    parts = re.split(r"([=~])", inside)
    if parts[0].strip():
        raise Cannot("an answer must begin with = or ~")
    return [_answer(sign, text) for sign, text in zip(parts[1::2], parts[2::2], strict=True)]


def _answer(sign: str, text: str) -> Answer:
    text, has_feedback = without_feedback(text)
    found = _WEIGHT.match(text.strip())
    rest = text.strip()[found.end() :] if found else text
    return Answer(sign == "=", found[1] if found else None, rest, has_feedback)


def without_feedback(text: str) -> tuple[str, bool]:
    """The text before an unescaped "#", and whether there was one."""
    before, mark, _ = text.partition("#")
    return before, bool(mark)
