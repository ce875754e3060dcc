"""Writes one question as a QTI item, in the spelling of 2.1 or 3."""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from exams.bank.formats import weighted
from exams.bank.formats.base import HTML, ParsedQuestion, one_line
from exams.bank.formats.qti_body import plain_xhtml, xhtml
from exams.bank.formats.qti_names import PLAIN_CLASS, Version
from exams.kinds.short_answer.kind import accepted_of

MATCH, MAP = "match_correct", "map_response"
_AUDIO = re.compile(r'<audio[^>]*?\ssrc="([^"]*)"[^>]*>.*?</audio>', re.DOTALL)
_SOUNDS = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav", "m4a": "audio/mp4"}


class Writer:
    """One item of one version; `addresses` are the paths of the question's files as seen from the item."""

    def __init__(self, version: Version, question: ParsedQuestion, addresses: dict[str, str]) -> None:
        self._version, self._question, self._addresses = version, question, addresses

    def item(self, identifier: str) -> str:
        """The item as a document."""
        declared, interaction, processing = _KINDS[self._question.kind](self)
        plain = self._question.text_format != HTML
        stem = self.text(self._question.stem)
        body = f"<p>{stem}</p>" if plain else f"<div>{stem}</div>"
        names = {"class": PLAIN_CLASS} if plain else {}
        attributes = {"identifier": identifier, "title": self._question.title, "adaptive": "false"}
        inside = [
            declared,
            self.el(
                "outcomeDeclaration", {"identifier": "SCORE", "cardinality": "single", "baseType": "float"}
            ),
            self.el("itemBody", names, body + interaction),
            processing,
        ]
        root = self.el(
            "assessmentItem", attributes | {"timeDependent": "false"}, "\n" + "\n".join(inside) + "\n"
        )
        space = (
            f' xmlns="{self._version.namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            f' xsi:schemaLocation="{self._version.namespace} {self._version.schema}"'
        )
        name = self._version.tag("assessmentItem")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}{space}{root[len(name) + 1 :]}\n'

    def text(self, text: str) -> str:
        """A text of the question as XML."""
        if self._question.text_format != HTML:
            return plain_xhtml(text)
        written = xhtml(text, self._addresses)
        return written if self._version.dashes else _AUDIO.sub(_as_object, written)

    def el(self, name: str, attributes: dict[str, str], inside: str = "") -> str:
        """An element of QTI."""
        tag = self._version.tag(name)
        pairs = "".join(
            f" {self._version.attribute(key)}={quoteattr(value)}" for key, value in attributes.items()
        )
        return f"<{tag}{pairs}>{inside}</{tag}>" if inside else f"<{tag}{pairs}/>"

    def template(self, name: str) -> str:
        """The rules that mark by a template of the specification."""
        return self.el("responseProcessing", {"template": self._version.templates + name})

    def declaration(
        self,
        cardinality: str,
        base_type: str,
        right: list[str],
        mapped: Sequence[tuple[str, Fraction, dict[str, str]]] = (),
        bounds: dict[str, str] | None = None,
    ) -> str:
        """The declaration of the response."""
        values = "".join(f"{self.el('value', {}, escape(each))}" for each in right)
        inside = self.el("correctResponse", {}, values) if right else ""
        entries = "".join(
            self.el("mapEntry", {"mapKey": key, "mappedValue": _decimal(share), **more})
            for key, share, more in mapped
        )
        if entries:
            inside += self.el("mapping", {"defaultValue": "0", **(bounds or {})}, entries)
        names = {"identifier": "RESPONSE", "cardinality": cardinality, "baseType": base_type}
        return self.el("responseDeclaration", names, inside)

    @property
    def content(self) -> Any:
        return self._question.content


Parts = tuple[str, str, str]
_RESPONSE = {"responseIdentifier": "RESPONSE"}


def _decimal(share: Fraction) -> str:
    return f"{float(share):.10f}".rstrip("0").rstrip(".")


def _as_object(found: re.Match[str]) -> str:
    kind = _SOUNDS.get(found[1].rpartition(".")[2].lower(), "audio/mpeg")
    return f'<object data="{found[1]}" type="{kind}">Sound</object>'


def _options(writer: Writer, options: list[tuple[str, str]], most: int) -> str:
    choices = "".join(
        writer.el("simpleChoice", {"identifier": own}, writer.text(text)) for own, text in options
    )
    names = _RESPONSE | {"shuffle": "true", "maxChoices": str(most)}
    return writer.el("choiceInteraction", names, choices)


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
    bounds = {"lowerBound": "0"} if writer.content.get("scoring") == "partial" else {}
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
    rows = [
        (one_line(text), share) for text, share in accepted_of(weighted.plainest(writer.content)) if share
    ]
    mapped = [(text, share, {"caseSensitive": case}) for text, share in rows]
    right = [next(text for text, share in rows if share == 1)]
    return writer.declaration("single", "string", right, mapped), _entry(writer), writer.template(MAP)


def _numeric(writer: Writer) -> Parts:
    rows = weighted.give_numeric(writer.content)
    branches = [
        writer.el(
            "responseElseIf" if number else "responseIf",
            {},
            _within(writer, row)
            + writer.el("setOutcomeValue", {"identifier": "SCORE"}, _float(writer, _decimal(share))),
        )
        for number, (row, share) in enumerate(rows)
    ]
    rules = writer.el("responseProcessing", {}, writer.el("responseCondition", {}, "".join(branches)))
    right = [weighted.as_around(row)[0] for row, share in rows if share == 1][:1]
    return writer.declaration("single", "float", right), _entry(writer), rules


def _float(writer: Writer, text: str) -> str:
    return writer.el("baseValue", {"baseType": "float"}, text)


def _within(writer: Writer, row: Any) -> str:
    ends = weighted.ends(row)
    answer = writer.el("variable", {"identifier": "RESPONSE"})
    compared = "".join(
        writer.el(name, {}, answer + _float(writer, end))
        for name, end in zip(("gte", "lte"), ends, strict=True)
    )
    return writer.el("and", {}, compared)


def _essay(writer: Writer) -> Parts:
    return writer.declaration("single", "string", []), writer.el("extendedTextInteraction", _RESPONSE), ""


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
    "essay": _essay,
    "matching": _matching,
    "ordering": _ordering,
}
KINDS = frozenset(_KINDS)
