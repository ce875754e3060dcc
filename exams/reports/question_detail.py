"""One question of a report in detail: who answered what, and how candidates of each fifth did on it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exams.bank.wording import answer_in_words, content_in_words
from exams.kinds.registry import kind_named
from exams.models import PaperItem, QuestionVersion
from exams.reports.answer_statistics import AnswerFigures, AnswerTable, Fifth, Given, answers_of, fifths_of
from exams.reports.columns import Subject, hundredths_of_answers
from exams.reports.report import Line, Report

LONGEST_ANSWER = 120
_BY_OPTION = ("single_choice", "multiple_choice")
_YES_NO = "true_false"


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer in words with its figures; `is_right` None where answers can be right in part."""

    text: str
    is_right: bool | None
    figures: AnswerFigures


@dataclass(frozen=True, slots=True)
class VersionDetail:
    """The answers to one version. `is_free`: a person marks them, so they are not counted one by one."""

    version: QuestionVersion
    asked: int
    answers: list[AnswerLine]
    blank: AnswerFigures
    others: int
    is_free: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """All versions that were on papers, newest first, and the fifths (empty when they cannot be made)."""

    versions: list[VersionDetail]
    fifths: list[Fifth]


def detail_of(subject: Subject, report: Report, line: Line) -> Detail:
    """The detail of one line of the report. Two queries."""
    is_counted = line.figures.unmarked == 0
    rest = _RestOf(report, is_counted)
    rows: dict[int, list[tuple[Any, float | None, float | None]]] = defaultdict(list)
    sure: set[int] = set()
    for attempt, version, asks_certainty, value, points, possible in _rows(subject, line):
        place = rest.places.get(attempt)
        if place is not None:
            share = points / possible if points is not None and possible else None
            rows[version].append((value, share, rest.of(place, points, possible)))
            sure |= {version} if asks_certainty else set()
    found = QuestionVersion.objects.select_related("question").filter(pk__in=rows).order_by("-number")
    versions = [_version(each, rows[each.pk], asks_certainty=each.pk in sure) for each in found]
    pairs = [(rest_share, share) for each in rows.values() for _, share, rest_share in each]
    return Detail(versions, fifths_of(pairs))


class _RestOf:
    """What each attempt reached in the other, fully marked questions."""

    def __init__(self, report: Report, is_counted: bool) -> None:
        self._report, self._is_counted = report, is_counted
        self.places = {attempt: place for place, attempt in enumerate(report.attempts)}

    def of(self, place: int, points: int | None, possible: int) -> float | None:
        """The share of the points there; None when there are none."""
        own, most = (points or 0, possible) if self._is_counted else (0, 0)
        worth = self._report.worth[place] - most
        return (self._report.totals[place] - own) / worth if worth else None


def _rows(subject: Subject, line: Line) -> list[tuple[int, int, bool, Any, int | None, int]]:
    items = PaperItem.objects.filter(
        attempt__in=subject.attempts().order_by(), section=line.section, version__question=line.question
    ).order_by()
    points, possible = hundredths_of_answers()
    rows: Any = items.values_list(
        "attempt_id", "version_id", "asks_certainty", "answer__value", points, possible
    )
    return list(rows)


def _version(
    version: QuestionVersion, rows: Sequence[tuple[Any, float | None, float | None]], *, asks_certainty: bool
) -> VersionDetail:
    kind = kind_named(version.question.kind)
    is_free = any(
        not kind.is_blank(value) and kind.mark(version.content, value) is None for value, _, _ in rows[:50]
    )
    names, right = _options(version)
    given = []
    earned_by_key: dict[str, Fraction] = {}
    for value, share, rest in rows:
        chosen: Sequence[str] = ()
        if not kind.is_blank(value):
            chosen = ["given"] if is_free else _chosen(version, value, bool(names))
            if asks_certainty and not is_free and not names:
                earned_by_key[chosen[0]] = kind.mark(version.content, value) or Fraction(0)
        given.append(Given(chosen, share, rest))
    table = answers_of(given, known=["given"] if is_free else list(names))
    return VersionDetail(
        version=version,
        asked=table.asked,
        answers=[] if is_free else _lines(table, names, right, earned_by_key),
        blank=table.blank,
        others=table.others,
        is_free=is_free,
    )


def _lines(
    table: AnswerTable, names: dict[str, str], right: set[str], earned_by_key: Mapping[str, Fraction]
) -> list[AnswerLine]:
    return [
        AnswerLine(
            text=names.get(figures.answer, figures.answer),
            is_right=figures.answer in right if names else _is_right(figures, earned_by_key),
            figures=figures,
        )
        for figures in table.listed
    ]


def _is_right(figures: AnswerFigures, earned_by_key: Mapping[str, Fraction]) -> bool | None:
    """By what it earned: all is right, nothing is wrong, part of the points is neither.

    Where certainty counts, what was earned says how sure people were: there by the key of the version.
    """
    if figures.answer in earned_by_key:
        earned: float | None = float(100 * earned_by_key[figures.answer])
    else:
        earned = figures.earned.value
    if earned is None or 0 < earned < 100:
        return None
    return earned >= 100


def _options(version: QuestionVersion) -> tuple[dict[str, str], set[str]]:
    """Names of the options by id, and the right ones; empty for kinds where everybody words an answer."""
    kind = version.question.kind
    if kind == _YES_NO:
        return {"true": "True", "false": "False"}, {"true" if version.content["correct"] else "false"}
    if kind not in _BY_OPTION:
        return {}, set()
    options = content_in_words(version)["options"]
    return (
        {option["id"]: option["text"] for option in options},
        {option["id"] for option in options if option["correct"]},
    )


def _chosen(version: QuestionVersion, value: Any, has_options: bool) -> Sequence[str]:
    if not has_options:
        text = " ".join(answer_in_words(version, value).split())
        return [text if len(text) <= LONGEST_ANSWER else text[: LONGEST_ANSWER - 1] + "…"]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return value if isinstance(value, list) else [str(value)]
