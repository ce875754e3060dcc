"""Texts of questions, plain or rich: sanitised when they come in and again when they go out (no database).

Rich text is a small part of HTML. It names no outside address: pictures, sounds and files are
`media:<public id>`, which the page turns into an address that checks rights (`bank.media`).
"""

import re
from collections.abc import Callable
from functools import lru_cache

from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe

from exams.bank import rich_text_cleaner
from exams.bank.formulas import with_formulas
from exams.bank.rich_text_pieces import MediaPiece, PiecesParser, WordsParser
from proctor_site.kernel.errors import InvalidInput

PLAIN = "plain"
HTML = "html"
FORMATS = (PLAIN, HTML)
MediaAddress = Callable[[str], str]
"""From a public id to the address under which the reader may get that file."""

_REFERENCE = re.compile(r"\bmedia:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b")
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!</?p[ >]).)*)</p>", re.DOTALL)


def check_format(text_format: object) -> str:
    """`text_format` when it is a known one. Raises InvalidInput (text_format)."""
    if text_format not in FORMATS:
        raise InvalidInput(f"The text format must be one of: {', '.join(FORMATS)}.", field="text_format")
    return str(text_format)


def clean(html: str) -> str:
    """The allowed part of `html`; "" when nothing in it can be seen. Cleaning twice changes nothing.

    Kept: paragraphs, headings, lists, tables, code, sub and sup, emphasis, MathML, and pictures, sounds and
    links whose source is `media:<public id>`. Scripts, styles, events, classes, ids and other addresses go.
    Raises InvalidInput for so many tags that cleaning could take minutes.
    """
    if rich_text_cleaner.is_costly(html):
        raise InvalidInput(
            f"A text may have {rich_text_cleaner.MOST_TAGS:,} tags, and {rich_text_cleaner.MOST_STYLED} "
            "different kinds of links and emphasis. Paste it without its formatting, or divide it.",
            code="too_many_tags",
        )
    return clean_as(html, HTML)


def clean_as(text: str, text_format: str) -> str:
    """`text` in its one stored form: rich text sanitised, plain text as it is."""
    if text_format != HTML:
        return text
    cleaned = rich_text_cleaner.clean(text).strip()
    return cleaned if plain_text(cleaned, HTML) else ""


def render(text: str, text_format: str, media_url: MediaAddress) -> SafeString:
    r"""`text` as paragraphs for a page. Rich text is sanitised again, and its TeX becomes MathML.

    TeX stands between \( and \) or \[ and \]; a formula that cannot be read shows its source. Plain text is
    escaped whole: in it nothing has a meaning.
    """
    if text_format != HTML:
        return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308  (escaped)
    return mark_safe(_joined(text, media_url))  # noqa: S308  (made of escaped parts and sanitised tags)


def render_inline(text: str, text_format: str, media_url: MediaAddress) -> SafeString:
    """`text` for a label or a table cell: as `render`, without the paragraph around a single one."""
    if text_format != HTML:
        return escape(text)
    shown = _joined(text, media_url)
    single = _ONE_PARAGRAPH.fullmatch(shown)
    return mark_safe(single[1] if single else shown)  # noqa: S308  (as in render)


def plain_text(text: str, text_format: str) -> str:
    """The words of `text`, for search, select boxes, spreadsheets: lines for blocks, [alt] for pictures."""
    if text_format != HTML:
        return text
    parser = WordsParser()
    parser.feed(text)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.words).split("\n"))
    return "\n".join(line for line in lines if line)


def media_in(text: str) -> set[str]:
    """Public ids of the media that a text, or the JSON of a content, refers to."""
    return set(_REFERENCE.findall(text))


def _joined(html: str, media_url: MediaAddress) -> str:
    return "".join(
        piece.tag_with(escape(media_url(piece.public_id))) if isinstance(piece, MediaPiece) else piece
        for piece in _pieces(html)
    )


@lru_cache(maxsize=1024)
def _pieces(html: str) -> tuple[str | MediaPiece, ...]:
    """Sanitised HTML with formulas made, cut at the media: the costly part, the same for every reader."""
    parser = PiecesParser(_shown_text)
    parser.feed(rich_text_cleaner.clean(html))
    parser.close()
    return tuple(parser.pieces)


def _shown_text(text: str) -> str:
    return "".join(
        rich_text_cleaner.clean(piece) if is_formula else escape(piece)
        for is_formula, piece in with_formulas(text)
    )
