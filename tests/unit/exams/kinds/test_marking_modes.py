"""Marking modes of choices: partial and negative marks, penalties, and what blind guessing is worth."""

from fractions import Fraction
from itertools import chain, combinations
from typing import Any

import pytest

from exams.kinds.registry import KINDS
from exams.kinds.shares import percent_text, share_of_percent, share_text
from proctor_site.kernel.errors import InvalidInput
from tests.factories.exams import CONTENT

F = Fraction


def multiple(scoring: str, right: int, wrong: int) -> dict[str, Any]:
    options = [
        {"id": f"o{place}", "text": f"Option {place}", "correct": place < right}
        for place in range(right + wrong)
    ]
    return KINDS["multiple_choice"].validate_content({"options": options, "scoring": scoring})


@pytest.mark.parametrize(
    ("chosen", "nothing_else", "partial", "negative"),
    [
        (["o0", "o1"], 1, 1, 1),
        (["o0"], 0, F(1, 2), F(1, 2)),
        (["o0", "o2"], 0, F(1, 6), F(1, 6)),
        (["o0", "o2", "o3"], 0, 0, F(-1, 6)),
        (["o0", "o1", "o2", "o3", "o4"], 0, 0, 0),
        (["o2", "o3", "o4"], 0, 0, -1),
        ([], 0, 0, 0),
    ],
)
def test_two_right_of_five(chosen: list[str], nothing_else: Any, partial: Any, negative: Any) -> None:
    kind = KINDS["multiple_choice"]
    for scoring, share in (("all_or_nothing", nothing_else), ("partial", partial), ("negative", negative)):
        content = multiple(scoring, 2, 3)
        assert kind.mark(content, kind.validate_answer(content, chosen)) == share, scoring


@pytest.mark.parametrize("scoring", ["all_or_nothing", "partial", "negative"])
@pytest.mark.parametrize(("right", "wrong"), [(1, 1), (2, 3), (3, 1), (4, 0)])
def test_guessing_is_the_average_over_every_choice(scoring: str, right: int, wrong: int) -> None:
    kind, content = KINDS["multiple_choice"], multiple(scoring, right, wrong)
    ids = [option["id"] for option in content["options"]]
    every = list(chain.from_iterable(combinations(ids, size) for size in range(1, len(ids) + 1)))
    average = sum((kind.mark(content, list(chosen)) or F(0) for chosen in every), F(0)) / len(every)
    assert kind.guess_share(content) == average


def test_a_penalty_costs_points_and_makes_guessing_worth_nothing() -> None:
    kind = KINDS["single_choice"]
    content = kind.validate_content({**CONTENT["single_choice"], "penalty": 0.5})
    assert [kind.mark(content, value) for value in ("a", "b", None)] == [1, F(-1, 2), 0]
    assert kind.guess_share(content) == 0
    assert kind.guess_share(CONTENT["single_choice"]) == F(1, 3)
    assert kind.public_content(content, [])["penalty_percent"] == "50"
    truth = KINDS["true_false"].validate_content({"correct": False, "penalty": "1"})
    assert [KINDS["true_false"].mark(truth, value) for value in (False, True, None)] == [1, -1, 0]
    assert KINDS["true_false"].guess_share(truth) == 0


@pytest.mark.parametrize("kind", ["single_choice", "multiple_choice", "true_false"])
def test_stored_questions_without_the_new_names_are_as_before(kind: str) -> None:
    assert KINDS[kind].validate_content(CONTENT[kind]) == CONTENT[kind]
    assert "penalty" not in KINDS[kind].validate_content(CONTENT[kind])


@pytest.mark.parametrize("penalty", [-0.1, 1.01, "1/0", "x", True, None, [], "1e3", "9" * 400])
def test_a_wrong_penalty_is_refused(penalty: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        KINDS["true_false"].validate_content({"correct": True, "penalty": penalty})
    assert refusal.value.field == "penalty"


@pytest.mark.parametrize(
    ("written", "share"),
    [("0.33333", "1/3"), (0.3333333, "1/3"), ("66.66667e", None), ("0,5", "1/2"), ("1/3", "1/3"), (1, "1")]
    + [("0.16666", "1/6"), ("0.123456", "1929/15625"), ("-0", "0"), ("1929/15625", "1929/15625")],
)
def test_shares_are_exact(written: Any, share: str | None) -> None:
    if share is None:
        with pytest.raises(InvalidInput):
            share_text(written, "share", "The share")
        return
    assert share_text(written, "share", "The share") == share
    assert share_text(share, "share", "The share") == share


@pytest.mark.parametrize(
    ("percent", "share"), [("50", "1/2"), ("33.33 %", "1/3"), ("33,33333", "1/3"), ("12.5", "1/8")]
)
def test_percentages_are_read_and_shown(percent: str, share: str) -> None:
    assert share_of_percent(percent, "share", "The share") == share
    assert share_of_percent(percent_text(share), "share", "The share") == share
