"""Texts with gaps between our two texts (question text, text with gaps) and the one text of other systems."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from exams.bank.formats import markup
from exams.bank.formats.base import HTML, Cannot, ParsedQuestion, one_line
from exams.bank.formats.weighted import Taken
from exams.kinds.base import Content
from exams.kinds.cloze.kind import HEAVIEST, MARKER

FALLBACK = "Fill in the gaps."
ADDED = f"it has no text before the text with gaps: “{FALLBACK}” is added"
MOVED = "question text and text with gaps become one, and are parted at another place when they are read"
PENALTY = "what a wrong choice in a gap takes away is left out"
_EMPTY_LINE = re.compile(r"\n[ \t]*\n\s*")
_IN_A_TAG = re.compile(r"<[^<>]*\[\[\d+\]\]")
_VOID = frozenset(["br", "img", "hr", "col", "source", "wbr", "input"])
_BLOCKS = frozenset(["p", "div", "ul", "ol", "table", "pre", "blockquote", *(f"h{n}" for n in range(1, 7))])


class _Ends(HTMLParser):
    """Collects where block elements end that stand in no other one."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[int] = []
        self._open: list[str] = []
        self._text = text
        self._lines = [0, *(each.end() for each in re.finditer("\n", text))]
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens nothing."""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if not self._open and tag in _BLOCKS:
            line, column = self.getpos()
            end = self._text.find(">", self._lines[line - 1] + column)
            self.found.append(end + 1)


def parted(whole: str, text_format: str) -> tuple[str, str]:
    """Question text and text with gaps: parted after the first paragraph, where that has no gap.

    The first is "" when the gaps begin at once.
    """
    first = MARKER.search(whole)
    before = first.start() if first else len(whole)
    if text_format != HTML:
        line = _EMPTY_LINE.search(whole)
        if line is None or line.end() > before:
            return "", whole
        return whole[: line.start()].strip(), whole[line.end() :].strip()
    ends = [end for end in _Ends(whole).found if end <= before and _says_something(whole[:end])]
    if not ends:
        return "", whole
    return _unwrapped(whole[: ends[0]].strip()), _unwrapped(whole[ends[0] :].strip())


def _says_something(text: str) -> bool:
    return bool(markup.words_of(text)) or "<img" in text or "<audio" in text


def _unwrapped(text: str) -> str:
    is_one = text.startswith("<div>") and _Ends(text).found[:1] == [len(text)]
    return text[5:-6].strip() if is_one else text


def joined(question: ParsedQuestion) -> str:
    """Both texts as one, which `parted` parts again."""
    text = question.content["text"]
    if question.text_format != HTML:
        return f"{question.stem}\n\n{text}"
    return f"<div>{question.stem}</div>\n<div>{text}</div>"


def fitted(question: ParsedQuestion) -> ParsedQuestion:
    """The question with its gaps numbered as they stand in the text, and what is lost. Raises Cannot."""
    content = question.content
    if MARKER.search(question.stem):
        raise Cannot("The question text holds a mark such as [[1]]; write it in another way.")
    if _IN_A_TAG.search(content["text"]):
        raise Cannot("A gap stands inside a tag of HTML.")
    gaps = {gap["id"]: gap for gap in content["gaps"]}
    order = {old: str(number) for number, old in enumerate(MARKER.findall(content["text"]), start=1)}
    for gap in gaps.values():
        texts = [one_line(option["text"]) for option in gap["content"].get("options", [])]
        if len(set(texts)) < len(texts):
            raise Cannot("Two choices in a gap differ by blanks alone.")
    text = MARKER.sub(lambda found: f"[[{order[found[1]]}]]", content["text"])
    changed = {"text": text, "gaps": [gaps[old] | {"id": new} for old, new in order.items()]}
    made = replace(question, content=changed)
    moved = parted(joined(made), made.text_format) != (made.stem.strip(), text.strip())
    lost = [MOVED] if moved else []
    if any(gap["content"].get("ignore_accents") for gap in gaps.values()):
        lost.append("accents count in the file")
    return with_losses(made, lost)


def with_losses(question: ParsedQuestion, losses: Iterable[str]) -> ParsedQuestion:
    """The question with further losses, each named once."""
    return replace(question, losses=tuple(dict.fromkeys([*question.losses, *losses])))


def with_marks(text: str, marks: Mapping[str, str]) -> str:
    """The text with each mark of a gap replaced by what stands there."""
    return MARKER.sub(lambda found: marks[found[1]], text)


def gap_of(number: int, weight: int, taken: Taken) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A gap from what became of its answers, and what is lost. Raises Cannot."""
    if not 1 <= weight <= HEAVIEST:
        raise Cannot(f"gap {number} has the weight {weight}; weights go from 1 to {HEAVIEST}")
    content, losses = dict(taken.content), taken.losses
    if content.pop("penalty", None):
        losses = (*losses, PENALTY)
    return {"id": str(number), "kind": taken.kind, "weight": weight, "content": content}, losses


def refuse_other_marks(text: str, gaps: Sequence[Content]) -> None:
    """Raises Cannot when the text itself holds what stands for a gap here."""
    if len(MARKER.findall(text)) != len(gaps):
        raise Cannot("its text holds a mark such as [[1]], which stands for a gap here")
