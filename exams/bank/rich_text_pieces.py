"""Takes sanitised rich text apart: into what a page shows, and into its words (pure)."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

_Attributes = list[tuple[str, str | None]]
_SOURCE_OF = {"img": "src", "audio": "src", "a": "href"}
_TEX_FREE = {"code", "pre", "kbd", "samp", "math"}
# The question's own heading is an h2, so nothing inside it stands higher than an h3.
_SHOWN_AS = {"h1": "h3", "h2": "h3"}
_TABLE_START = '<div class="rich-table" role="region" aria-label="Table" tabindex="0"><table>'
_BLOCKS = {
    "p",
    "br",
    "hr",
    "div",
    "li",
    "tr",
    "dt",
    "dd",
    "pre",
    "blockquote",
    "figure",
    "figcaption",
    "table",
}
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "caption"}


@dataclass(frozen=True, slots=True)
class MediaPiece:
    """The start tag of a picture, sound or link, without its address."""

    public_id: str
    before: str
    after: str

    def tag_with(self, address: str) -> str:
        """The tag with that (escaped) address."""
        return f"{self.before}{address}{self.after}"


class PiecesParser(HTMLParser):
    """Rebuilds sanitised HTML with text passed through `shown_text`, which must give safe HTML.

    A parser and not a search, because what looks like a tag or a formula may stand in an attribute.
    """

    def __init__(self, shown_text: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str | MediaPiece] = []
        self._shown_text = shown_text
        self._verbatim = 0
        self._missing: list[str] = []

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        self._verbatim += tag in _TEX_FREE
        if tag in _SOURCE_OF:
            self._media(tag, dict(attrs))
        elif tag == "table":
            self.pieces.append(_TABLE_START)
        else:
            self.pieces.append(f"<{_SHOWN_AS.get(tag, tag)}{_written(attrs)}>")

    def handle_endtag(self, tag: str) -> None:
        self._verbatim -= tag in _TEX_FREE
        if tag == "table":
            self.pieces.append("</table></div>")
        elif tag in _SOURCE_OF and self._missing and self._missing[-1] == tag:
            self._missing.pop()
            self.pieces.append("</span>")
        else:
            self.pieces.append(f"</{_SHOWN_AS.get(tag, tag)}>")

    def handle_data(self, data: str) -> None:
        self.pieces.append(escape(data) if self._verbatim else self._shown_text(data))

    def _media(self, tag: str, attrs: dict[str, str | None]) -> None:
        source = (attrs.pop(_SOURCE_OF[tag], "") or "").removeprefix("media:")
        if not source:
            return self._without_source(tag, attrs)
        if tag == "img":
            attrs.setdefault("alt", "Picture without a description")
            before, after = '<img src="', f'"{_written(list(attrs.items()))}>'
        elif tag == "audio":
            # Loaded at once: an exam goes on without a connection.
            before, after = '<audio controls preload="auto" src="', f'"{_written(list(attrs.items()))}>'
        else:
            before, after = '<a download href="', '">'
        self.pieces.append(MediaPiece(source, before, after))
        return None

    def _without_source(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "img":
            self.pieces.append(
                f'<span class="media-missing">[{escape(attrs.get("alt") or "picture")}]</span>'
            )
            return
        self._missing.append(tag)
        self.pieces.append('<span class="media-missing">' + ("[sound] " if tag == "audio" else ""))


class WordsParser(HTMLParser):
    """Collects the words of sanitised HTML in `words`; blocks end in a line break."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        self._hidden += tag == "annotation"
        known = dict(attrs)
        if tag in _BLOCKS:
            self.words.append("\n")
        elif tag in ("td", "th"):
            self.words.append(" ")
        elif tag == "img":
            self.words.append(f"[{known.get('alt') or 'picture'}]")
        elif tag == "audio":
            self.words.append(f"[{known.get('aria-label') or 'sound'}]")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag == "annotation"
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _written(attrs: _Attributes) -> str:
    return "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
