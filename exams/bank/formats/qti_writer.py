"""What writing every kind of question as a QTI item needs: elements, texts, declarations, rules."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from exams.bank.formats import weighted
from exams.bank.formats.base import HTML, ParsedQuestion
from exams.bank.formats.qti_body import plain_xhtml, xhtml
from exams.bank.formats.qti_names import Version

_AUDIO = re.compile(r'<audio[^>]*?\ssrc="([^"]*)"[^>]*>.*?</audio>', re.DOTALL)
_SOUNDS = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav", "m4a": "audio/mp4"}


class Writer:
    """One item of one version; `addresses` are the paths of the question's files as seen from the item."""

    def __init__(self, version: Version, question: ParsedQuestion, addresses: dict[str, str]) -> None:
        self.version, self.question, self.addresses = version, question, addresses
        self.is_plain = question.text_format != HTML

    def text(self, text: str) -> str:
        """A text of the question as XML."""
        if self.is_plain:
            return plain_xhtml(text)
        written = xhtml(text, self.addresses)
        return written if self.version.dashes else _AUDIO.sub(_as_object, written)

    def el(self, name: str, attributes: dict[str, str], inside: str = "") -> str:
        """An element of QTI."""
        tag = self.version.tag(name)
        pairs = "".join(
            f" {self.version.attribute(key)}={quoteattr(value)}" for key, value in attributes.items()
        )
        return f"<{tag}{pairs}>{inside}</{tag}>" if inside else f"<{tag}{pairs}/>"

    def word(self, name: str) -> str:
        """A value of an enumeration of QTI: mixed letters in 2.x, small ones in 3."""
        return name.lower() if self.version.dashes else name

    def template(self, name: str) -> str:
        """The rules that mark by a template of the specification."""
        return self.el("responseProcessing", {"template": self.version.templates + name})

    def declaration(
        self,
        cardinality: str,
        base_type: str,
        right: list[str],
        mapped: Sequence[tuple[str, Fraction, dict[str, str]]] = (),
        bounds: dict[str, str] | None = None,
        *,
        own: str = "RESPONSE",
    ) -> str:
        """The declaration of the response."""
        values = "".join(f"{self.el('value', {}, escape(each))}" for each in right)
        inside = self.el("correctResponse", {}, values) if right else ""
        entries = "".join(
            self.el("mapEntry", {"mapKey": key, "mappedValue": decimal_of(share), **more})
            for key, share, more in mapped
        )
        if entries:
            inside += self.el("mapping", {"defaultValue": "0", **(bounds or {})}, entries)
        names = {"identifier": own, "cardinality": cardinality, "baseType": base_type}
        return self.el("responseDeclaration", names, inside)

    @property
    def content(self) -> Any:
        return self.question.content

    def outcome(self, identifier: str, most: int | None = None) -> str:
        """The declaration of a number of points."""
        names = {"identifier": identifier, "cardinality": "single", "baseType": "float"}
        return self.el("outcomeDeclaration", names | ({"normalMaximum": str(most)} if most else {}))

    def rules_of_numbers(self, rows: Sequence[tuple[Any, Fraction]], own: str, outcome: str) -> str:
        """Sets an outcome by the first range that the response lies in; `rows` with their points."""
        branches = [
            self.el(
                "responseElseIf" if number else "responseIf",
                {},
                self._within(row, own)
                + self.el("setOutcomeValue", {"identifier": outcome}, self._float(decimal_of(points))),
            )
            for number, (row, points) in enumerate(rows)
        ]
        return self.el("responseCondition", {}, "".join(branches))

    def _within(self, row: Any, own: str) -> str:
        ends = weighted.ends(row)
        answer = self.el("variable", {"identifier": own})
        compared = "".join(
            self.el(name, {}, answer + self._float(end))
            for name, end in zip(("gte", "lte"), ends, strict=True)
        )
        return self.el("and", {}, compared)

    def _float(self, text: str) -> str:
        return self.el("baseValue", {"baseType": "float"}, text)


def decimal_of(share: Fraction) -> str:
    """A number with at most ten decimals."""
    return f"{float(share):.10f}".rstrip("0").rstrip(".")


def _as_object(found: re.Match[str]) -> str:
    kind = _SOUNDS.get(found[1].rpartition(".")[2].lower(), "audio/mpeg")
    return f'<object data="{found[1]}" type="{kind}">Sound</object>'
