"""What a figure means in plain words (pure).

The bands are those of Moodle's documentation, "Quiz report statistics"; the words are ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from exams.reports.answer_statistics import AnswerFigures
from exams.reports.item_statistics import ExamFigures, Figure, QuestionFigures

FEW_ATTEMPTS = 30
"""Below that, figures change a lot with each further candidate."""


class Tone(StrEnum):
    """How urgent a reading is; the words say it too."""

    PLAIN = "neutral"
    GOOD = "success"
    WATCH = "warning"
    PROBLEM = "danger"


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure in words."""

    words: str
    tone: Tone = Tone.PLAIN


_Band = tuple[float, str, Tone]
_FACILITY: tuple[_Band, ...] = (
    (95, "extremely easy", Tone.WATCH),
    (90, "very easy", Tone.PLAIN),
    (81, "easy", Tone.PLAIN),
    (65, "fairly easy", Tone.PLAIN),
    (35, "about right", Tone.GOOD),
    (21, "rather hard", Tone.PLAIN),
    (11, "hard", Tone.PLAIN),
    (6, "very hard", Tone.WATCH),
    (float("-inf"), "extremely hard, or something is wrong with it", Tone.PROBLEM),
)
_DISCRIMINATION: tuple[_Band, ...] = (
    (50, "tells strong from weak candidates very well", Tone.GOOD),
    (30, "tells strong from weak candidates well enough", Tone.GOOD),
    (20, "hardly tells strong from weak candidates", Tone.WATCH),
    (0, "does not tell strong from weak candidates", Tone.WATCH),
    (float("-inf"), "weak candidates do better: check the key", Tone.PROBLEM),
)
_CONSISTENCY: tuple[_Band, ...] = (
    (75, "the questions fit together", Tone.GOOD),
    (64, "the questions fit together moderately", Tone.WATCH),
    (float("-inf"), "the questions measure different things, or too few do", Tone.PROBLEM),
)


def _banded(figure: Figure, bands: Sequence[_Band], places: int = 0) -> Reading:
    if figure.value is None:
        return Reading(figure.reason)
    shown = round(figure.value, places)
    words, tone = next((words, tone) for least, words, tone in bands if shown >= least)
    return Reading(words, tone)


def facility(figures: QuestionFigures) -> Reading:
    """How hard the question was, and whether guessing would have done as well."""
    found, guess = _banded(figures.facility, _FACILITY), figures.guess.value
    if figures.facility.value is not None and guess and figures.facility.value <= guess:
        return Reading(f"{found.words}; no better than blind guessing", Tone.PROBLEM)
    return found


def discrimination(figures: QuestionFigures) -> Reading:
    """Whether those who do well in the rest of the exam do well on it."""
    return _banded(figures.discrimination, _DISCRIMINATION)


def efficiency(figures: QuestionFigures) -> Reading:
    """How much of the discrimination that these marks allow was reached."""
    bands = ((50, "good", Tone.GOOD), (0, "low", Tone.WATCH), (float("-inf"), "negative", Tone.PROBLEM))
    return _banded(figures.efficiency, bands)


def weight(figures: QuestionFigures) -> Reading:
    """Whether the question counts for as much as its points say."""
    intended, effective = figures.intended_weight.value, figures.effective_weight.value
    if intended is None or effective is None:
        return Reading(figures.effective_weight.reason or figures.intended_weight.reason)
    if effective < intended / 2:
        return Reading("counts for much less than its points", Tone.WATCH)
    if effective > intended * 2:
        return Reading("counts for much more than its points", Tone.WATCH)
    return Reading("counts for about what its points say", Tone.GOOD)


def exam_readings(figures: ExamFigures) -> dict[str, Reading]:
    """The readings of all figures of the exam by their names."""
    return {
        "mean": _between(figures.mean, 50, 75, "rather low", "as it should be", "rather high"),
        "median": Reading(figures.median.reason or "half of the candidates did better, half did worse"),
        "deviation": _between(
            figures.deviation, 12, 18, "results are close together", "a good spread", "wide"
        ),
        "skewness": _skewness(figures.skewness),
        "kurtosis": _kurtosis(figures.kurtosis),
        "consistency": _banded(figures.consistency, _CONSISTENCY),
        "error_ratio": _banded(
            figures.error_ratio,
            (
                (50.5, "at least half of the differences between candidates are chance", Tone.PROBLEM),
                (float("-inf"), "most differences between candidates are real", Tone.GOOD),
            ),
            1,
        ),
        "standard_error": _standard_error(figures.standard_error),
    }


def _between(figure: Figure, low: float, high: float, below: str, inside: str, above: str) -> Reading:
    if figure.value is None:
        return Reading(figure.reason)
    if figure.value < low:
        return Reading(f"{below}; {low} to {high} % is usual", Tone.WATCH)
    if figure.value > high:
        return Reading(f"{above}; {low} to {high} % is usual", Tone.WATCH)
    return Reading(inside, Tone.GOOD)


def _skewness(figure: Figure) -> Reading:
    if figure.value is None:
        return Reading(figure.reason)
    if figure.value > 1:
        return Reading("many low results and a few high ones", Tone.WATCH)
    if figure.value < -1.5:
        return Reading("many high results and a few low ones", Tone.WATCH)
    return Reading("no long tail to either side")


def _kurtosis(figure: Figure) -> Reading:
    if figure.value is None:
        return Reading(figure.reason)
    if figure.value > 1:
        return Reading("peaked: most candidates are hard to tell apart", Tone.WATCH)
    return Reading("flat or bell-shaped")


def _standard_error(figure: Figure) -> Reading:
    if figure.value is None:
        return Reading(figure.reason)
    words = f"a result is likely to be within {figure.value:.1f} % of what the candidate can do"
    return Reading(words, Tone.GOOD if figure.value <= 8 else Tone.PROBLEM)


def of_answer(figures: AnswerFigures, *, is_right: bool | None) -> Reading:
    """What to look at in one answer. `is_right` None: nobody says whether it is right."""
    correlation = figures.correlation.value
    if is_right is False and figures.count == 0:
        return Reading("nobody chose it: it tempts no one", Tone.WATCH)
    if correlation is None or is_right is None:
        return Reading("")
    if is_right and correlation < 0:
        return Reading("strong candidates avoid the right answer: check the key", Tone.PROBLEM)
    if not is_right and correlation > 10:
        return Reading(
            "strong candidates choose this wrong answer: check the key and the wording", Tone.PROBLEM
        )
    return Reading("as it should be", Tone.GOOD) if is_right or correlation < 0 else Reading("")
