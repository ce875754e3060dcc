"""What can be taken out of a sitting as a table: results, answers, statistics. Audited."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import IO, Any

from accounts import audit
from accounts.models import User
from exams import states, tables
from exams.bank.wording import content_in_words, stem_in_words
from exams.kinds.registry import KINDS, kind_named
from exams.marking.queries import AttemptRow, results_of, versions_on
from exams.models import Mark, PaperItem, Question, QuestionVersion, Sitting
from exams.reports.columns import Subject
from exams.reports.item_statistics import Figure
from exams.reports.report import Line
from exams.reports.services import compute
from exams.tables import Cell, Format

_AT_ONCE = 100
"""Attempts whose answers are read at once."""


class What(StrEnum):
    """The tables there are."""

    RESULTS = "results"
    ANSWERS = "answers"
    STATISTICS = "statistics"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    What.RESULTS: "Results, a row for each attempt",
    What.ANSWERS: "Answers, a row for each question of each attempt",
    What.STATISTICS: "Statistics, a row for each question",
}
NAMELESS = frozenset({What.STATISTICS})
"""Tables without names of candidates: authors may have them."""


@dataclass(frozen=True, slots=True)
class Export:
    """A table on its way out: an open file, its name and type."""

    file: IO[bytes]
    name: str
    content_type: str


def export(sitting: Sitting, what: What, form: Format, *, actor: User) -> Export:
    """Writes the table and the audit entry."""
    headers, rows = _TABLES[what](sitting)
    file, number = tables.write(form, headers, rows)
    detail = {"what": what.value, "format": form.value, "rows": number}
    audit.record(sitting.institution, sitting, "sitting.exported", actor=actor, detail=detail)
    return Export(file, f"{what.value}-sitting-{sitting.pk}.{form.ending}", form.content_type)


_Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]


def _results(sitting: Sitting) -> _Table:
    zone = sitting.time_zone
    headers = (
        "Candidate",
        "E-mail",
        "Run",
        "State",
        f"Started ({zone})",
        f"Ended ({zone})",
        "Points",
        "Possible",
        "Per cent",
        "Grade",
        "Passed",
        "Not marked yet",
    )
    return headers, (_result(row, sitting) for row in results_of(sitting, with_answers=False))


def _result(row: AttemptRow, sitting: Sitting) -> Sequence[Cell]:
    found = row.result
    return (
        row.name,
        row.email,
        row.run,
        states.WORDS[row.state],
        row.started_at.astimezone(sitting.zone),
        row.ended_at.astimezone(sitting.zone) if row.ended_at else None,
        found.points,
        found.possible,
        found.percentage,
        found.grade,
        found.passed,
        found.unmarked,
    )


def _answers(sitting: Sitting) -> _Table:
    headers = (
        "Candidate",
        "E-mail",
        "Run",
        "Position",
        "Question",
        "Version",
        "Type",
        "Text",
        "Answer",
        "Certainty",
        "Right answer",
        "Points",
        "Possible",
        "Marked by",
        "Comment",
    )
    return headers, _answer_rows(sitting)


def _answer_rows(sitting: Sitting) -> Iterator[Sequence[Cell]]:
    attempts = results_of(sitting, with_answers=False)
    words = {pk: _Wording(version) for pk, version in versions_on(sitting).items()}
    keys = _keys_of_regrades(sitting)
    for start in range(0, len(attempts), _AT_ONCE):
        part = attempts[start : start + _AT_ONCE]
        answers: dict[int, list[Sequence[Any]]] = {row.attempt: [] for row in part}
        found = PaperItem.objects.filter(attempt__in=list(answers)).order_by("attempt_id", "position")
        columns: Any = found.values_list("attempt_id", "version_id", *_COLUMNS)
        for attempt, version, *values in columns:
            answers[attempt].append(_answer(words[version], keys, *values))
        for row in part:
            for answer in answers[row.attempt]:
                yield row.name, row.email, row.run, *answer


_COLUMNS = (
    "position",
    "answer__value",
    "answer__certainty",
    "points",
    "mark__points",
    "mark__possible",
    "mark__ruling",
    "mark__marker",
    "mark__comment",
    "mark__key",
)


def _keys_of_regrades(sitting: Sitting) -> dict[int | None, str]:
    """Right answers by version, where marks follow the key of another version than the one on the paper."""
    marks = Mark.objects.filter(attempt__enrolment__sitting=sitting, key__isnull=False)
    rows = QuestionVersion.objects.filter(pk__in=marks.values("key")).select_related("question")
    return {version.pk: _Wording(version).key for version in rows}


class _Wording:
    """What stays the same in all answers to a version."""

    def __init__(self, version: QuestionVersion) -> None:
        self.title, self.number = version.question.title, version.number
        self.kind, self.content = kind_named(version.question.kind), content_in_words(version)
        self.stem, self.key = stem_in_words(version), self.kind.describe_key(self.content)


def _answer(
    words: _Wording,
    keys: dict[int | None, str],
    position: int,
    value: Any,
    level: int | None,
    on_paper: Decimal,
    points: Decimal | None,
    possible: Decimal | None,
    ruling: str | None,
    marker: int | None,
    comment: str | None,
    key: int | None,
) -> Sequence[Cell]:
    by = "" if points is None else "regrade" if ruling else "person" if marker else "rule"
    return (
        position,
        words.title,
        words.number,
        words.kind.label,
        words.stem,
        "" if words.kind.is_blank(value) else words.kind.describe_value(words.content, value),
        level,
        keys.get(key, words.key),
        points,
        on_paper if possible is None else possible,
        by,
        comment or "",
    )


def _statistics(sitting: Sitting) -> _Table:
    report, _ = compute(Subject(sitting.exam, sitting))
    questions = Question.objects.in_bulk([line.question for line in report.lines])
    headers = (
        "Number",
        "Question",
        "Type",
        "Asked",
        "Not marked yet",
        *(f"{label} in per cent" for label in _FIGURES.values()),
        "Why figures are missing",
    )
    return headers, (_statistics_row(line, questions[line.question]) for line in report.lines)


_FIGURES = {
    "facility": "Facility",
    "deviation": "Standard deviation",
    "guess": "Random guess",
    "intended_weight": "Intended weight",
    "effective_weight": "Effective weight",
    "discrimination": "Discrimination",
    "efficiency": "Discriminative efficiency",
}


def _statistics_row(line: Line, question: Question) -> Sequence[Cell]:
    figures: dict[str, Figure] = {name: getattr(line.figures, name) for name in _FIGURES}
    missing = [f"{_FIGURES[name]}: {each.reason}" for name, each in figures.items() if each.value is None]
    kind: Any = KINDS[question.kind].label
    return (
        line.number,
        question.title,
        kind,
        line.figures.attempts,
        line.figures.unmarked,
        *(None if each.value is None else round(each.value, 4) for each in figures.values()),
        " ".join(missing),
    )


_TABLES = {What.RESULTS: _results, What.ANSWERS: _answers, What.STATISTICS: _statistics}
