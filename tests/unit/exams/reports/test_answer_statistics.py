"""Who chose what: groups of 27 per cent with ties, point-biserial, blank answers, partial credit."""

import random

import numpy
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from exams.reports import answer_statistics as subject
from exams.reports.answer_statistics import Given, answers_of
from exams.reports.item_statistics import NO_REST, SAME_REST, Figure


def hundred() -> list[Given]:
    """A hundred candidates by rising rest: the weakest 50 take b, the next 25 c, the best 25 the right a."""
    chosen = ["b"] * 50 + ["c"] * 25 + ["a"] * 25
    return [Given([answer], float(answer == "a"), place / 100) for place, answer in enumerate(chosen)]


def test_counts_groups_and_earned_points() -> None:
    found = answers_of(hundred(), known=["a", "b", "c", "d"])
    a, b, c, d = found.listed
    assert [each.count for each in found.listed] == [25, 50, 25, 0]
    assert [each.share for each in found.listed] == [25, 50, 25, 0]
    assert [each.upper.value for each in found.listed] == pytest.approx([100 * 25 / 27, 0, 100 * 2 / 27, 0])
    assert [each.lower.value for each in found.listed] == pytest.approx([0, 100, 0, 0])
    assert (a.earned.value, b.earned.value, c.earned.value) == (100, 0, 0)
    assert d.earned == d.correlation == Figure(None, subject.NOBODY)
    assert (found.asked, found.others, found.blank.count) == (100, 0, 0)


def test_the_correlation_is_the_one_of_numpy() -> None:
    source = random.Random(7)
    rows = [Given([source.choice("abc")], 0.0, source.random()) for _ in range(80)]
    rest = [each.rest for each in rows]
    for figures in answers_of(rows, known=["a", "b", "c"]).listed:
        own = [float(figures.answer in each.answers) for each in rows]
        assert figures.correlation.value == pytest.approx(100 * numpy.corrcoef(own, rest)[0, 1])


def test_ties_at_the_border_share_the_places_left() -> None:
    """Ten candidates, groups of 2.7: one stands alone at the top, six are tied for the other 1.7 places."""
    rest = [0.9] + [0.5] * 6 + [0.1, 0.2, 0.3]
    rows = [Given(["a" if place in (0, 1, 2) else "b"], None, value) for place, value in enumerate(rest)]
    a = answers_of(rows, known=["a", "b"]).listed[0]
    assert a.upper.value == pytest.approx(100 * (1 + 2 * 1.7 / 6) / 2.7)
    assert a.lower.value == 0
    for order in ([*rows[::-1]], sorted(rows, key=lambda each: each.rest or 0)):
        assert answers_of(order, known=["a", "b"]).listed[0].upper.value == pytest.approx(a.upper.value)


def test_several_choices_of_one_candidate_count_each() -> None:
    rows = [Given(["a", "b"], 0.5, 0.4), Given(["a"], 1.0, 0.9), Given([], 0.0, 0.1)]
    found = answers_of(rows, known=["a", "b"])
    assert [each.count for each in found.listed] == [2, 1]
    assert [each.earned.value for each in found.listed] == [75, 50]
    assert (found.blank.count, found.blank.earned.value) == (1, 0)
    assert found.listed[0].upper == Figure(None, subject.TOO_FEW)


def test_most_frequent_answers_where_none_are_known() -> None:
    rows = [Given([text], None, 0.5) for text in ["Wien"] * 4 + ["Bern"] * 2 + ["Rom"] * 2 + ["Prag"]]
    found = answers_of([*rows, Given([], 0.0, 0.5)], most=3)
    assert [(each.answer, each.count) for each in found.listed] == [("Wien", 4), ("Bern", 2), ("Rom", 2)]
    assert (found.others, found.blank.count) == (1, 1)
    assert found.listed[0].earned == Figure(None, "Some of these answers are not marked yet.")
    assert found.listed[0].correlation == found.listed[0].upper == Figure(None, SAME_REST)


def test_what_cannot_be_said_has_a_reason() -> None:
    alone = answers_of([Given(["a"], 1.0, None)] * 12, known=["a"]).listed[0]
    assert alone.upper == alone.correlation == Figure(None, NO_REST)
    all_the_same = answers_of([Given(["a"], 1.0, n / 12) for n in range(12)], known=["a", "b"]).listed
    assert all_the_same[0].correlation == Figure(None, subject.EVERYBODY)
    assert all_the_same[1].correlation == Figure(None, subject.NOBODY)
    nobody = answers_of([], known=["a"])
    assert (nobody.asked, nobody.listed[0].share, nobody.listed[0].upper) == (0, 0.0, Figure(None, NO_REST))


answers = st.builds(
    Given,
    st.lists(st.sampled_from("abcd"), max_size=3),
    st.one_of(st.none(), st.floats(-1, 1)),
    st.one_of(st.none(), st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])),
)


@drawn(st.lists(answers, max_size=40))
def test_any_answers_give_shares_between_none_and_all(rows: list[Given]) -> None:
    found = answers_of(rows, known=["a", "b", "c", "d"])
    for figures in [*found.listed, found.blank]:
        for figure in (figures.upper, figures.lower):
            assert figure.value is None or -1e-9 <= figure.value <= 100 + 1e-9
        assert figures.correlation.value is None or -100 <= figures.correlation.value <= 100
        assert 0 <= figures.share <= 100
    if found.blank.upper.value is not None and all(len(set(each.answers)) <= 1 for each in rows):
        parts = [each.upper.value or 0 for each in [*found.listed, found.blank]]
        assert sum(parts) == pytest.approx(100)
