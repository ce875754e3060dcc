"""Reads one QTI item of any version: an item with one interaction is a question."""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from exams.bank.formats import gaps, markup, qti_areas, qti_gaps, qti_upload, weighted
from exams.bank.formats.base import HTML, PLAIN, Cannot, ParsedQuestion, one_line, storable, title_from
from exams.bank.formats.qti_body import BodyReader
from exams.bank.formats.qti_key import Key
from exams.bank.formats.qti_names import (
    GAPS_CLASS,
    INTERACTIONS,
    PLAIN_CLASS,
    attribute,
    below,
    children,
    name_of,
)
from exams.bank.formats.weighted import Taken
from exams.kinds.multiple_choice.kind import without_shares

_EMPTY = re.compile(r"<(p|div)>\s*(?:_____)?\s*</\1>")
Files = Callable[[str], bytes | None]
"""From a path in the package to the bytes of that file, None for none."""


@dataclass(slots=True)
class _Item:
    """One item while it is read."""

    root: Element
    path: str
    files: Files
    losses: list[str] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)

    def lose(self, words: str) -> None:
        if words not in self.losses:
            self.losses.append(words)

    def keep(self, address: str) -> str | None:
        """Takes a file over, and returns the name it has among the question's files."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), unquote(address)))
        if path not in self.kept:
            data = None if path.startswith("..") else self.files(path)
            if data is None:
                return None
            self.kept[path] = markup.safe_name(path, self.media)
            self.media[self.kept[path]] = data
        return self.kept[path]


def read(root: Element, path: str, files: Files) -> ParsedQuestion:
    """The question of an item element. Raises Cannot with the reason."""
    body = next(iter(children(root, "itemBody")), None)
    if body is None:
        raise Cannot("the item has no body")
    found = list(below(body, *INTERACTIONS))
    has_gaps = _has_gaps(body, [name_of(each) for each in found])
    if len(found) != 1 and not has_gaps:
        number = "no" if not found else f"{len(found)}"
        raise Cannot(f"the item has {number} interactions; a question has one")
    interaction = found[0]
    if name_of(interaction) not in _KINDS and not has_gaps:
        raise Cannot(f"there is no counterpart to the interaction “{name_of(interaction)}”")
    if attribute(root, "adaptive") == "true":
        raise Cannot("the item is adaptive")
    item = _Item(root, path, files)
    plain = PLAIN_CLASS in attribute(body, "class").split()
    if has_gaps:
        taken, stem = _cloze(item, body, found, plain)
    else:
        reader = BodyReader(item.keep, item.lose, plain=plain)
        taken = _KINDS[name_of(interaction)](item, interaction, reader)
        stem = _stem(body, interaction, reader, plain)
    if not (stem if plain else markup.words_of(stem) or "<img" in stem or "<audio" in stem):
        raise Cannot("it has no question text")
    if children(root, "modalFeedback"):
        item.lose("feedback is left out")
    if children(root, "templateDeclaration", "templateProcessing"):
        item.lose("numbers that change with each attempt are left out")
    title = one_line(storable(attribute(root, "title")))
    return ParsedQuestion(
        title=title or title_from(stem if plain else markup.words_of(stem)),
        stem=stem,
        kind=taken.kind,
        content=taken.content,
        text_format=PLAIN if plain else HTML,
        media=item.media,
        losses=(*taken.losses, *item.losses),
    )


def _has_gaps(body: Element, names: list[str]) -> bool:
    """Whether an item is a text with gaps: one text entry alone is a short answer or a number."""
    if not names or not set(names) <= qti_gaps.INLINE:
        return False
    is_named = GAPS_CLASS in attribute(body, "class").split()
    return is_named or len(names) > 1 or names == ["inlineChoiceInteraction"]


def _cloze(item: _Item, body: Element, found: list[Element], plain: bool) -> tuple[Taken, str]:
    """A text with gaps, and the question text before it. Raises Cannot."""
    made = qti_gaps.read_gaps(item.root, found, item.lose)
    marks = {id(each): f"[[{number}]]" for number, each in enumerate(found, start=1)}
    whole = storable(BodyReader(item.keep, item.lose, plain=plain, marks=marks).text(body)).strip()
    gaps.refuse_other_marks(whole, made)
    stem, text = gaps.parted(whole, PLAIN if plain else HTML)
    if not stem:
        item.lose(gaps.ADDED)
    return Taken("cloze", {"text": text, "gaps": made}), stem or gaps.FALLBACK


def _stem(body: Element, interaction: Element, reader: BodyReader, plain: bool) -> str:
    prompt = next(iter(children(interaction, "prompt")), None)
    around = storable(reader.text(body)).strip()
    asked = storable(reader.text(prompt)).strip() if prompt is not None else ""
    if around and not markup.words_of(around) and "<img" not in around and not plain:
        around = ""
    around = _EMPTY.sub("", around)
    if around.startswith("<div>") and around.endswith("</div>") and around.count("<div") == 1:
        around = around[5:-6].strip()
    if plain or not (around and asked):
        return "\n".join(part for part in (around, asked) if part)
    return f"{around}<p>{asked}</p>"


def _text(reader: BodyReader, element: Element) -> str:
    return storable(reader.text(element)).strip()


BELOW_0 = {"partial": "negative", "per_option": "per_option_negative"}
"""What a scoring is when the sum of a map has no lower bound at 0."""


def _choice(item: _Item, interaction: Element, reader: BodyReader) -> Taken:
    key = Key(item.root, interaction)
    options = [
        (attribute(each, "identifier"), _text(reader, each)) for each in below(interaction, "simpleChoice")
    ]
    if any(children(each, "feedbackInline") for each in below(interaction, "simpleChoice")):
        item.lose("feedback is left out")
    single = key.cardinality == "single"
    if single and sorted(each for each, _ in options) == ["false", "true"]:
        return _true_false(key)
    for words in key.odd_rules():
        item.lose(words)
    shares = {each: key.share_of(each) for each, _ in options}
    taken = weighted.take_choice([(text, shares[each]) for each, text in options], single=single)
    if single or key.by_map:
        scoring = {} if single or key.is_bounded else {"scoring": BELOW_0[taken.content["scoring"]]}
        return Taken(taken.kind, taken.content | scoring, taken.losses)
    return Taken(taken.kind, without_shares(taken.content) | {"scoring": "all_or_nothing"})


def _true_false(key: Key) -> Taken:
    shares = {each: key.share_of(each) for each in ("true", "false")}
    right = [each for each, share in shares.items() if share == 1]
    if len(right) != 1:
        raise Cannot("it does not say whether true or false is right")
    wrong = shares["false" if right == ["true"] else "true"]
    penalty = {"penalty": str(-wrong)} if wrong < 0 else {}
    return Taken("true_false", {"correct": right == ["true"]} | penalty)


def _text_entry(item: _Item, interaction: Element, reader: BodyReader) -> Taken:
    key = Key(item.root, interaction)
    if key.base_type in ("float", "integer"):
        return weighted.take_numeric(key.numbers()[0])
    for words in key.odd_rules():
        item.lose(words)
    return key.short_answer(item.lose)


def _essay(item: _Item, interaction: Element, reader: BodyReader) -> Taken:
    if attribute(interaction, "maxStrings", "1") not in ("", "0", "1"):
        item.lose("one text is asked for instead of several")
    if attribute(interaction, "format").lower() == "preformatted":
        return Taken("code", {"language": "text", "template": "", "solution": ""})
    return Taken("essay", {"word_limit": None})


def _upload(item: _Item, interaction: Element, reader: BodyReader) -> Taken:
    content, losses = qti_upload.read(attribute(interaction, "type"))
    return Taken("file_upload", content, losses)


def _places(item: _Item, interaction: Element, reader: BodyReader) -> Taken:
    return qti_areas.read(item.root, interaction, item.keep, item.media, item.lose)


def _matching(item: _Item, interaction: Element, reader: BodyReader) -> Taken:
    key = Key(item.root, interaction)
    sets = list(below(interaction, "simpleMatchSet"))
    if len(sets) != 2:
        raise Cannot("it has not two sets to match")
    prompts, choices = (
        {attribute(each, "identifier"): _text(reader, each) for each in below(one, "simpleAssociableChoice")}
        for one in sets
    )
    pairs = [tuple(each.split()) for each in key.right]
    if any(len(pair) != 2 for pair in pairs) or sorted(pair[0] for pair in pairs) != sorted(prompts):
        raise Cannot("not every entry of the first set has exactly one partner")
    chosen: Mapping[str, str] = dict(pairs)  # type: ignore[arg-type]
    if not set(chosen.values()) <= set(choices):
        raise Cannot("a right pair names an entry that is not there")
    if key.by_map and len({key.mapped.get(f"{one} {two}") for one, two in chosen.items()}) > 1:
        item.lose("the pairs' own shares of the points are evened out")
    content = {
        "prompts": [{"text": text, "choice": chosen[own]} for own, text in prompts.items()],
        "choices": [{"id": own, "text": text} for own, text in choices.items()],
        "scoring": "partial" if key.by_map else "all_or_nothing",
    }
    return Taken("matching", weighted.with_new_ids(content))


def _ordering(item: _Item, interaction: Element, reader: BodyReader) -> Taken:
    key = Key(item.root, interaction)
    texts = {
        attribute(each, "identifier"): _text(reader, each) for each in below(interaction, "simpleChoice")
    }
    if sorted(key.right) != sorted(texts):
        raise Cannot("the right order does not name every entry once")
    for words in key.odd_rules():
        item.lose(words)
    entries = [{"text": texts[own]} for own in key.right]
    return Taken("ordering", {"entries": entries, "scoring": "all_or_nothing"})


_KINDS: dict[str, Callable[[_Item, Element, BodyReader], Taken]] = {
    "choiceInteraction": _choice,
    "textEntryInteraction": _text_entry,
    "extendedTextInteraction": _essay,
    "uploadInteraction": _upload,
    "selectPointInteraction": _places,
    "hotspotInteraction": _places,
    "matchInteraction": _matching,
    "orderInteraction": _ordering,
}
