"""Certainty-based marking: the published table, partial and negative shares, blank answers, guessing."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from exams.kinds import certainty
from exams.kinds.registry import KINDS
from proctor_site.kernel.errors import InvalidInput
from tests.factories.exams import CONTENT

F = Fraction


@pytest.mark.parametrize(
    ("share", "level", "of_unit"),
    [
        # Moodle's own cases for `question_cbm::adjust_fraction`.
        (1, 1, 1),
        (1, 2, 2),
        (1, 3, 3),
        (0, 1, 0),
        (0, 2, -2),
        (0, 3, -6),
        (F(1, 2), 1, F(1, 2)),
        (F(1, 2), 2, 1),
        (F(1, 2), 3, F(3, 2)),
        (F(-1, 4), 1, 0),
        (F(-1, 4), 2, -2),
        (F(-1, 4), 3, -6),
        (1, None, 1),
        (0, None, 0),
    ],
    ids=str,
)
def test_the_published_table(share: Any, level: int | None, of_unit: Any) -> None:
    assert certainty.share_of_most(F(share), level) * certainty.FACTOR == of_unit


def test_levels_say_what_is_marked() -> None:
    levels = certainty.levels_for(Decimal("4.50"))
    assert [(each.number, each.right, each.wrong) for each in levels] == [
        (1, Decimal("1.50"), 0),
        (2, Decimal("3.00"), Decimal("3.00")),
        (3, Decimal("4.50"), Decimal("9.00")),
    ]
    for each in levels:
        assert certainty.share_of_most(F(1), each.number) * F(9, 2) == F(each.right)
        assert certainty.share_of_most(F(0), each.number) * F(9, 2) == -F(each.wrong)


@pytest.mark.parametrize(("low", "high", "even"), [(1, 2, F(2, 3)), (2, 3, F(4, 5))], ids=["67", "80"])
def test_neighbouring_levels_are_worth_the_same_at_the_probabilities_named(
    low: int, high: int, even: Fraction
) -> None:
    def expected(level: int, chance: Fraction) -> Fraction:
        right, wrong = (certainty.share_of_most(F(share), level) for share in (1, 0))
        return chance * right + (1 - chance) * wrong

    assert expected(low, even) == expected(high, even)
    assert expected(low, even - F(1, 100)) > expected(high, even - F(1, 100))
    assert expected(low, even + F(1, 100)) < expected(high, even + F(1, 100))


@pytest.mark.parametrize("level", [1, 2, 3, None])
@pytest.mark.parametrize("value", [None, []], ids=["none", "empty"])
def test_blank_answers_lose_nothing(value: Any, level: int | None) -> None:
    assert certainty.mark(KINDS["multiple_choice"], CONTENT["multiple_choice"], value, level) == 0


def test_what_a_person_marks_stays_theirs() -> None:
    assert certainty.mark(KINDS["essay"], CONTENT["essay"], "Text.", 3) is None
    by_person = {name for name, kind in KINDS.items() if kind.marked_by_person}
    assert by_person == {
        name for name, content in CONTENT.items() if KINDS[name].right_value(content) is None
    }


@pytest.mark.parametrize("kind", ["single_choice", "true_false"])
def test_certainty_takes_the_place_of_penalties(kind: str) -> None:
    content = KINDS[kind].validate_content({**CONTENT[kind], "penalty": "1/2"})
    wrong = "b" if kind == "single_choice" else False
    assert certainty.mark(KINDS[kind], content, wrong, 1) == 0
    assert certainty.mark(KINDS[kind], content, wrong, 3) == -2
    shown = KINDS[kind].public_content(KINDS[kind].without_penalties(content), [])
    assert "penalty_percent" not in shown
    plain = KINDS[kind].guess_share(CONTENT[kind])
    assert certainty.guess_share(KINDS[kind], content) == plain / 3


def test_without_penalties_only_what_is_below_nothing_changes() -> None:
    kind = KINDS["multiple_choice"]
    options = [{"id": f"o{n}", "text": f"Option {n}", "correct": n < 2} for n in range(5)]
    content = kind.validate_content({"options": options, "scoring": "negative"})
    for chosen in (["o0"], ["o0", "o2"], ["o2", "o3"], ["o0", "o1"]):
        was = kind.mark(content, chosen)
        assert was is not None
        assert kind.mark(kind.without_penalties(content), chosen) == max(was, F(0))


@pytest.mark.parametrize("given", [0, 4, -1, 1.0, "2", True, [], {}], ids=repr)
def test_no_level_is_refused(given: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        certainty.clean_level(given)
    assert refusal.value.field == "certainty"


def test_levels_in_words() -> None:
    assert certainty.in_words(3) == "C=3, very sure"
    assert certainty.in_words(None) == "not stated: counts as C=1, not very sure"
