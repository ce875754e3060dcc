"""Writes one question as a QTI item, in the spelling of 2.1 or 3."""

from collections.abc import Callable
from fractions import Fraction

from exams.bank.formats import qti_areas, qti_gaps, qti_upload, weighted
from exams.bank.formats.base import ParsedQuestion
from exams.bank.formats.qti_names import GAPS_CLASS, PLAIN_CLASS, Version
from exams.bank.formats.qti_writer import Writer

MATCH, MAP = "match_correct", "map_response"


def item(version: Version, question: ParsedQuestion, addresses: dict[str, str], identifier: str) -> str:
    """A question as the document of an item; `addresses`: of the question's files, as seen from it."""
    writer = Writer(version, question, addresses)
    declared, interaction, processing = _KINDS[question.kind](writer)
    has_gaps = question.kind == "cloze"
    stem = "" if has_gaps else writer.text(question.stem)
    body = "" if has_gaps else f"<p>{stem}</p>" if writer.is_plain else f"<div>{stem}</div>"
    classes = [*([PLAIN_CLASS] if writer.is_plain else []), *([GAPS_CLASS] if has_gaps else [])]
    names = {"class": " ".join(classes)} if classes else {}
    most = sum(gap["weight"] for gap in question.content.get("gaps", [])) or question.content.get("needed")
    inside = [
        declared,
        writer.outcome("SCORE", most),
        writer.el("itemBody", names, body + interaction),
        processing,
    ]
    attributes = {"identifier": identifier, "title": question.title, "adaptive": "false"}
    root = writer.el(
        "assessmentItem", attributes | {"timeDependent": "false"}, "\n" + "\n".join(inside) + "\n"
    )
    space = (
        f' xmlns="{version.namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{version.namespace} {version.schema}"'
    )
    name = version.tag("assessmentItem")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}{space}{root[len(name) + 1 :]}\n'


Parts = tuple[str, str, str]
_RESPONSE = {"responseIdentifier": "RESPONSE"}


def _options(writer: Writer, options: list[tuple[str, str]], most: int) -> str:
    choices = "".join(
        writer.el("simpleChoice", {"identifier": own}, writer.text(text)) for own, text in options
    )
    names = _RESPONSE | {"shuffle": "true", "maxChoices": str(most)}
    return writer.el("choiceInteraction", names, choices)


_BOUNDS = {
    "partial": {"lowerBound": "0"},
    "per_option": {"lowerBound": "0", "upperBound": "1"},
    "per_option_negative": {"lowerBound": "-1", "upperBound": "1"},
}
"""Between which numbers of points the sum of a map is kept, by scoring."""


def _choice(writer: Writer, *, single: bool) -> Parts:
    kind = "single_choice" if single else "multiple_choice"
    shares, _ = weighted.give_choice(kind, writer.content)
    names = [f"choice_{number}" for number in range(1, len(shares) + 1)]
    options = [(own, text) for own, (text, _) in zip(names, shares, strict=True)]
    interaction = _options(writer, options, 1 if single else 0)
    right = [own for own, (_, share) in zip(names, shares, strict=True) if share > 0]
    cardinality = "single" if single else "multiple"
    simple = "penalty" not in writer.content if single else writer.content["scoring"] == "all_or_nothing"
    if simple:
        return writer.declaration(cardinality, "identifier", right), interaction, writer.template(MATCH)
    mapped = [(own, share, dict[str, str]()) for own, (_, share) in zip(names, shares, strict=True)]
    bounds = _BOUNDS.get(writer.content.get("scoring", ""), {})
    declared = writer.declaration(cardinality, "identifier", right, mapped, bounds)
    return declared, interaction, writer.template(MAP)


def _true_false(writer: Writer) -> Parts:
    interaction = writer.el(
        "choiceInteraction",
        _RESPONSE | {"shuffle": "false", "maxChoices": "1"},
        "".join(writer.el("simpleChoice", {"identifier": own.lower()}, own) for own in ("True", "False")),
    )
    right, wrong = ("true", "false") if writer.content["correct"] else ("false", "true")
    penalty = -Fraction(writer.content.get("penalty", 0))
    shares: list[tuple[str, Fraction, dict[str, str]]] = [(right, Fraction(1), {}), (wrong, penalty, {})]
    mapped = shares if penalty else []
    declared = writer.declaration("single", "identifier", [right], mapped)
    return declared, interaction, writer.template(MAP if penalty else MATCH)


def _entry(writer: Writer) -> str:
    return f"<div>{writer.el('textEntryInteraction', _RESPONSE)}</div>"


def _short_answer(writer: Writer) -> Parts:
    case = str(bool(writer.content["case_sensitive"])).lower()
    rows = weighted.give_plain_short_answer(writer.content)
    mapped = [(text, share, {"caseSensitive": case}) for text, share in rows]
    right = [next(text for text, share in rows if share == 1)]
    return writer.declaration("single", "string", right, mapped), _entry(writer), writer.template(MAP)


def _numeric(writer: Writer) -> Parts:
    rows = weighted.give_numeric(writer.content)
    rules = writer.el("responseProcessing", {}, writer.rules_of_numbers(rows, "RESPONSE", "SCORE"))
    right = [weighted.as_around(row)[0] for row, share in rows if share == 1][:1]
    return writer.declaration("single", "float", right), _entry(writer), rules


def _essay(writer: Writer) -> Parts:
    return writer.declaration("single", "string", []), writer.el("extendedTextInteraction", _RESPONSE), ""


def _code(writer: Writer) -> Parts:
    # The word is spelt so in 2.x, and in small letters in 3; readers take both.
    named = _RESPONSE | {"format": writer.word("preFormatted")}
    return writer.declaration("single", "string", []), writer.el("extendedTextInteraction", named), ""


def _file_upload(writer: Writer) -> Parts:
    named = _RESPONSE | qti_upload.attributes(writer.content)
    return writer.declaration("single", "file", []), writer.el("uploadInteraction", named), ""


def _matching(writer: Writer) -> Parts:
    content = writer.content
    choices = {each["id"]: f"choice_{number}" for number, each in enumerate(content["choices"], start=1)}
    count = len(content["prompts"])
    pairs, first, second = [], "", ""
    for number, prompt in enumerate(content["prompts"], start=1):
        names = {"identifier": f"prompt_{number}", "matchMax": "1"}
        first += writer.el("simpleAssociableChoice", names, writer.text(prompt["text"]))
        pairs.append(f"prompt_{number} {choices[prompt['choice']]}")
    for each in content["choices"]:
        names = {"identifier": choices[each["id"]], "matchMax": str(count)}
        second += writer.el("simpleAssociableChoice", names, writer.text(each["text"]))
    sets = writer.el("simpleMatchSet", {}, first) + writer.el("simpleMatchSet", {}, second)
    names = _RESPONSE | {"shuffle": "true", "maxAssociations": str(count)}
    partial = content["scoring"] == "partial"
    mapped = [(pair, Fraction(1, count), dict[str, str]()) for pair in pairs] if partial else []
    declared = writer.declaration("multiple", "directedPair", pairs, mapped)
    return declared, writer.el("matchInteraction", names, sets), writer.template(MAP if partial else MATCH)


def _ordering(writer: Writer) -> Parts:
    entries = writer.content["entries"]
    names = [f"entry_{number}" for number in range(1, len(entries) + 1)]
    inside = "".join(
        writer.el("simpleChoice", {"identifier": own}, writer.text(entry["text"]))
        for own, entry in zip(names, entries, strict=True)
    )
    interaction = writer.el("orderInteraction", _RESPONSE | {"shuffle": "true"}, inside)
    return writer.declaration("ordered", "identifier", names), interaction, writer.template(MATCH)


_KINDS: dict[str, Callable[[Writer], Parts]] = {
    "single_choice": lambda writer: _choice(writer, single=True),
    "multiple_choice": lambda writer: _choice(writer, single=False),
    "true_false": _true_false,
    "short_answer": _short_answer,
    "numeric": _numeric,
    "cloze": qti_gaps.write,
    "hotspot": qti_areas.write,
    "essay": _essay,
    "code": _code,
    "file_upload": _file_upload,
    "matching": _matching,
    "ordering": _ordering,
}
KINDS = frozenset(_KINDS)
