"""The statistics of a sitting or an exam as one value that can be stored: figures, and what they are of."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from exams.kinds import certainty
from exams.kinds.registry import KINDS
from exams.models import QuestionVersion, SectionQuestion
from exams.reports.columns import Column, Subject, columns_of, counted
from exams.reports.item_statistics import ExamFigures, Figure, QuestionFigures, statistics_of


@dataclass(frozen=True, slots=True)
class Line:
    """One question. `versions`: how many papers had which version (its id); `possible`: the points it was
    worth, in hundredths, more than one when papers differ."""

    number: int
    section: int
    question: int
    versions: dict[int, int]
    possible: list[int]
    figures: QuestionFigures


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the pages show. `attempts`, `totals` and `worth` stand beside each other: ids, and sums in
    hundredths over the fully marked questions."""

    exam: ExamFigures
    lines: list[Line]
    attempts: list[int]
    totals: list[int]
    worth: list[int]
    later: int
    stopped: int


def make_report(subject: Subject) -> Report:
    """Computes the report from the marks as they are now. Five queries, however many attempts."""
    found = counted(subject)
    columns = _in_order(columns_of(subject, found.attempts), subject)
    guesses = _guesses(columns)
    marks = [column.marks(guess) for column, guess in zip(columns, guesses, strict=True)]
    statistics = statistics_of(marks, len(found.attempts))
    lines = [
        Line(
            number=number,
            section=column.section,
            question=column.question,
            versions=dict(column.versions),
            possible=sorted(set(column.possible)),
            figures=figures,
        )
        for number, (column, figures) in enumerate(zip(columns, statistics.questions, strict=True), start=1)
    ]
    totals, worth = _sums(columns, statistics.exam, len(found.attempts))
    return Report(statistics.exam, lines, found.attempts, totals, worth, found.later, found.stopped)


def _in_order(columns: Sequence[Column], subject: Subject) -> list[Column]:
    """As the exam has them now; drawn and removed questions after the others of their section."""
    placements = SectionQuestion.objects.filter(section__exam=subject.exam).order_by()
    rows = placements.values_list("section_id", "section__position", "question_id", "position")
    places = {(section, question): (at, section, place) for section, at, question, place in rows}
    sections = {section: (at, section) for section, at, _, _ in rows}

    def key(column: Column) -> tuple[tuple[int, int], int, int]:
        place = places.get((column.section, column.question))
        section = sections.get(column.section, (32_767, column.section))
        return section, 32_767 if place is None else place[2], column.question

    return sorted(columns, key=key)


def _guesses(columns: Sequence[Column]) -> list[float | None]:
    """The random-guess score of each: the mean over the versions that were on papers, if each has one.

    On papers that are marked by certainty a blind guess counts at the lowest level, where being wrong costs
    nothing: that is what it earns at best, and what it earns when no level is stated.
    """
    ids = {version for column in columns for version in column.versions}
    rows = QuestionVersion.objects.filter(pk__in=ids).values_list("pk", "question__kind", "content")
    known_rows = [(pk, KINDS[kind], content) for pk, kind, content in rows if kind in KINDS]
    plain = {pk: kind.guess_share(content) for pk, kind, content in known_rows}
    certain = {pk: certainty.guess_share(kind, content) for pk, kind, content in known_rows}
    found: list[float | None] = []
    for column in columns:
        own = [
            pair
            for version, number in column.versions.items()
            for sure in [column.by_certainty[version]]
            for pair in ((plain.get(version), number - sure), (certain.get(version), sure))
            if pair[1]
        ]
        known = [(share, number) for share, number in own if share is not None]
        count = sum(number for _, number in known)
        whole = len(known) == len(own) and count
        found.append(float(sum(share * number for share, number in known) / count) if whole else None)
    return found


def _sums(columns: Sequence[Column], exam: ExamFigures, attempts: int) -> tuple[list[int], list[int]]:
    totals, worth = [0] * attempts, [0] * attempts
    left_out = set(exam.left_out)
    for place, column in enumerate(columns):
        if place in left_out:
            continue
        for attempt, given, most in zip(column.attempts, column.points, column.possible, strict=True):
            totals[attempt] += given or 0
            worth[attempt] += most
    return totals, worth


def to_json(report: Report) -> dict[str, Any]:
    """Plain values, that `from_json` reads."""
    return asdict(report)


def from_json(content: Mapping[str, Any]) -> Report:
    """The report that `to_json` wrote."""
    lines = [
        Line(
            **{
                **line,
                "versions": {int(version): number for version, number in line["versions"].items()},
                "figures": QuestionFigures(**_figures(QuestionFigures, line["figures"])),
            }
        )
        for line in content["lines"]
    ]
    exam = ExamFigures(**_figures(ExamFigures, content["exam"]))
    return Report(**{**content, "exam": exam, "lines": lines})


def _figures(kind: type[ExamFigures] | type[QuestionFigures], values: Mapping[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind) if each.type in (Figure, "Figure")}
    return {name: Figure(**value) if name in names else value for name, value in values.items()}
