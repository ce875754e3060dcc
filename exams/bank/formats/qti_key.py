"""The key of a QTI item: what its response declaration and response processing call right."""

from collections.abc import Callable
from fractions import Fraction
from xml.etree.ElementTree import Element

from exams.bank.formats import weighted
from exams.bank.formats.base import Cannot, one_line, storable
from exams.bank.formats.qti_names import attribute, below, children, first
from exams.bank.formats.weighted import Taken
from exams.kinds.base import Content
from exams.kinds.multiple_choice.own_shares import LEAST_SUM

OWN_RULES = "the item's own rules of marking are replaced by its list of right answers"
_SIMPLE = frozenset(["match_correct", "map_response", "CC2_match_basic", "CC2_map_response"])


class Key:
    """The declaration of the response that an interaction fills, and how it is marked."""

    def __init__(self, root: Element, interaction: Element) -> None:
        """Raises Cannot when the item declares no such response."""
        own = self.own = attribute(interaction, "responseIdentifier")
        found = [
            each for each in children(root, "responseDeclaration") if attribute(each, "identifier") == own
        ]
        if len(found) != 1:
            raise Cannot(f"it declares no response “{own[:40]}”")
        self.declared = found[0]
        self.processing = first(root, "responseProcessing")
        self.cardinality = attribute(self.declared, "cardinality", "single")
        self.base_type = attribute(self.declared, "baseType")
        correct = first(self.declared, "correctResponse")
        values = [] if correct is None else list(below(correct, "value"))
        self.right = [one_line(storable(each.text or "")) for each in values]
        self.mapping = first(self.declared, "mapping")
        self.mapped = self._mapped()
        self.by_map = self.mapping is not None and self._uses_map()

    def _mapped(self) -> dict[str, Fraction]:
        if self.mapping is None:
            return {}
        return {
            one_line(storable(attribute(each, "mapKey"))): _share(attribute(each, "mappedValue", "0"))
            for each in below(self.mapping, "mapEntry")
        }

    @property
    def template(self) -> str:
        """The last part of the name of the rules, without ".xml"."""
        if self.processing is None:
            return ""
        address = attribute(self.processing, "template")
        return address.rstrip("/").rpartition("/")[2].removesuffix(".xml")

    def _uses_map(self) -> bool:
        if self.processing is None:
            return not self.right
        return self.template.endswith(("map_response", "map_response_point")) or (
            first(self.processing, "mapResponse") is not None
        )

    def odd_rules(self) -> list[str]:
        """What is lost when the item does not use one of the simple rules."""
        if self.processing is None or self.template in _SIMPLE:
            return []
        names = {"match", "mapResponse", "isNull"}
        known = any(first(self.processing, name) is not None for name in names)
        odd = first(self.processing, "lookupOutcomeValue", "customOperator", "stringMatch", "patternMatch")
        return [OWN_RULES] if odd is not None or not known else []

    @property
    def is_bounded(self) -> bool:
        """Whether a map never gives less than 0."""
        bound = self._bound("lowerBound")
        return bound is not None and bound >= 0

    def _bound(self, name: str) -> Fraction | None:
        bound = attribute(self.mapping, name) if self.mapping is not None else ""
        return _share(bound) if bound else None

    def share_of(self, identifier: str) -> Fraction:
        """The share of the points that choosing one option earns."""
        if not self.by_map:
            if identifier not in self.right:
                return Fraction(0)
            return Fraction(1, len(self.right)) if self.cardinality == "multiple" else Fraction(1)
        other = _share(attribute(self.mapping, "defaultValue", "0")) if self.mapping is not None else 0
        return weighted.near(self.mapped.get(identifier, Fraction(other)) / self._full())

    def _full(self) -> Fraction:
        """The points of a wholly right answer by the map."""
        plus = [value for value in self.mapped.values() if value > 0]
        if not plus:
            raise Cannot("no answer earns points")
        if self.cardinality != "multiple":
            return max(plus)
        together, most = Fraction(sum(plus)), self._bound("upperBound")
        largest = max(abs(value) for value in self.mapped.values())
        return most if most and largest <= most <= together / LEAST_SUM else together

    def accepted(self) -> list[tuple[str, Fraction]]:
        """The accepted texts with their shares."""
        if self.by_map:
            return [(text, weighted.near(value / self._full())) for text, value in self.mapped.items()]
        return [(text, Fraction(1)) for text in self.right]

    def case_sensitive(self) -> bool | None:
        """Whether capital letters count; None when that differs between the accepted texts."""
        if not self.by_map or self.mapping is None:
            return True
        told = {attribute(each, "caseSensitive", "true") for each in below(self.mapping, "mapEntry")}
        return told == {"true"} if len(told) == 1 else None

    def points(self) -> Fraction:
        """The points that the map gives for a wholly right answer; one without a map. Raises Cannot."""
        return self._full() if self.by_map else Fraction(1)

    def short_answer(self, lose: Callable[[str], None]) -> Taken:
        """The accepted texts. Raises Cannot."""
        case = self.case_sensitive()
        if case is None:
            lose("some accepted answers tell capital from small letters and some do not: none does here")
        accepted = [(one_line(text).replace("*", "\\*"), share) for text, share in self.accepted()]
        return weighted.take_short_answer(accepted, case_sensitive=bool(case))

    def numbers(self) -> tuple[list[Content], Fraction]:
        """The accepted numbers, from comparisons in the rules or from the list of right answers; and the
        points of a wholly right one. Raises Cannot."""
        rows = (
            []
            if self.processing is None
            else [
                row
                for branch in below(self.processing, "responseIf", "responseElseIf")
                if (row := self._number(branch)) is not None
            ]
        )
        points = Fraction(1)
        if not rows:
            rows = [weighted.around(text, "0", share) for text, share in self.accepted()]
            points = self.points()
        most = max((Fraction(row["share"]) for row in rows), default=Fraction(0))
        if most <= 0:
            raise Cannot("no number earns points")
        even = [row | {"share": str(weighted.near(Fraction(row["share"]) / most))} for row in rows]
        return even, most * points

    def _number(self, branch: Element) -> Content | None:
        points = _points(branch)
        if points is None or points <= 0:
            return None
        condition = branch[0]
        if self.own not in {attribute(each, "identifier") for each in condition.iter()}:
            return None
        equal = first(condition, "equal")
        low, high = _bound(condition, "gte"), _bound(condition, "lte")
        if low and high:
            return weighted.between(low, high, points)
        if equal is None:
            return None
        return self._equal(equal, points)

    def _equal(self, equal: Element, points: Fraction) -> Content:
        base = first(equal, "baseValue")
        value = (base.text or "") if base is not None else (self.right[0] if self.right else "")
        sizes = attribute(equal, "tolerance", "0").split() or ["0"]
        row = weighted.around(value, sizes[0], points)
        if attribute(equal, "toleranceMode", "exact") == "relative":
            part = weighted.number_text(weighted.decimal(sizes[0]) / 100)
            return row | {"tolerance": part, "relative": True}
        return row


def _bound(condition: Element, name: str) -> str:
    """The number that a comparison sets against the answer."""
    found = first(condition, name)
    base = first(found, "baseValue") if found is not None else None
    return (base.text or "").strip() if base is not None else ""


def _points(branch: Element) -> Fraction | None:
    """What a branch of the rules sets the score to."""
    for outcome in children(branch, "setOutcomeValue"):
        base = first(outcome, "baseValue")
        if attribute(outcome, "identifier").startswith(("SCORE", "MAXSCORE")) and base is not None:
            return _share(base.text or "0")
    return None


def _share(text: str) -> Fraction:
    return Fraction(weighted.decimal(text))
