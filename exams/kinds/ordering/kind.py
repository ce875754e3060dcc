"""Ordering: all entries are put into the right order."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import Any

from exams.kinds import entries, shapes
from exams.kinds.base import Content, QuestionKind
from proctor_site.kernel.errors import InvalidInput

MOST_ENTRIES = 20
ALL_OR_NOTHING = "all_or_nothing"
POSITIONS = "positions"
PAIRS = "pairs"
SCORING = {
    ALL_OR_NOTHING: "All or nothing",
    POSITIONS: "By place: how many entries stand exactly in their place",
    PAIRS: "By pairs: of how many pairs the earlier entry stands before the later one",
}


class Ordering(QuestionKind):
    """Entries to put in order.

    content: `{"entries": [{"id": "k3f", "text": "1914"}, ...], "scoring": "pairs"}`, 2 to 20 entries in the
    right order. public: `{"entries": [{"id", "text"}, ...]}` in the order drawn, without one in an order that
    the key does not decide. value: all ids in the order chosen, such as `["9d2", "k3f"]`; the order shown
    first is no answer until the candidate says so.

    The ways of marking are those of Moodle's ordering questions (`qtype_ordering`): all or nothing, absolute
    position, and relative to all previous and next, which is the share of pairs in the right order.
    """

    name = "ordering"
    label = "Ordering"
    form = "exams.kinds.ordering.form.OrderingForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["entries", "scoring"])
        return {
            "entries": entries.read(given.get("entries"), "entries", "Entry", least=2, most=MOST_ENTRIES),
            "scoring": shapes.one_of(given.get("scoring", ALL_OR_NOTHING), SCORING, "scoring", "Scoring"),
        }

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {"entries": entries.shown(content["entries"], option_order)}

    def option_count(self, content: Content) -> int:
        return len(content["entries"])

    def clean_value(self, content: Content, value: object) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise InvalidInput("The answer must be a list of entries.", field="value")
        if sorted(value) != sorted(self.right_value(content)):
            raise InvalidInput("The answer must hold every entry of this question once.", field="value")
        return list(value)

    def share(self, content: Content, value: Any) -> Fraction:
        right = self.right_value(content)
        if content["scoring"] == ALL_OR_NOTHING:
            return Fraction(value == right)
        if content["scoring"] == POSITIONS:
            return Fraction(sum(map(str.__eq__, value, right)), len(right))
        place = {own_id: number for number, own_id in enumerate(right)}
        pairs = [place[first] < place[second] for first, second in combinations(value, 2)]
        return Fraction(sum(pairs), len(pairs))

    def right_value(self, content: Content) -> list[str]:
        return [entry["id"] for entry in content["entries"]]

    def guess_share(self, content: Content) -> Fraction:
        """Every order is equally likely: one entry in its place on average, half of the pairs."""
        count = len(content["entries"])
        by_way = {ALL_OR_NOTHING: factorial(count), POSITIONS: count, PAIRS: 2}
        return Fraction(1, by_way[content["scoring"]])

    def describe_key(self, content: Content) -> str:
        return self.describe_value(content, self.right_value(content))

    def describe_value(self, content: Content, value: Any) -> str:
        texts = entries.texts_by_id(content["entries"])
        return "; ".join(f"{number}. {texts[own_id]}" for number, own_id in enumerate(value, start=1))
