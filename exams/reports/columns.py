"""Reads the marks of first attempts question by question, in few queries and little memory."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, IntegerField, Max, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Round

from exams import states
from exams.models import Attempt, Exam, Mark, PaperItem, Sitting
from exams.reports.item_statistics import Marks

_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about: a sitting, or all sittings of an exam."""

    exam: Exam
    sitting: Sitting | None = None

    @property
    def institution_id(self) -> int:
        return self.exam.institution_id

    def attempts(self) -> QuerySet[Attempt]:
        """The attempts with results, the handed in and the stopped ones, oldest first; none of practice."""
        rows: QuerySet[Attempt] = Attempt.objects.filter(
            enrolment__sitting__exam=self.exam,
            enrolment__sitting__is_practice=False,
            started_at__isnull=False,
            state__in=states.MARKED,
        )
        if self.sitting is not None:
            rows = rows.filter(enrolment__sitting=self.sitting)
        return rows.order_by("started_at", "id")


@dataclass(slots=True)
class Column:
    """One question in one section: the marks it got, and how many papers had which version.

    `by_certainty`: on how many of these papers it is marked by certainty, by version.
    """

    section: int
    question: int
    versions: Counter[int] = field(default_factory=Counter)
    by_certainty: Counter[int] = field(default_factory=Counter)
    attempts: list[int] = field(default_factory=list)
    points: list[int | None] = field(default_factory=list)
    possible: list[int] = field(default_factory=list)

    def marks(self, guess: float | None) -> Marks:
        return Marks(self.attempts, self.points, self.possible, guess)


@dataclass(frozen=True, slots=True)
class Counted:
    """Which attempts count: the first one of each candidate, if handed in. The rest is only counted."""

    attempts: list[int]
    later: int
    stopped: int


def counted(subject: Subject) -> Counted:
    """The attempts (ids) that statistics are made of. One query."""
    first: dict[int, tuple[int, str]] = {}
    later = 0
    for attempt, candidate, state in subject.attempts().values_list("pk", "enrolment__candidate_id", "state"):
        if candidate in first:
            later += 1
        else:
            first[candidate] = (attempt, state)
    kept = [attempt for attempt, state in first.values() if state == states.SUBMITTED]
    return Counted(kept, later, len(first) - len(kept))


def is_by_certainty(subject: Subject) -> bool:
    """Whether answers to some question were marked by certainty. One query."""
    papers = PaperItem.objects.filter(attempt__in=subject.attempts().order_by(), asks_certainty=True)
    return papers.exists()


def columns_of(subject: Subject, attempts: Iterable[int]) -> list[Column]:
    """A column for each question on the papers of those attempts, numbered in their order. One query."""
    numbers = {attempt: number for number, attempt in enumerate(attempts)}
    found: dict[tuple[int, int], Column] = {}
    for attempt, section, question, version, asks_certainty, points, possible in _rows(subject):
        number = numbers.get(attempt)
        if number is None:
            continue
        column = found.get((section, question))
        if column is None:
            column = found[section, question] = Column(section, question)
        column.versions[version] += 1
        column.by_certainty[version] += asks_certainty
        column.attempts.append(number)
        column.points.append(points)
        column.possible.append(possible)
    return list(found.values())


def _rows(subject: Subject) -> Iterable[tuple[int, int, int, int, bool, int | None, int]]:
    items = PaperItem.objects.filter(attempt__in=subject.attempts().order_by()).order_by()
    rows: Any = items.values_list(
        "attempt_id",
        "section_id",
        "version__question_id",
        "version_id",
        "asks_certainty",
        *hundredths_of_answers(),
    )
    return rows.iterator(chunk_size=_AT_ONCE)


def hundredths_of_answers() -> tuple[Cast, Cast]:
    """Columns of a paper item: the points given (null: not marked yet) and possible, in whole hundredths."""
    return _hundredths(F("mark__points")), _hundredths(Coalesce(F("mark__possible"), F("points")))


def _hundredths(points: Combinable) -> Cast:
    """Whole hundredths: cheaper to read and to add than decimals, and as exact."""
    return Cast(Round(points * 100), IntegerField())


def data_version(subject: Subject) -> str:
    """Changes whenever attempts or marks of the subject do. Two queries."""
    ended = subject.attempts().order_by()
    marks = Mark.objects.filter(attempt__in=ended).order_by()
    found = marks.aggregate(
        marks=Count("pk"),
        given=Sum(_hundredths(F("points"))),
        possible=Sum(_hundredths(F("possible"))),
        newest=Max("marked_at"),
    )
    newest = found["newest"].isoformat() if found["newest"] else ""
    states_now = ended.values("state").annotate(number=Count("pk")).values_list("state", "number")
    counts = ",".join(f"{state}={number}" for state, number in sorted(states_now))
    return f"1/{counts}/{found['marks']}/{found['given']}/{found['possible']}/{newest}"
