"""Plain text and HTML side by side: when a file mixes them, one question still has one text format."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser

from exams.bank.formats.base import HTML, PLAIN, with_newlines

_TAG = re.compile(
    r"</?(p|br|b|i|u|em|strong|sub|sup|ul|ol|li|table|tr|td|th|img|span|div|code|pre|h[1-6]|a|audio|video|math)"
    r"(\s[^<>]*)?/?>",
    re.IGNORECASE,
)
MEDIA = re.compile(r"media:([A-Za-z0-9._-]+)")
"""A reference to a file of the question, as it stands in the texts of a `ParsedQuestion`."""
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "table",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "blockquote",
    ]
)


def has_markup(text: str) -> bool:
    """Whether a text of unnamed format holds HTML elements, and not just a "<" of its own."""
    return bool(_TAG.search(text))


def as_html(text: str) -> str:
    """Plain text as HTML that reads the same: empty lines part paragraphs, other line ends are kept."""
    paragraphs = re.split(r"\n{2,}", with_newlines(text).strip("\n"))
    written = [html.escape(each, quote=False).replace("\n", "<br>") for each in paragraphs]
    return written[0] if len(written) == 1 else "".join(f"<p>{each}</p>" for each in written)


def in_one_format(texts: Iterable[tuple[str, str]]) -> tuple[str, list[str]]:
    """Texts with their formats, brought to one: HTML as soon as one of them is HTML."""
    pairs = list(texts)
    if all(text_format == PLAIN for _, text_format in pairs):
        return PLAIN, [text for text, _ in pairs]
    return HTML, [text if text_format == HTML else as_html(text) for text, text_format in pairs]


class _Words(HTMLParser):
    """Collects the words of HTML; block elements begin new lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(re.sub(r"\s+", " ", data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")


def words_of(markup: str) -> str:
    """The text of HTML without its markup."""
    reader = _Words()
    reader.feed(markup)
    reader.close()
    lines = (line.strip() for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def is_only_words(markup: str) -> bool:
    """Whether nothing is lost when the HTML is turned into plain text (paragraphs and line ends are kept)."""
    bare = re.sub(r"(?i)</?(p|br|div)\s*/?>", "", markup)
    return not re.search(r"<[a-zA-Z/!]", bare)


class _Pieces(HTMLParser):
    """Counts elements, and the attributes that change what is seen or where a link leads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] += 1
        for name, _ in attrs:
            if name in ("style", "src", "href") or name.startswith("on"):
                self.found[f"{tag} {name}"] += 1


def pieces_of(markup: str) -> Counter[str]:
    """What HTML is made of, to see whether sanitising has taken something away."""
    reader = _Pieces()
    reader.feed(markup)
    reader.close()
    return reader.found


def media_names(texts: Iterable[str]) -> set[str]:
    """Names of the files that the texts refer to."""
    return {name for text in texts for name in MEDIA.findall(text)}


def with_media(text: str, names: Mapping[str, str]) -> str:
    """The text with each reference `media:<name>` that `names` knows replaced by what it stands for."""
    return MEDIA.sub(lambda found: names.get(found[1], found[0]), text)


def safe_name(name: str, taken: Iterable[str]) -> str:
    """A name for a file inside references: letters, digits, dot, hyphen; unlike all `taken` ones."""
    last = re.split(r"[/\\]", name)[-1]
    stem, dot, extension = last.rpartition(".")
    clean = re.sub(r"[^A-Za-z0-9_-]+", "-", stem if dot else last).strip("-.")[:60] or "file"
    end = re.sub(r"[^A-Za-z0-9]", "", extension)[:10] if dot else ""
    known = set(taken)
    number, found = 1, f"{clean}.{end}" if end else clean
    while found in known:
        number += 1
        found = f"{clean}-{number}.{end}" if end else f"{clean}-{number}"
    return found
