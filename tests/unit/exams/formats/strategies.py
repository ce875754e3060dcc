"""Random questions of every kind that a file format may be asked to hold."""

from io import BytesIO
from typing import Any
from unicodedata import normalize

from hypothesis import strategies as st
from PIL import Image

from exams.bank.formats.base import ParsedQuestion, one_line, storable
from exams.kinds.registry import KINDS
from tests.unit.exams.test_kinds import CONTENTS


def blank_picture(width: int, height: int) -> bytes:
    """A picture of that size."""
    out = BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    return out.getvalue()


# Everything that means something in one of the formats, between letters of several scripts.
_SNIPPETS = [
    "{", "}", "=", "~", "#", ":", "\\", "::", "%50%", "->", "$CATEGORY: a", "//", "[html]", "[plain]", "\\n",
    "A. x", "ANSWER: A", "<b>", "&amp;", "&lt;", "]]>", "<!--", "@@PLUGINFILE@@/x.png", "media:x.png",
    "\n", "\n\n",
    " ", "\t", "ä", "é", "ß", "中", "ع", "😀", "x", "y", "Ω", "\u00a0", "\u2028", "\x0b", "\x85",
]  # fmt: skip
PICTURE_NAME, PICTURE = "map.png", blank_picture(600, 600)
"""As large as the pictures that `CONTENTS` asks about."""
texts = (
    st.lists(st.sampled_from(_SNIPPETS) | st.characters(codec="utf-8"), min_size=1, max_size=8)
    .map(lambda parts: storable("w" + "".join(parts)).strip())
    .filter(bool)
)
tags = texts.map(lambda text: one_line(normalize("NFC", text.replace(",", ""))[:40])).filter(bool)
"""As the bank holds them: one line, composed, without commas."""
lines = texts.map(one_line).filter(bool)


@st.composite
def questions(draw: st.DrawFn, kinds: Any = None) -> ParsedQuestion:
    """A question in plain text with content that its kind accepts."""
    kind = draw(st.sampled_from(sorted(kinds or KINDS)))
    content = KINDS[kind].validate_content(draw(CONTENTS[kind]))
    content = KINDS[kind].with_files(content, lambda own: PICTURE_NAME)
    return ParsedQuestion(
        title=draw(lines),
        stem=draw(texts),
        kind=kind,
        content=content,
        category=tuple(draw(st.lists(lines.filter(_names_a_category), max_size=3))),
        media={PICTURE_NAME: PICTURE} if kind == "hotspot" else {},
        tags=tuple(draw(st.lists(tags, max_size=3, unique_by=str.lower))),
    )


def _names_a_category(name: str) -> bool:
    return not name.startswith(("/", "$")) and not name.endswith("/") and name.lower() != "top"
