"""Shared reads of marks: results of attempts and of whole sittings, as flat typed rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, F, FloatField, QuerySet, Sum
from django.db.models.functions import Coalesce

from exams import states
from exams.marking.automatic import Result, result, result_of_sums
from exams.models import Attempt, Exam, PaperItem, QuestionVersion, Sitting


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question of one paper with its answer and mark.

    `possible` is what it counts for after regrades (0 when it was left out), `points` None while nobody has
    marked it and below 0 where a wrong answer costs points. `by` is rule, person, ruling (a regrade gave
    everybody full points, or left the question out) or empty.
    """

    attempt: int
    item: int
    position: int
    section: int
    question: int
    version: int
    kind: str
    value: Any
    possible: Decimal
    points: Decimal | None
    by: str

    @property
    def is_left_out(self) -> bool:
        return self.by == "ruling" and self.possible == 0


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt that was started and has ended. `run` counts the attempts of an enrolment from 1."""

    attempt: int
    enrolment: int
    run: int
    candidate: int
    name: str
    email: str
    state: str
    ended_by: str
    started_at: datetime
    ended_at: datetime | None
    result: Result
    answers: tuple[AnswerRow, ...]


def ended_attempts(sitting: Sitting) -> QuerySet[Attempt]:
    """The attempts of a sitting that have results: started and over."""
    rows: QuerySet[Attempt] = Attempt.objects.filter(
        enrolment__sitting=sitting, started_at__isnull=False, state__in=states.ENDED
    )
    return rows


def marked_attempts(sitting: Sitting) -> QuerySet[Attempt]:
    """Those of them whose answers are marked: not what was never handed in, until a person accepts it."""
    return ended_attempts(sitting).filter(state__in=states.MARKED)


def results_of(sitting: Sitting, *, with_answers: bool = True) -> list[AttemptRow]:
    """A row for each ended attempt of a sitting, by name; with its answers in order of the paper if wanted.

    Two queries (three with answers), however many attempts. `passed` is None while something is unmarked.
    """
    attempts = ended_attempts(sitting).order_by("enrolment__candidate__name", "enrolment_id", "id")
    answers = _answers_of(sitting) if with_answers else {}
    sums = {} if with_answers else hundredths_of(attempts)
    scale: Any = {
        "pass_percentage": sitting.exam.pass_percentage,
        "grade_steps": sitting.exam.grade_steps,
    }
    runs: dict[int, int] = defaultdict(int)
    rows = []
    for attempt in attempts.select_related("enrolment__candidate"):
        runs[attempt.enrolment_id] += 1
        own = answers.get(attempt.pk, ())
        if with_answers:
            found = result([(each.possible, each.points) for each in own], **scale)
        else:
            found = sums.get(attempt.pk, Sums(0, 0, 0)).result(sitting.exam)
        rows.append(_attempt_row(attempt, runs[attempt.enrolment_id], found, tuple(own)))
    return rows


class Sums(NamedTuple):
    """Points of one attempt in whole hundredths, as given and as possible, and how many questions wait."""

    given: int
    most: int
    unmarked: int

    def in_points(self) -> tuple[Decimal, Decimal, int]:
        """The same with points instead of hundredths."""
        return Decimal(self.given).scaleb(-2), Decimal(self.most).scaleb(-2), self.unmarked

    def result(self, exam: Exam) -> Result:
        """The result that these sums make."""
        return result_of_sums(
            *self.in_points(),
            pass_percentage=exam.pass_percentage,
            grade_steps=exam.grade_steps,
        )


def sums_of(attempts: "QuerySet[Attempt] | Iterable[int]") -> dict[int, tuple[Decimal, Decimal, int]]:
    """For each attempt the sums of given and of possible points, and how many questions are unmarked."""
    return {attempt: sums.in_points() for attempt, sums in hundredths_of(attempts).items()}


def hundredths_of(attempts: "QuerySet[Attempt] | Iterable[int]") -> dict[int, Sums]:
    """The sums of each attempt. One query; quick enough to order thousands of attempts by."""
    rows = PaperItem.objects.filter(attempt__in=attempts).order_by().values("attempt")
    # As floats, whatever the database adds in: thousands of decimals cost more to make than to add, and sums
    # of hundredths stay far from where a float would round to another one.
    floats = FloatField()
    summed = rows.annotate(
        given=Coalesce(Sum("mark__points", output_field=floats), 0.0, output_field=floats),
        most=Sum(Coalesce(F("mark__possible"), F("points")), output_field=floats),
        unmarked=Count("pk") - Count("mark__points"),
    )
    found = summed.values_list("attempt", "given", "most", "unmarked")
    return {
        attempt: Sums(round(given * 100), round(most * 100), unmarked)
        for attempt, given, most, unmarked in found.iterator(chunk_size=5_000)
    }


def versions_on(sitting: Sitting) -> dict[int, QuestionVersion]:
    """Every question version on the papers of the ended attempts of a sitting, with its question."""
    items = PaperItem.objects.filter(attempt__in=ended_attempts(sitting))
    rows = QuestionVersion.objects.filter(pk__in=items.values("version")).select_related("question")
    return {version.pk: version for version in rows}


def _attempt_row(attempt: Attempt, run: int, found: Result, answers: tuple[AnswerRow, ...]) -> AttemptRow:
    candidate = attempt.enrolment.candidate
    assert attempt.started_at is not None  # `ended_attempts` has no others
    return AttemptRow(
        attempt=attempt.pk,
        enrolment=attempt.enrolment_id,
        run=run,
        candidate=candidate.pk,
        name=candidate.name,
        email=candidate.email,
        state=attempt.state,
        ended_by=attempt.ended_by,
        started_at=attempt.started_at,
        ended_at=attempt.ended_at,
        result=found,
        answers=answers,
    )


def _answers_of(sitting: Sitting) -> dict[int, list[AnswerRow]]:
    rows = PaperItem.objects.filter(attempt__in=ended_attempts(sitting)).order_by("attempt_id", "position")
    found: dict[int, list[AnswerRow]] = defaultdict(list)
    columns: Any = rows.values_list(
        "attempt_id",
        "pk",
        "position",
        "section_id",
        "version__question_id",
        "version_id",
        "version__question__kind",
        "answer__value",
        "points",
        "mark__possible",
        "mark__points",
        "mark__marker_id",
        "mark__ruling",
    )
    for row in columns.iterator(chunk_size=5_000):
        made = _answer_row(*row)
        found[made.attempt].append(made)
    return found


def _answer_row(
    attempt: int,
    item: int,
    position: int,
    section: int,
    question: int,
    version: int,
    kind: str,
    value: Any,
    on_paper: Decimal,
    possible: Decimal | None,
    points: Decimal | None,
    marker: int | None,
    ruling: str | None,
) -> AnswerRow:
    by = "ruling" if ruling else "" if points is None else "person" if marker else "rule"
    counts_for = on_paper if possible is None else possible
    return AnswerRow(attempt, item, position, section, question, version, kind, value, counts_for, points, by)
