"""What every file format of questions does, and the question as it stands between a file and the bank."""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from exams.kinds.base import Content
from proctor_site.kernel.errors import InvalidInput

PLAIN = "plain"
HTML = "html"
LONGEST_TITLE = 200
MOST_TAGS = 30
LONGEST_TAG = 50
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """One question on its way into or out of the bank.

    `content` has the shape of its kind, but names files by their names in `media`; in the texts of a
    question in HTML, `media:<name>` stands for the file `media[name]`. `where` names its place in the file,
    such as "line 12". `losses` says in words what the other side cannot hold; without losses nothing of it
    is changed.
    """

    title: str
    stem: str
    kind: str
    content: Content
    text_format: str = PLAIN
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    difficulty: int | None = None
    media: Mapping[str, bytes] = field(default_factory=dict)
    where: str = ""
    losses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """One item that cannot be taken over, with its place and the reason in words."""

    where: str
    reason: str
    title: str = ""


Parsed = ParsedQuestion | Refused


class Cannot(Exception):
    """Inside a format: this one item cannot be read or held; the message is the reason in words."""


class Unreadable(InvalidInput):
    """The file as a whole cannot be read; nothing of it is taken."""

    code = "unreadable"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, field="file")


class Format(ABC):
    """One file format. Instances hold no state."""

    name: ClassVar[str]
    label: ClassVar[str]
    extension: ClassVar[str]
    content_type: ClassVar[str]
    kinds: ClassVar[frozenset[str]]
    """Question kinds the format can hold, perhaps with a loss."""
    holds: ClassVar[frozenset[str]]
    """Which of title, html, category, tags, difficulty, media survive in it."""
    about: ClassVar[str]
    """One sentence for people who choose a format."""

    @abstractmethod
    def recognises(self, data: bytes) -> bool:
        """Whether the bytes look like a file of this format (a quick look, no promise)."""

    @abstractmethod
    def parse(self, data: bytes) -> Iterator[Parsed]:
        """The items of a file in their order. Raises Unreadable when the file as a whole makes no sense."""

    @abstractmethod
    def write(self, questions: Sequence[ParsedQuestion]) -> bytes:
        """A file of questions that `fit` has let through."""

    @abstractmethod
    def fitted(self, question: ParsedQuestion) -> ParsedQuestion:
        """The question as the format holds it, losses named. Raises Cannot with the reason."""

    def fit(self, question: ParsedQuestion) -> Parsed:
        """The question as the format holds it, with what is lost on the way; or why it cannot be held."""
        if question.kind not in self.kinds:
            return Refused(question.where, f"{self.label} has no questions of this kind.", question.title)
        try:
            return self.fitted(_storable_throughout(question))
        except Cannot as reason:
            return Refused(question.where, str(reason), question.title)


def _storable_throughout(question: ParsedQuestion) -> ParsedQuestion:
    stem, content = storable(question.stem).strip(), _mapped(question.content, storable)
    same = with_newlines(question.stem).strip(), _mapped(question.content, with_newlines)
    lost = (stem, content) != same
    return replace(
        question,
        title=one_line(storable(question.title)),
        stem=stem,
        content=content,
        tags=clean_tags(question.tags),
        losses=(*question.losses, "characters that cannot be shown are left out")
        if lost
        else question.losses,
    )


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _mapped(each, change) for name, each in value.items()}
    if isinstance(value, list):
        return [_mapped(each, change) for each in value]
    return change(value) if isinstance(value, str) else value


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark, with newlines as "\\n". Raises Unreadable.

    Other encodings are refused rather than guessed: a wrong guess changes letters without a word.
    """
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"Line {line} is not UTF-8 text. Save the file with the encoding UTF-8 and upload it again."
        ) from error
    if "\x00" in text:
        raise Unreadable("This is not a text file: it contains NUL characters.")
    return with_newlines(text)


def with_newlines(text: str) -> str:
    """The text with every line end as "\\n"."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def storable(text: str) -> str:
    """The text without characters that XML, databases or browsers cannot hold."""
    return _UNSTORABLE.sub("", with_newlines(text))


def one_line(text: str) -> str:
    """The text with every run of white space as one blank, none at the ends."""
    return " ".join(text.split())


def title_from(stem: str) -> str:
    """A title for a question that comes without one: the beginning of its text."""
    words = one_line(stem)
    return words if len(words) <= 80 else words[:79].rstrip() + "…"


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags in one line each, once each whatever their case, at most MOST_TAGS of LONGEST_TAG characters.

    Commas part tags: the bank writes several of them so.
    """
    found: dict[str, str] = {}
    for tag in (part for each in tags for part in each.split(",")):
        clean = one_line(storable(unicodedata.normalize("NFC", tag)))[:LONGEST_TAG].strip()
        if clean:
            found.setdefault(clean.lower(), clean)
    return tuple(list(found.values())[:MOST_TAGS])


def category_path(text: str) -> tuple[str, ...]:
    """A path such as "$course$/top/Chemistry/Acids" as names, without the words that stand for a course.

    A doubled slash is a slash in a name (Moodle's documented way of writing such names).
    """
    names = [one_line(storable(each.replace("\0", "/"))) for each in text.replace("//", "\0").split("/")]
    while names and (names[0].lower() in ("", "top") or re.fullmatch(r"\$\w+\$", names[0])):
        names = names[1:]
    return tuple(name[:100].strip() for name in names if name)


def category_text(path: Sequence[str]) -> str:
    """The names of a path in one text that `category_path` reads back."""
    return "/".join(name.replace("/", "//") for name in path)
