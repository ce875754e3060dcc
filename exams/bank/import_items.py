"""Judges the questions of a file one by one against kinds and bank, without writing anything."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from exams.bank.bulk import Draft, drafted
from exams.bank.categories import DEEPEST
from exams.bank.formats import markup
from exams.bank.formats.base import HTML, LONGEST_TITLE, Parsed, ParsedQuestion, Refused, title_from
from exams.bank.import_media import Attached, attached
from exams.kinds.base import Content
from exams.kinds.registry import kind_named
from exams.models import QuestionVersion
from proctor_site.kernel.errors import InvalidInput, TooLarge

MOST_QUESTIONS = 10_000
TAKEN = "imported"
LOSS = "imported_with_loss"
KNOWN = "known"
REFUSED = "refused"
OUTCOMES = {
    TAKEN: "Imported",
    LOSS: "Imported with a loss",
    KNOWN: "In the bank already",
    REFUSED: "Refused",
}


@dataclass(slots=True)
class Item:
    """One item of a file with its outcome; `words` say what is lost or why it is not taken."""

    where: str
    outcome: str
    title: str
    words: list[str]
    draft: Draft | None = None
    files: list[Attached] = field(default_factory=list)

    def row(self, number: int) -> dict[str, Any]:
        """The item as plain JSON, for the report."""
        return {
            "number": number,
            "where": self.where,
            "outcome": self.outcome,
            "title": self.title,
            "kind": self.draft.kind if self.draft else "",
            "words": self.words,
        }


Told = Callable[[int], None]
"""Hears how many items are read, each time some more are."""
_TOLD_EVERY = 50


def judged(parsed: Iterable[Parsed], below: tuple[str, ...] = (), told: Told | None = None) -> list[Item]:
    """The items of a file with their outcomes, their categories put `below` a path of names.

    Raises TooLarge over MOST_QUESTIONS.
    """
    items: list[Item] = []
    for each in parsed:
        if len(items) >= MOST_QUESTIONS:
            raise TooLarge(f"The file has more than {MOST_QUESTIONS:,} questions; split it.", field="file")
        items.append(_judged(each, below))
        if told is not None and len(items) % _TOLD_EVERY == 0:
            told(len(items))
    _mark_known(items)
    return items


def _judged(parsed: Parsed, below: tuple[str, ...]) -> Item:
    if isinstance(parsed, Refused):
        return Item(parsed.where, REFUSED, parsed.title[:LONGEST_TITLE], [parsed.reason])
    words = list(parsed.losses)
    title = parsed.title.strip() or title_from(parsed.stem)
    if len(title) > LONGEST_TITLE:
        title = title[: LONGEST_TITLE - 1].rstrip() + "…"
        words.append(f"the title is cut to {LONGEST_TITLE} characters")
    category = (*below, *parsed.category)
    if len(category) > DEEPEST:
        category = category[:DEEPEST]
        words.append(f"its category is cut to {DEEPEST} levels")
    try:
        parsed, files, lost = attached(parsed, title)
        words += lost
        draft = _draft(parsed, title, category)
    except (InvalidInput, TooLarge) as refusal:
        return Item(parsed.where, REFUSED, title, [refusal.message])
    if parsed.text_format == HTML and _has_lost(parsed, draft):
        words.append("formatting, scripts or outside addresses that are not allowed here are left out")
    return Item(parsed.where, LOSS if words else TAKEN, title, words, draft, files)


def _draft(parsed: ParsedQuestion, title: str, category: tuple[str, ...]) -> Draft:
    return drafted(
        title=title,
        kind=parsed.kind,
        stem=parsed.stem,
        content=parsed.content,
        text_format=parsed.text_format,
        category=category,
        tags=parsed.tags,
        difficulty=parsed.difficulty,
    )


def _has_lost(parsed: ParsedQuestion, draft: Draft) -> bool:
    """Whether sanitising has taken elements, styles or addresses away from the texts."""
    before = _texts(parsed.kind, parsed.stem, parsed.content)
    after = _texts(draft.kind, draft.wording.stem, draft.wording.content)
    return markup.pieces_of(before) != markup.pieces_of(after)


def _texts(kind: str, stem: str, content: Content) -> str:
    found = [stem]

    def note(text: str) -> str:
        found.append(text)
        return text

    kind_named(kind).with_texts(content, note)
    return "\n".join(found)


def _mark_known(items: list[Item]) -> None:
    """Questions that the bank has in any version, or that stand in the file before, are not taken twice."""
    stems = {item.draft.wording.stem for item in items if item.draft}
    seen: dict[str, str] = dict.fromkeys(_in_bank(stems), "")
    for item in items:
        if item.draft is None:
            continue
        print_ = fingerprint(item.draft.kind, item.draft.wording)
        if print_ in seen:
            earlier = seen[print_]
            words = f"the same question stands at {earlier} of this file" if earlier else "not taken again"
            item.outcome, item.words, item.draft = KNOWN, [words], None
        else:
            seen[print_] = item.where


def _in_bank(stems: Iterable[str]) -> Iterator[str]:
    rows = QuestionVersion.objects.filter(question__retired_at=None)
    waiting = iter(stems)
    while some := list(islice(waiting, 500)):
        found = rows.filter(stem__in=some).values_list("question__kind", "stem", "text_format", "content")
        for kind, *wording in found.iterator(chunk_size=500):
            yield fingerprint(kind, wording)


def fingerprint(kind: str, wording: Sequence[Any]) -> str:
    """A hash that two questions share when they ask the same and have the same key.

    Ids in the content are random, so they count by their order only.
    """
    stem, text_format, content = wording
    ids: dict[str, str] = {}
    _number_ids(content, ids)
    told = json.dumps([kind, stem, text_format, _renamed(content, ids)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def _number_ids(value: Any, ids: dict[str, str]) -> None:
    if isinstance(value, dict):
        if isinstance(value.get("id"), str):
            ids.setdefault(value["id"], f"\x00{len(ids)}")
        for _, each in sorted(value.items()):  # a database may give names back in an order of its own
            _number_ids(each, ids)
    elif isinstance(value, list):
        for each in value:
            _number_ids(each, ids)


def _renamed(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {ids.get(name, name): _renamed(each, ids) for name, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, ids) for each in value]
    return ids.get(value, value) if isinstance(value, str) else value
