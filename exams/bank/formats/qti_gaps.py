"""Texts with gaps in QTI: items whose interactions are text entries and inline choices in one text."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from exams.bank.formats import gaps, weighted
from exams.bank.formats.base import ParsedQuestion, one_line, storable
from exams.bank.formats.qti_key import OWN_RULES, Key
from exams.bank.formats.qti_names import attribute, below, name_of
from exams.bank.formats.weighted import ONE, Taken
from exams.kinds.cloze.kind import HEAVIEST

INLINE = frozenset(["textEntryInteraction", "inlineChoiceInteraction"])
EVENED = "the gaps' own shares of the points are evened out"
Lose = Callable[[str], None]


def read_gaps(root: Element, found: Sequence[Element], lose: Lose) -> list[dict[str, Any]]:
    """The gaps of the interactions, numbered from 1. Raises Cannot."""
    read = []
    for number, interaction in enumerate(found, start=1):
        key = Key(root, interaction)
        taken, points = _choice(key, interaction) if _is_choice(interaction) else _entry(key, lose)
        odd = [] if taken.kind == "numeric" else key.odd_rules()
        for words in (*odd, *taken.losses):
            lose(words)
        read.append((number, taken, points))
    if any(_joins_gaps(rule) for rule in below(root, "and")):
        lose(OWN_RULES)
    weights = _weights([points for _, _, points in read])
    if weights is None:
        lose(EVENED)
    made = []
    for number, taken, _ in read:
        gap, losses = gaps.gap_of(number, weights[number - 1] if weights else 1, taken)
        for words in losses:
            lose(words)
        made.append(gap)
    return made


def _joins_gaps(rule: Element) -> bool:
    """Whether several gaps have to be right for the points."""
    return len({attribute(each, "identifier") for each in below(rule, "variable")}) > 1


def _is_choice(interaction: Element) -> bool:
    return name_of(interaction) == "inlineChoiceInteraction"


def _choice(key: Key, interaction: Element) -> tuple[Taken, Fraction]:
    options = [
        (one_line(storable("".join(each.itertext()))), key.share_of(attribute(each, "identifier")))
        for each in below(interaction, "inlineChoice")
    ]
    return weighted.take_choice(options, single=True), key.points()


def _entry(key: Key, lose: Lose) -> tuple[Taken, Fraction]:
    if key.base_type in ("float", "integer"):
        rows, points = key.numbers()
        return weighted.take_numeric(rows), points
    return key.short_answer(lose), key.points()


def _weights(points: Sequence[Fraction]) -> list[int] | None:
    """Whole numbers in the proportion of the points of the gaps; None when there are none that will do."""
    simple = [each.limit_denominator(1000) for each in points]
    whole = lcm(*(each.denominator for each in simple))
    found = [int(each * whole) for each in simple]
    return found if all(1 <= each <= HEAVIEST for each in found) else None


def fitted(question: ParsedQuestion) -> ParsedQuestion:
    """The question as QTI holds it. Raises Cannot."""
    made = gaps.fitted(question)
    lost = []
    for gap in made.content["gaps"]:
        if gap["kind"] == "numeric":
            for row, _ in weighted.give_numeric(gap["content"]):
                weighted.ends(row)
        elif gap["kind"] == "short_answer" and weighted.content_has_wildcards(gap["content"]):
            lost.append("the wildcard * is an ordinary character in the file")
    return gaps.with_losses(made, lost)


def write(writer: Any) -> tuple[str, str, str]:
    """Declarations, the body with its gaps, and rules: the points of the gaps are added up."""
    content = writer.content
    declared, rules, parts, marks = [], [], [], {}
    for gap in content["gaps"]:
        own = f"RESPONSE_{gap['id']}"
        more, rule, part, marks[gap["id"]] = _WRITERS[gap["kind"]](writer, gap, own)
        declared.append(more)
        rules += rule
        parts.append(part)
    total = writer.el("setOutcomeValue", {"identifier": "SCORE"}, writer.el("sum", {}, "".join(parts)))
    body = writer.text(gaps.joined(writer.question))
    body = f"<div>{body}</div>" if writer.is_plain else body
    return (
        "\n".join(declared),
        gaps.with_marks(body, marks),
        writer.el("responseProcessing", {}, "".join(rules) + total),
    )


Written = tuple[str, list[str], str, str]
"""A gap: its declarations, its rules, what adds its points, and its interaction."""


def _write_choice(writer: Any, gap: dict[str, Any], own: str) -> Written:
    options = gap["content"]["options"]
    names = [f"choice_{gap['id']}_{number}" for number in range(1, len(options) + 1)]
    right = [name for name, option in zip(names, options, strict=True) if option["correct"]]
    mapped = [(name, Fraction(gap["weight"]), dict[str, str]()) for name in right]
    inside = "".join(
        writer.el("inlineChoice", {"identifier": name}, escape(one_line(option["text"])))
        for name, option in zip(names, options, strict=True)
    )
    interaction = writer.el("inlineChoiceInteraction", {"responseIdentifier": own, "shuffle": "true"}, inside)
    declared = writer.declaration("single", "identifier", right, mapped, own=own)
    return declared, [], writer.el("mapResponse", {"identifier": own}), interaction


def _write_entry(writer: Any, gap: dict[str, Any], own: str) -> Written:
    rows = weighted.give_plain_short_answer(gap["content"])
    case = {"caseSensitive": str(bool(gap["content"]["case_sensitive"])).lower()}
    mapped = [(text, share * gap["weight"], case) for text, share in rows]
    right = [next(text for text, share in rows if share == ONE)]
    declared = writer.declaration("single", "string", right, mapped, own=own)
    return declared, [], writer.el("mapResponse", {"identifier": own}), _text_entry(writer, own)


def _write_number(writer: Any, gap: dict[str, Any], own: str) -> Written:
    rows = weighted.give_numeric(gap["content"])
    outcome = f"SCORE_{gap['id']}"
    rules = writer.rules_of_numbers([(row, share * gap["weight"]) for row, share in rows], own, outcome)
    right = [weighted.as_around(row)[0] for row, share in rows if share == 1][:1]
    declared = writer.declaration("single", "float", right, own=own) + writer.outcome(outcome)
    return declared, [rules], writer.el("variable", {"identifier": outcome}), _text_entry(writer, own)


def _text_entry(writer: Any, own: str) -> str:
    return str(writer.el("textEntryInteraction", {"responseIdentifier": own}))


_WRITERS: dict[str, Callable[[Any, dict[str, Any], str], Written]] = {
    "single_choice": _write_choice,
    "short_answer": _write_entry,
    "numeric": _write_number,
}
