"""Figures in words by their bands, and where bars and dots are drawn."""

import pytest

from exams.reports import drawings, readings
from exams.reports.answer_statistics import AnswerFigures, Fifth, fifths_of
from exams.reports.item_statistics import Figure, QuestionFigures
from exams.reports.readings import Tone

_NONE = Figure(None, "There are fewer than two attempts.")


def question(
    facility: Figure = _NONE,
    discrimination: Figure = _NONE,
    guess: float = 0,
    weights: tuple[float, float] = (5, 5),
) -> QuestionFigures:
    weight = [Figure(each) for each in weights]
    return QuestionFigures(
        40, 0, facility, _NONE, Figure(guess), weight[0], weight[1], discrimination, discrimination
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (97.0, "extremely easy"),
        (94.6, "extremely easy"),
        (50.0, "about right"),
        (34.4, "rather hard"),
        (12.0, "hard"),
        (-3.0, "extremely hard, or something is wrong with it"),
    ],
)
def test_how_hard_a_question_was(value: float, words: str) -> None:
    assert readings.facility(question(Figure(value))).words == words


def test_a_question_no_better_than_guessing_is_a_problem() -> None:
    found = readings.facility(question(Figure(30.0), guess=33.3))
    assert found.words == "rather hard; no better than blind guessing"
    assert found.tone is Tone.PROBLEM


def test_discrimination_below_zero_points_to_the_key() -> None:
    assert readings.discrimination(question(discrimination=Figure(-5.0))).tone is Tone.PROBLEM
    assert "key" in readings.discrimination(question(discrimination=Figure(-5.0))).words
    assert readings.discrimination(question(discrimination=Figure(0.0))).tone is Tone.WATCH
    assert readings.discrimination(question(discrimination=Figure(31.0))).tone is Tone.GOOD


def test_without_a_figure_the_reason_is_read() -> None:
    assert readings.facility(question()).words == _NONE.reason
    assert readings.discrimination(question()).words == _NONE.reason


@pytest.mark.parametrize(("effective", "part"), [(2.0, "much less"), (11.0, "much more"), (6.0, "about")])
def test_weights_are_compared(effective: float, part: str) -> None:
    assert part in readings.weight(question(weights=(5, effective))).words


def answer(count: int, correlation: float | None) -> AnswerFigures:
    figure = Figure(correlation, "" if correlation is not None else "Nobody gave this answer.")
    return AnswerFigures("a", count, 10.0, _NONE, _NONE, figure, _NONE)


def test_options_are_judged_by_who_chose_them() -> None:
    assert readings.of_answer(answer(5, -20), is_right=True).tone is Tone.PROBLEM
    assert readings.of_answer(answer(5, 30), is_right=False).tone is Tone.PROBLEM
    assert readings.of_answer(answer(5, 30), is_right=True).tone is Tone.GOOD
    assert readings.of_answer(answer(0, None), is_right=False).tone is Tone.WATCH
    assert readings.of_answer(answer(5, 30), is_right=None).words == ""


def test_the_histogram_counts_every_result_once() -> None:
    found = drawings.histogram([-5, 0, 9.99, 10, 55, 99, 100], pass_mark=50)
    assert [bar.value for bar in found.bars] == ["3", "1", "0", "0", "0", "1", "0", "0", "0", "2"]
    assert found.bars[0].height == found.floor - found.top
    assert found.bars[2].height == 0
    assert found.left < (found.line_x or 0) < found.right
    assert drawings.histogram([], pass_mark=50).bars[0].height == 0


@pytest.mark.parametrize(
    ("most", "labels"), [(3, "0 1 2 3"), (47, "0 10 20 30 40"), (4321, "0 1,000 2,000 3,000 4,000")]
)
def test_ticks_are_round_numbers(most: int, labels: str) -> None:
    found = drawings.histogram([50.0] * most, pass_mark=50)
    assert " ".join(tick.label for tick in found.ticks) == labels


def test_dots_stay_inside_the_plot() -> None:
    found = drawings.scatter([(1, "Easy", 100, 100), (2, "Odd", -20, -90), (3, "Middle", 50, 0)])
    assert all(found.left <= dot.x <= found.right and found.top <= dot.y <= found.floor for dot in found.dots)
    assert found.dots[2].y == found.zero_y
    assert found.dots[0].x == found.right and found.dots[1].x == found.left


def test_fifths_rise_with_skill_and_keep_ties_together() -> None:
    pairs: list[tuple[float | None, float | None]] = [(n / 20, float(n >= 10)) for n in range(20)]
    assert fifths_of(pairs) == [Fifth(4, 0), Fifth(4, 0), Fifth(4, 50), Fifth(4, 100), Fifth(4, 100)]
    tied = fifths_of([(0.5, 1.0)] * 12)
    assert [each.count for each in tied] == [0, 0, 12, 0, 0]
    assert tied[0].share is None
    assert fifths_of(pairs[:9]) == []
    assert [bar.value for bar in drawings.fifths(tied).bars] == ["none", "none", "100 %", "none", "none"]
