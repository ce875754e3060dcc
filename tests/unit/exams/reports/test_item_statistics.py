"""Statistics of questions and exams: a published example, numpy's opinion, data that carry nothing."""

import json
import math
import random
from dataclasses import asdict
from itertools import pairwise

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.reports import item_statistics as subject
from exams.reports import moments
from exams.reports.item_statistics import Marks, Statistics, statistics_of
from tests.unit.exams.reports import published_example as example


def columns(rows: list[list[int | None]], possible: list[int]) -> list[Marks]:
    """One `Marks` per question from a table of attempts, everybody having every question."""
    everybody = range(len(rows))
    return [
        Marks(everybody, [row[place] for row in rows], [most] * len(rows))
        for place, most in enumerate(possible)
    ]


def of(rows: list[list[int | None]], possible: list[int]) -> Statistics:
    return statistics_of(columns(rows, possible), len(rows))


def published() -> Statistics:
    by_slot = {slot: place for place, slot in enumerate(example.ORDER)}
    rows: list[list[int | None]] = [
        [round(100 * row[by_slot[slot]]) for slot in example.SLOTS] for row in example.MARKS
    ]
    assert [sum(each or 0 for each in row) for row in rows] == [round(100 * each) for each in example.TOTALS]
    return of(rows, [800] + [100] * 12)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("facility", example.FACILITY),
        ("effective_weight", example.EFFECTIVE_WEIGHT),
        ("discrimination", example.DISCRIMINATION),
        ("efficiency", example.EFFICIENCY),
    ],
)
def test_figures_of_the_published_example(name: str, expected: tuple[float, ...]) -> None:
    found = [getattr(each, name).value for each in published().questions]
    assert found == pytest.approx(expected, abs=1e-6)


def test_deviations_of_the_published_example_in_points() -> None:
    worth = [8] + [1] * 12
    found = [
        (each.deviation.value or 0) / 100 * most
        for each, most in zip(published().questions, worth, strict=True)
    ]
    assert found == pytest.approx(example.DEVIATION_IN_POINTS, abs=1e-9)


def test_weights_add_up_and_intended_ones_follow_the_points() -> None:
    found = published().questions
    assert found[0].intended_weight.value == pytest.approx(40)
    assert [each.intended_weight.value for each in found[1:]] == pytest.approx([5] * 12)
    assert sum(each.effective_weight.value or 0 for each in found) == pytest.approx(100)


def test_shape_of_a_published_distribution() -> None:
    """Stan Brown, "Measures of Shape": heights of 100 students in classes; G1 -0.1098, G2 -0.2091."""
    heights = [61.0] * 5 + [64.0] * 18 + [67.0] * 42 + [70.0] * 27 + [73.0] * 8
    assert moments.mean(heights) == pytest.approx(67.45)
    assert moments.skewness(heights) == pytest.approx(-0.1098, abs=5e-5)
    assert moments.kurtosis(heights) == pytest.approx(-0.2091, abs=5e-4)


def alpha_by_numpy(table: "numpy.ndarray") -> float:
    count = table.shape[1]
    parts = table.var(axis=0, ddof=1).sum()
    return count / (count - 1) * (1 - parts / table.sum(axis=1).var(ddof=1))


@pytest.mark.parametrize("seed", range(5))
def test_numpy_finds_the_same(seed: int) -> None:
    source = random.Random(seed)
    possible = [source.choice([100, 250, 400]) for _ in range(7)]
    rows: list[list[int | None]] = []
    for _ in range(source.randint(5, 60)):
        skill = source.random()
        rows.append(
            [round(most * (source.random() < skill) - most * source.choice([0, 0.25])) for most in possible]
        )
    found = of(rows, possible)
    table = numpy.array(rows, dtype=float)
    totals = table.sum(axis=1)
    for place, figures in enumerate(found.questions):
        own, rest = table[:, place], totals - table[:, place]
        assert figures.facility.value == pytest.approx(100 * own.mean() / possible[place])
        assert figures.deviation.value == pytest.approx(100 * own.std(ddof=1) / possible[place])
        assert figures.discrimination.value == pytest.approx(100 * numpy.corrcoef(own, rest)[0, 1], abs=1e-9)
        best = numpy.cov(numpy.sort(own), numpy.sort(rest))[0, 1]
        assert figures.efficiency.value == pytest.approx(100 * numpy.cov(own, rest)[0, 1] / best, abs=1e-9)
    whole = found.exam
    results = 100 * totals / sum(possible)
    alpha = alpha_by_numpy(table)
    assert whole.results == pytest.approx(results.tolist())
    assert whole.mean.value == pytest.approx(results.mean())
    assert whole.median.value == pytest.approx(float(numpy.median(results)))
    assert whole.deviation.value == pytest.approx(results.std(ddof=1))
    assert whole.consistency.value == pytest.approx(100 * alpha, abs=1e-9)
    assert whole.error_ratio.value == pytest.approx(100 * math.sqrt(1 - alpha))
    assert whole.standard_error.value == pytest.approx(results.std(ddof=1) * math.sqrt(1 - alpha))


def test_an_exam_nobody_took() -> None:
    found = of([], [100, 100])
    assert found.questions[0].facility == subject.Figure(None, subject.NO_ATTEMPT)
    assert found.exam.mean == subject.Figure(None, subject.NO_ATTEMPT)
    assert found.exam.consistency.value is None
    assert statistics_of([], 0).questions == []


def test_one_attempt_has_a_facility_and_a_mean_but_no_spread() -> None:
    found = of([[100, 0]], [100, 100])
    assert found.questions[0].facility.value == 100
    assert found.questions[0].deviation == subject.Figure(None, subject.ONE_ATTEMPT)
    assert found.questions[0].discrimination == subject.Figure(None, subject.ONE_ATTEMPT)
    assert found.questions[0].effective_weight == subject.Figure(None, subject.ONE_ATTEMPT)
    assert (found.exam.mean.value, found.exam.median.value) == (50, 50)
    assert found.exam.deviation.reason == subject.ONE_ATTEMPT
    assert found.exam.standard_error.reason == subject.ONE_ATTEMPT


def test_equal_attempts_do_not_tell_anybody_apart() -> None:
    found = of([[30, 70]] * 6, [100, 300])
    assert found.exam.deviation.value == 0
    for name in ("skewness", "kurtosis", "consistency", "error_ratio", "standard_error"):
        assert getattr(found.exam, name) == subject.Figure(None, subject.SAME_RESULTS)
    assert found.questions[0].discrimination.reason == subject.SAME_POINTS
    assert found.questions[0].effective_weight.reason == subject.SAME_RESULTS


def test_a_question_that_everybody_got_right_says_nothing_about_them() -> None:
    found = of([[100, 100], [100, 0], [100, 50]], [100, 100]).questions
    assert found[0].discrimination == found[0].efficiency == subject.Figure(None, subject.SAME_POINTS)
    assert found[0].effective_weight.value == 0
    assert found[1].discrimination == subject.Figure(None, subject.SAME_REST)
    assert found[1].effective_weight.value == 100


def test_an_only_question_has_nothing_to_be_compared_with() -> None:
    found = of([[100], [0], [50]], [100])
    assert found.questions[0].discrimination == subject.Figure(None, subject.NO_REST)
    assert found.questions[0].facility.value == pytest.approx(50)
    assert found.exam.consistency.reason == "There are fewer than two marked questions."


def test_a_question_with_one_missing_mark_is_left_out_of_everything() -> None:
    marked = [[100, 0, 100], [0, 100, 0], [100, 100, 50], [0, 0, 0]]
    missing: list[list[int | None]] = [[*row, 80] for row in marked]
    missing[2][3] = None
    found = of(missing, [100, 100, 100, 400])
    assert found.questions[3].facility == subject.Figure(None, subject.NOT_MARKED)
    assert found.questions[3].unmarked == 1
    assert found.questions[3].intended_weight.value == pytest.approx(400 / 7)
    assert found.questions[0].effective_weight == subject.Figure(None, subject.LEFT_OUT)
    without = of(marked, [100, 100, 100])  # type: ignore[arg-type]
    assert found.exam.left_out == [3]
    assert found.exam.results == without.exam.results
    assert found.exam.consistency == without.exam.consistency
    assert found.questions[0].discrimination == without.questions[0].discrimination


def test_drawn_questions_are_counted_for_those_who_had_them() -> None:
    everybody = range(4)
    first = Marks(everybody, [100, 0, 100, 0], [100] * 4)
    drawn = Marks([0, 1], [100, 0], [100, 100])
    other = Marks([2, 3], [50, 50], [100, 100])
    found = statistics_of([first, drawn, other], 4)
    assert found.questions[1].attempts == 2
    assert found.questions[1].facility.value == 50
    assert found.questions[1].discrimination.value == pytest.approx(100)
    assert found.questions[2].discrimination.reason == subject.SAME_POINTS
    assert found.questions[0].intended_weight.value == 50
    assert found.exam.consistency == subject.Figure(None, subject.DIFFERENT_PAPERS)
    assert found.questions[0].effective_weight == subject.Figure(None, subject.DIFFERENT_PAPERS)
    assert found.exam.results == [100, 0, 75, 25]


def test_papers_worth_different_points_are_compared_by_shares() -> None:
    """The second half sat a paper worth ten times the points: the same answers give the same figures."""
    once = [[100, 0, 100], [0, 100, 0], [100, 100, 50], [0, 0, 0], [50, 100, 100]]
    plain = of([*once, *once], [100, 100, 100])  # type: ignore[list-item]
    mixed = statistics_of(
        [
            Marks(
                range(10),
                [row[place] for row in once] + [10 * row[place] for row in once],
                [100] * 5 + [1000] * 5,
            )
            for place in range(3)
        ],
        10,
    )
    for one, other in zip(plain.questions, mixed.questions, strict=True):
        assert other.facility == one.facility
        assert other.discrimination.value == pytest.approx(one.discrimination.value)
        assert other.intended_weight == one.intended_weight
        assert other.effective_weight.reason == subject.DIFFERENT_PAPERS
    assert mixed.exam.mean == plain.exam.mean
    assert mixed.exam.consistency.value is None


def test_questions_without_points_count_for_nothing() -> None:
    rows = [[100, 0, 0], [0, 100, 0], [100, 100, 0], [100, 50, 0]]
    found = of(rows, [100, 100, 0])  # type: ignore[arg-type]
    assert found.questions[2].facility == subject.Figure(None, subject.NO_POINTS)
    assert found.questions[2].effective_weight == subject.Figure(None, subject.NO_POINTS)
    without = of([row[:2] for row in rows], [100, 100])
    assert found.exam.consistency == without.exam.consistency
    assert found.exam.questions == 2


def test_negative_marks_stay_negative() -> None:
    found = of([[-100, 0], [-100, 100], [100, 100], [-50, 0]], [100, 100])
    assert found.questions[0].facility.value == pytest.approx(-37.5)
    assert min(found.exam.results) == -50


def test_a_question_that_the_weak_get_right_has_no_weight() -> None:
    rows = [[0, 100, 100, 100], [0, 100, 100, 50], [100, 0, 0, 50], [100, 0, 0, 0], [0, 100, 50, 50]]
    found = of(rows, [100] * 4).questions[0]  # type: ignore[arg-type]
    assert found.effective_weight == subject.Figure(None, subject.NEGATIVE)
    assert (found.discrimination.value or 0) < -90


def test_a_consistency_below_zero_is_said_as_it_is() -> None:
    found = of([[100, 0], [0, 100], [100, 20], [0, 100]], [100, 100]).exam
    assert found.consistency.value is not None and found.consistency.value < 0
    assert found.error_ratio.value is not None and found.error_ratio.value > 100


cells = st.one_of(st.none(), st.integers(-100, 100))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_table_gives_numbers_or_reasons_and_never_nonsense(data: st.DataObject) -> None:
    count, attempts = data.draw(st.integers(0, 4)), data.draw(st.integers(0, 7))
    questions = []
    for _ in range(count):
        had = sorted(data.draw(st.sets(st.sampled_from(range(attempts))))) if attempts else []
        worth = [data.draw(st.sampled_from([0, 100, 300])) for _ in had]
        points = [data.draw(cells) if most else 0 for most in worth]
        questions.append(Marks(had, points, worth, data.draw(st.one_of(st.none(), st.floats(0, 1)))))
    found = statistics_of(questions, attempts)
    json.dumps(asdict(found), allow_nan=False)
    for figures in [found.exam, *found.questions]:
        for name in figures.__slots__:
            figure = getattr(figures, name)
            if isinstance(figure, subject.Figure):
                assert (figure.value is None) == bool(figure.reason)
    for each in found.questions:
        assert each.discrimination.value is None or -100 <= each.discrimination.value <= 100
        assert each.efficiency.value is None or each.efficiency.value <= 100 + 1e-6


def test_the_order_of_attempts_does_not_matter() -> None:
    rows = [[(7 * a * a + 3 * q * a) % 5 * 25 for q in range(6)] for a in range(40)]
    one, other = of(rows, [100] * 6), of(rows[::-1], [100] * 6)  # type: ignore[arg-type]
    for first, second in zip(one.questions, other.questions, strict=True):
        assert first.discrimination.value == pytest.approx(second.discrimination.value)
    assert all(a <= b for a, b in pairwise(sorted(one.exam.results)))
    assert one.exam.consistency == other.exam.consistency
