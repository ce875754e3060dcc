"""Who chose what: counts of each answer, in strong and weak groups, and how each goes with the rest (pure).

Sources: T. L. Kelley, "The selection of upper and lower groups for the validation of test items", Journal of
Educational Psychology 30 (1939), for groups of 27 per cent; the point-biserial correlation is Pearson's with
one side 0 or 1. Both are taken against the rest of the exam, without the question itself, so that a question
does not confirm itself.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exams.reports import moments
from exams.reports.item_statistics import NO_REST, SAME_REST, Figure

GROUP = 0.27
LEAST_ATTEMPTS = 10
FIFTHS = 5
TOO_FEW = f"There are fewer than {LEAST_ATTEMPTS} attempts."
NOBODY = "Nobody gave this answer."
EVERYBODY = "Everybody gave this answer."
NO_ANSWER = ""
"""Stands for leaving the question blank."""


@dataclass(frozen=True, slots=True)
class Given:
    """One candidate's answer. `answers`: what was chosen, empty when blank. `share`: of the points, None
    while not marked; `rest`: share of the points in the rest of the exam, None when there is no rest.
    """

    answers: Sequence[str]
    share: float | None
    rest: float | None


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """One answer, all figures in per cent.

    `share`: of those asked. `upper`, `lower`: of the best and of the weakest 27 per cent in the rest of the
    exam. `correlation`: point-biserial, with the rest. `earned`: mean share of the points with this answer.
    """

    answer: str
    count: int
    share: float
    upper: Figure
    lower: Figure
    correlation: Figure
    earned: Figure


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """The answers listed, those who left it blank, and how many gave an answer that is not listed."""

    asked: int
    listed: list[AnswerFigures]
    blank: AnswerFigures
    others: int


@dataclass(frozen=True, slots=True)
class Fifth:
    """Candidates of one fifth by the rest of the exam, weakest first, and their mean share in per cent."""

    count: int
    share: float | None


def answers_of(given: Sequence[Given], *, known: Sequence[str] = (), most: int = 20) -> AnswerTable:
    """The figures of each answer: of the `known` ones in their order, or else of the `most` frequent ones."""
    counts = Counter(answer for each in given for answer in set(each.answers))
    listed = list(known) or [answer for answer, _ in sorted(counts.items(), key=_often_first)[:most]]
    groups = _groups([each.rest for each in given])
    rows = [_figures(answer, given, groups) for answer in [*listed, NO_ANSWER]]
    shown = set(listed)
    others = sum(bool(each.answers) and not shown & set(each.answers) for each in given)
    return AnswerTable(len(given), rows[:-1], rows[-1], others)


def _often_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


@dataclass(frozen=True, slots=True)
class _Groups:
    """How much of each candidate (by place) is in the group: 1, or less where a tie crosses its border."""

    upper: Mapping[int, float]
    lower: Mapping[int, float]
    size: float
    problem: str


def _groups(rest: Sequence[float | None]) -> _Groups:
    ranked = [(value, place) for place, value in enumerate(rest) if value is not None]
    problem = "" if ranked else NO_REST
    problem = problem or (TOO_FEW if len(ranked) < LEAST_ATTEMPTS else "")
    problem = problem or (SAME_REST if moments.is_constant([value for value, _ in ranked]) else "")
    size = GROUP * len(ranked)
    if problem:
        return _Groups({}, {}, size, problem)
    upper = _first(sorted(ranked, reverse=True), size)
    return _Groups(upper, _first(sorted(ranked), size), size, "")


def _first(ranked: Sequence[tuple[float, int]], size: float) -> dict[int, float]:
    """The first `size` (with a fraction) of the ranked; who is tied at the border shares what is left."""
    tied = Counter(value for value, _ in ranked)
    weights: dict[int, float] = {}
    left = size
    for value, place in ranked:
        if value in tied:
            weight = min(1.0, left / tied[value])
            left -= weight * tied.pop(value)
        if weight <= 0:
            break
        weights[place] = weight
    return weights


def _figures(answer: str, given: Sequence[Given], groups: _Groups) -> AnswerFigures:
    places = [
        place
        for place, each in enumerate(given)
        if (answer in each.answers if answer != NO_ANSWER else not each.answers)
    ]
    shares = [share for place in places if (share := given[place].share) is not None]
    earned = Figure(100 * moments.mean(shares)) if shares else Figure(None, NOBODY)
    if places and len(shares) < len(places):
        earned = Figure(None, "Some of these answers are not marked yet.")
    return AnswerFigures(
        answer=answer,
        count=len(places),
        share=100 * len(places) / len(given) if given else 0.0,
        upper=_in_group(places, groups.upper, groups),
        lower=_in_group(places, groups.lower, groups),
        correlation=_correlation(set(places), given),
        earned=earned,
    )


def _in_group(places: Sequence[int], weights: Mapping[int, float], groups: _Groups) -> Figure:
    if groups.problem:
        return Figure(None, groups.problem)
    return Figure(100 * sum(weights.get(place, 0.0) for place in places) / groups.size)


def _correlation(chosen: set[int], given: Sequence[Given]) -> Figure:
    pairs = [(float(place in chosen), each.rest) for place, each in enumerate(given) if each.rest is not None]
    if not pairs:
        return Figure(None, NO_REST)
    own, rest = [one for one, _ in pairs], [other for _, other in pairs]
    if moments.is_constant(own):
        return Figure(None, EVERYBODY if own[0] else NOBODY)
    if moments.is_constant(rest):
        return Figure(None, SAME_REST)
    return Figure(100 * moments.correlation(own, rest))


def fifths_of(pairs: Sequence[tuple[float | None, float | None]]) -> list[Fifth]:
    """Mean share per fifth of the candidates, ranked by the rest of the exam (first value of each pair).

    Who is tied is in one fifth, the one in which the middle of the tie lies. Empty with fewer than ten.
    """
    known = sorted((rest, share) for rest, share in pairs if rest is not None and share is not None)
    if len(known) < LEAST_ATTEMPTS:
        return []
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for place, (rest, _) in enumerate(known):
        first.setdefault(rest, place)
        last[rest] = place
    groups: list[list[float]] = [[] for _ in range(FIFTHS)]
    for rest, share in known:
        middle = (first[rest] + last[rest] + 1) / 2
        groups[min(FIFTHS - 1, int(middle * FIFTHS / len(known)))].append(share)
    return [Fifth(len(each), 100 * moments.mean(each) if each else None) for each in groups]
