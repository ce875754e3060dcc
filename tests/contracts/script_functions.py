"""Finds functions and their lengths in ES modules, without a JavaScript parser."""

import re
from collections.abc import Iterator

_TEXTS = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`", re.DOTALL
)
_OPENING = re.compile(
    r"(?:\bfunction\b\s*\*?\s*(?P<named>\w*)\s*\([^{}]*\)|"
    r"(?P<bound>\w+)\s*=\s*(?:async\s*)?(?:\([^{}]*?\)|\w+)\s*=>|"
    r"\n\s*(?:static\s+|async\s+|get\s+|set\s+|\*\s*)*(?P<method>#?\w+)\s*\([^{};]*\)|"
    r"=>)\s*\{"
)
_NO_FUNCTIONS = {"if", "for", "while", "switch", "catch", "with"}


def functions(source: str) -> Iterator[tuple[str, int, int]]:
    """(name, first line, number of lines) of each function with a body in braces."""
    # Texts and comments become blanks of the same shape, so that braces in them do not count.
    plain = _TEXTS.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)
    for found in _OPENING.finditer(plain):
        name = found["named"] or found["bound"] or found["method"] or "(anonymous)"
        if name in _NO_FUNCTIONS:
            continue
        start = found.end() - 1
        first = plain.count("\n", 0, found.start() + len(found[0]) - len(found[0].lstrip())) + 1
        yield name, first, plain.count("\n", 0, _closing(plain, start)) + 2 - first


def _closing(plain: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(plain)):
        depth += {"{": 1, "}": -1}.get(plain[position], 0)
        if depth == 0:
            return position
    return len(plain)
