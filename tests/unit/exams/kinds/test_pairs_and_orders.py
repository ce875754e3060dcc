"""Matching and ordering: parts of the points, what guessing earns, and orders that give nothing away."""

from fractions import Fraction
from itertools import permutations, product
from typing import Any

import pytest

from exams.kinds.matching.form import MatchingForm
from exams.kinds.ordering.form import OrderingForm
from exams.kinds.registry import KINDS
from proctor_site.kernel.errors import InvalidInput
from tests.factories.exams import CONTENT

F = Fraction
MATCHING, ORDERING = KINDS["matching"], KINDS["ordering"]
PAIRS, ORDER = CONTENT["matching"], CONTENT["ordering"]


@pytest.mark.parametrize(
    ("value", "partial", "all_or_nothing"),
    [
        ({"at": "v", "it": "r"}, 1, 1),
        ({"at": "v"}, F(1, 2), 0),
        ({"at": "v", "it": ""}, F(1, 2), 0),
        ({"at": "r", "it": "v"}, 0, 0),
        ({}, 0, 0),
        (None, 0, 0),
    ],
)
def test_pairs(value: Any, partial: Any, all_or_nothing: Any) -> None:
    for scoring, share in (("partial", partial), ("all_or_nothing", all_or_nothing)):
        content = {**PAIRS, "scoring": scoring}
        assert MATCHING.mark(content, MATCHING.validate_answer(content, value)) == share


@pytest.mark.parametrize("scoring", ["partial", "all_or_nothing"])
def test_guessing_pairs_is_the_average_over_every_answer(scoring: str) -> None:
    content = {**PAIRS, "scoring": scoring}
    marks = [MATCHING.mark(content, {"at": a, "it": b}) or F(0) for a, b in product("vrb", "vrb")]
    assert MATCHING.guess_share(content) == sum(marks, F(0)) / len(marks)


@pytest.mark.parametrize(
    "value", ["v", ["v"], {"at": "x"}, {"de": "v"}, {"at": ["v"]}, {"at": {"id": "v"}}, {"at": 1}, 7, True]
)
def test_what_is_no_matching_answer_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        MATCHING.validate_answer(PAIRS, value)
    assert refusal.value.field == "value"


@pytest.mark.parametrize(
    ("order", "nothing_else", "positions", "pairs"),
    [
        ("qck", 1, 1, 1),
        ("qkc", 0, F(1, 3), F(2, 3)),
        ("cqk", 0, F(1, 3), F(2, 3)),
        ("ckq", 0, 0, F(1, 3)),
        ("kcq", 0, F(1, 3), 0),
    ],
)
def test_orders(order: str, nothing_else: Any, positions: Any, pairs: Any) -> None:
    for scoring, share in (("all_or_nothing", nothing_else), ("positions", positions), ("pairs", pairs)):
        content = {**ORDER, "scoring": scoring}
        assert ORDERING.mark(content, ORDERING.validate_answer(content, list(order))) == share


@pytest.mark.parametrize("scoring", ["all_or_nothing", "positions", "pairs"])
def test_guessing_an_order_is_the_average_over_every_order(scoring: str) -> None:
    content = {**ORDER, "scoring": scoring}
    marks = [ORDERING.mark(content, list(order)) or F(0) for order in permutations("qck")]
    assert ORDERING.guess_share(content) == sum(marks, F(0)) / len(marks)


@pytest.mark.parametrize("value", ["qck", ["q"], ["q", "c", "c"], ["q", "c", "k", "k"], [1, 2, 3], {"q": 1}])
def test_an_order_holds_every_entry_once(value: Any) -> None:
    with pytest.raises(InvalidInput):
        ORDERING.validate_answer(ORDER, value)


@pytest.mark.parametrize("count", range(2, 9))
def test_undrawn_orders_are_never_as_written(count: int) -> None:
    for start in range(40):
        texts = [{"id": f"i{n}", "text": f"Step {start + n}"} for n in range(count)]
        content = ORDERING.validate_content({"entries": texts})
        shown = ORDERING.public_content(content, [])["entries"]
        assert shown != texts
        assert sorted(each["id"] for each in shown) == sorted(each["id"] for each in texts)


def test_a_drawn_order_is_the_one_shown() -> None:
    assert [each["id"] for each in ORDERING.public_content(ORDER, [2, 0, 1])["entries"]] == ["k", "q", "c"]
    assert [each["id"] for each in MATCHING.public_content(PAIRS, [2, 0, 1])["choices"]] == ["b", "v", "r"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"prompts": PAIRS["prompts"][:1]}, "prompts"),
        ({"prompts": [*PAIRS["prompts"], {"text": "Spain", "choice": "m"}]}, "prompts.3.choice"),
        ({"prompts": [*PAIRS["prompts"], {"text": "Spain"}]}, "prompts.3.choice"),
        ({"prompts": [*PAIRS["prompts"], {"text": "Italy", "choice": "v"}]}, "prompts.3.text"),
        ({"choices": [*PAIRS["choices"], {"id": "v", "text": "Madrid"}]}, "choices.4.id"),
        ({"choices": [*PAIRS["choices"], {"id": "a b", "text": "Madrid"}]}, "choices.4.id"),
        ({"choices": "vrb"}, "choices"),
        ({"scoring": ["partial"]}, "scoring"),
    ],
)
def test_wrong_pairs_name_the_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        MATCHING.validate_content({**PAIRS, **change})
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("form", "kind"), [(MatchingForm(), MATCHING), (OrderingForm(), ORDERING)], ids=["matching", "ordering"]
)
def test_forms_give_back_what_they_were_given(form: Any, kind: Any) -> None:
    clean = CONTENT[kind.name]
    shown = {name: field.initial for name, field in form.fields(clean).items()}
    assert kind.validate_content(form.read(shown, clean)) == clean
