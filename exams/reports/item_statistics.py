"""Figures of questions and of a whole exam, as Moodle's quiz statistics report defines them (pure).

Sources: Moodle documentation, "Quiz report statistics" and "Quiz statistics calculations"
(docs.moodle.org/dev/Quiz_statistics_calculations). In its words: S students, P positions, x_p the points of
one question, T the sum of a student's points, X_p = T - x_p the rest of the test, V a sample variance and C a
sample covariance, both divided by S - 1.

Two things are wider than there, and come to the same when every paper is alike. A question's points and the
rest of the test are taken as shares of what was possible, so that papers worth different points can be
compared. And a figure that the data cannot carry is None with the reason in words.

With certainty-based marking, as in Moodle, x_p are the points with the certainty counted. A question is then
worth three times its author's points at most, and a share of that goes from -2 (wrong and very sure) to 1
(right and very sure): facility may be below 0, and is a third when everybody was right and nobody sure. The
other figures are ratios of covariances, which hold for any numbers; intended weights are those of the most
points.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt

from exams.reports import moments

NOT_MARKED = "Some of its answers are not marked yet."
NO_POINTS = "It carries no points."
ONE_ATTEMPT = "There are fewer than two attempts."
NO_ATTEMPT = "There is no attempt to count yet."
SAME_POINTS = "Everybody got the same points for it."
SAME_REST = "Everybody got the same share of the points in the rest of the exam."
NO_REST = "There is no other marked question to compare it with."
DIFFERENT_PAPERS = "Not everybody had the same questions, worth the same points."
LEFT_OUT = "Other questions are not marked yet, so weights cannot be compared."
NEGATIVE = "Those who did well on it did worse in the whole exam, so it has no weight that could be given."
SAME_RESULTS = "Everybody has the same result."


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, or None with the reason why there is none, as a sentence."""

    value: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What was given for one question, in whole hundredths of a point.

    `attempts` are the numbers (from 0) of the attempts whose paper has it; `points` (None: not marked yet)
    and `possible` stand beside them. `guess` is the share of the points that blind guessing earns on average,
    None when nobody can say.
    """

    attempts: Sequence[int]
    points: Sequence[int | None]
    possible: Sequence[int]
    guess: float | None = None

    @property
    def unmarked(self) -> int:
        return sum(each is None for each in self.points)


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """Figures of one question, all in per cent.

    `facility`: mean share of its points. `deviation`: standard deviation of that share. `guess`: mean share
    by blind guessing. `intended_weight`, `effective_weight`: its part in the points possible, and in how far
    the totals differ. `discrimination`: correlation with the rest of the exam. `efficiency`: that, as part of
    the most that was possible with these marks.
    """

    attempts: int
    unmarked: int
    facility: Figure
    deviation: Figure
    guess: Figure
    intended_weight: Figure
    effective_weight: Figure
    discrimination: Figure
    efficiency: Figure


@dataclass(frozen=True, slots=True)
class ExamFigures:
    """Figures of the whole exam over its fully marked questions; per cent, but for skewness and kurtosis.

    `results` are the shares of the points of each attempt, in per cent, not raised to 0 where negative marks
    outweigh the others. `left_out` are the places, in the list of questions, of those not fully marked.
    """

    attempts: int
    questions: int
    mean: Figure
    median: Figure
    deviation: Figure
    skewness: Figure
    kurtosis: Figure
    consistency: Figure
    error_ratio: Figure
    standard_error: Figure
    results: list[float] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The exam, and its questions in the order given."""

    exam: ExamFigures
    questions: list[QuestionFigures]


@dataclass(frozen=True, slots=True)
class _Papers:
    """Sums over the fully marked questions of each attempt; `alike`: all ask the same, at one worth."""

    totals: list[int]
    possible: list[int]
    whole: list[int]
    alike: bool
    counted: list[bool]


def statistics_of(questions: Sequence[Marks], attempts: int) -> Statistics:
    """The figures of `questions`, on the papers of that many attempts.

    A question of which even one answer is not marked is left out of everything but its own count: those
    already marked (such as the blank ones, by rule) are no fair sample of all.
    """
    papers = _papers_of(questions, attempts)
    weights = _effective_weights(questions, papers)
    figures = [
        _question(marks, papers, papers.counted[place], weights[place])
        for place, marks in enumerate(questions)
    ]
    return Statistics(_exam(questions, papers), figures)


def _papers_of(questions: Sequence[Marks], attempts: int) -> _Papers:
    totals, possible, whole = [0] * attempts, [0] * attempts, [0] * attempts
    counted = [not marks.unmarked for marks in questions]
    for marks, counts in zip(questions, counted, strict=True):
        for attempt, given, most in zip(marks.attempts, marks.points, marks.possible, strict=True):
            whole[attempt] += most
            if counts and given is not None:
                totals[attempt] += given
                possible[attempt] += most
    alike = all(
        len(marks.attempts) == attempts and moments.is_constant(marks.possible) for marks in questions
    )
    return _Papers(totals, possible, whole, alike, counted)


def _question(marks: Marks, papers: _Papers, is_marked: bool, effective: Figure) -> QuestionFigures:
    shown = [place for place, most in enumerate(marks.possible) if most]
    problem = "" if marks.attempts else NO_ATTEMPT
    problem = problem or ("" if shown else NO_POINTS) or ("" if is_marked else NOT_MARKED)
    nothing = Figure(None, problem)
    guess = Figure(None, "Blind guessing earns nothing that could be foreseen.")
    if marks.guess is not None:
        guess = Figure(100 * marks.guess)
    facility, deviation, discrimination, efficiency = nothing, nothing, nothing, nothing
    if not problem:
        shares = [(marks.points[place] or 0) / marks.possible[place] for place in shown]
        facility = Figure(100 * moments.mean(shares))
        deviation = _enough(shares) or Figure(100 * moments.deviation(shares))
        discrimination, efficiency = _against_rest(marks, papers)
    return QuestionFigures(
        attempts=len(marks.attempts),
        unmarked=marks.unmarked,
        facility=facility,
        deviation=deviation,
        guess=guess,
        intended_weight=_intended_weight(marks, papers),
        effective_weight=nothing if problem else effective,
        discrimination=discrimination,
        efficiency=efficiency,
    )


def _enough(values: Sequence[float]) -> Figure | None:
    return None if len(values) > 1 else Figure(None, ONE_ATTEMPT)


def _against_rest(marks: Marks, papers: _Papers) -> tuple[Figure, Figure]:
    """Discrimination index C(x, X) / sqrt(V(x) V(X)), and efficiency C(x, X) / C_max(x, X), in per cent.

    C_max is the covariance that the same marks would have if the best ones had gone to the best in the rest
    (both lists sorted). Source: as above, "Discrimination index" and "Discriminative efficiency".
    """
    shares, rest = [], []
    for attempt, given, most in zip(marks.attempts, marks.points, marks.possible, strict=True):
        other = papers.possible[attempt] - most
        if most and other and given is not None:
            shares.append(given / most)
            rest.append((papers.totals[attempt] - given) / other)
    reason = NO_REST if not shares else ONE_ATTEMPT if len(shares) < 2 else ""
    reason = reason or (SAME_POINTS if moments.is_constant(shares) else "")
    reason = reason or (SAME_REST if moments.is_constant(rest) else "")
    if reason:
        return Figure(None, reason), Figure(None, reason)
    together = moments.covariance(shares, rest)
    most_possible = moments.covariance(sorted(shares), sorted(rest))
    index = moments.correlation(shares, rest)
    return Figure(100 * index), Figure(100 * together / most_possible)


def _intended_weight(marks: Marks, papers: _Papers) -> Figure:
    """Its points as part of all on the paper, in per cent, if that is the same on all papers."""
    if not marks.attempts:
        return Figure(None, NO_ATTEMPT)
    pairs = [(most, papers.whole[a]) for a, most in zip(marks.attempts, marks.possible, strict=True)]
    most, whole = pairs[0]
    if any(other * whole != most * other_whole for other, other_whole in pairs):
        return Figure(None, "It has a different weight on different papers.")
    return Figure(100 * most / whole) if whole else Figure(None, NO_POINTS)


def _effective_weights(questions: Sequence[Marks], papers: _Papers) -> list[Figure]:
    """sqrt(C(x_p, T)) as part of the sum of these over all questions, in per cent.

    Questions with a negative covariance have none and are not in the sum. Source: as above, "Effective
    weight".
    """
    reason = ""
    if not all(papers.counted):
        reason = LEFT_OUT
    elif not papers.alike:
        reason = DIFFERENT_PAPERS
    elif len(papers.totals) < 2:
        reason = ONE_ATTEMPT
    elif moments.is_constant(papers.totals):
        reason = SAME_RESULTS
    if reason:
        return [Figure(None, reason)] * len(questions)
    parts = [_whole_covariance(_in_order(marks), papers.totals) for marks in questions]
    roots = [sqrt(each) if each >= 0 else None for each in parts]
    together = sum(each for each in roots if each is not None)
    return [Figure(None, NEGATIVE) if each is None else Figure(100 * each / together) for each in roots]


def _in_order(marks: Marks) -> list[int]:
    """The points of every attempt by its number, where all attempts have the question."""
    points = [0] * len(marks.attempts)
    for attempt, given in zip(marks.attempts, marks.points, strict=True):
        points[attempt] = given or 0
    return points


def _whole_covariance(first: Sequence[int], second: Sequence[int]) -> float:
    """The sample covariance of whole numbers, without rounding before the last division."""
    count = len(first)
    products = sum(one * other for one, other in zip(first, second, strict=True))
    return (count * products - sum(first) * sum(second)) / (count * (count - 1))


def _exam(questions: Sequence[Marks], papers: _Papers) -> ExamFigures:
    results = [100 * total / most for total, most in zip(papers.totals, papers.possible, strict=True) if most]
    constant = moments.is_constant(results)
    consistency = _consistency(questions, papers)
    ratio = error = Figure(None, consistency.reason)
    if consistency.value is not None:
        ratio = Figure(100 * sqrt(1 - consistency.value / 100))
        error = Figure((ratio.value or 0) * moments.deviation(results) / 100)
    return ExamFigures(
        attempts=len(results),
        questions=len(_carrying(questions, papers)),
        mean=Figure(moments.mean(results)) if results else Figure(None, NO_ATTEMPT),
        median=Figure(moments.median(results)) if results else Figure(None, NO_ATTEMPT),
        deviation=_enough(results) or Figure(moments.deviation(results)),
        skewness=_shape(len(results), 3, constant) or Figure(moments.skewness(results)),
        kurtosis=_shape(len(results), 4, constant) or Figure(moments.kurtosis(results)),
        consistency=consistency,
        error_ratio=ratio,
        standard_error=error,
        results=results,
        left_out=[place for place, counts in enumerate(papers.counted) if not counts],
    )


def _carrying(questions: Sequence[Marks], papers: _Papers) -> list[Marks]:
    """The questions that are fully marked and carry points."""
    return [
        marks
        for marks, counts in zip(questions, papers.counted, strict=True)
        if counts and any(marks.possible)
    ]


def _shape(count: int, least: int, constant: bool) -> Figure | None:
    if count < least:
        return Figure(None, f"There are fewer than {'three' if least == 3 else 'four'} attempts.")
    return Figure(None, SAME_RESULTS) if constant else None


def _consistency(questions: Sequence[Marks], papers: _Papers) -> Figure:
    """Cronbach's alpha in per cent: P / (P - 1) * (1 - sum of V(x_p) / V(T)).

    Below 0 when questions work against each other. The error ratio is sqrt(1 - alpha), the standard error
    that part of the standard deviation. Source: as above, "Coefficient of internal consistency", "Error
    ratio" and "Standard error"; L. J. Cronbach, "Coefficient alpha", Psychometrika 16 (1951).
    """
    counted = _carrying(questions, papers)
    if len(papers.totals) < 2:
        return Figure(None, ONE_ATTEMPT)
    if not papers.alike:
        return Figure(None, DIFFERENT_PAPERS)
    if len(counted) < 2:
        return Figure(None, "There are fewer than two marked questions.")
    if moments.is_constant(papers.totals):
        return Figure(None, SAME_RESULTS)
    columns = [_in_order(marks) for marks in counted]
    parts = sum(_whole_covariance(column, column) for column in columns)
    whole = _whole_covariance(papers.totals, papers.totals)
    count = len(counted)
    return Figure(100 * count / (count - 1) * (1 - parts / whole))
