"""Shared reads of reports: which sittings have results, and how questions of the bank did."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from exams import states
from exams.models import Question, QuestionFigures, Sitting
from exams.scheduling.queries import marked_sittings


@dataclass(frozen=True, slots=True)
class BankFigures:
    """How a question did in all sittings with statistics, in per cent."""

    attempts: int
    facility: float
    discrimination: float | None


def figures_of(questions: Iterable[Question]) -> dict[int, BankFigures]:
    """The figures by id of those questions that have some. One query, whatever the number of attempts.

    Means over sittings, weighted by attempts. Figures of a sitting are kept when its statistics are computed:
    when its results are released, or when somebody opens them.
    """
    grouped: dict[int, list[QuestionFigures]] = defaultdict(list)
    for row in QuestionFigures.objects.filter(question__in=list(questions)).order_by():
        grouped[row.question_id].append(row)
    return {question: _mean(found) for question, found in grouped.items()}


def _mean(rows: list[QuestionFigures]) -> BankFigures:
    attempts = sum(row.attempts for row in rows)
    known = [(row.attempts, row.discrimination) for row in rows if row.discrimination is not None]
    weight = sum(count for count, _ in known)
    return BankFigures(
        attempts=attempts,
        facility=sum(row.attempts * row.facility for row in rows) / attempts,
        discrimination=sum(count * index for count, index in known) / weight if weight else None,
    )


def sittings_with_results() -> QuerySet[Sitting]:
    """The sittings of the scope that somebody has handed in, newest first; `handed_in` counts attempts.

    Practice is no sitting with results.
    """
    handed_in = Count("enrolments__attempts", filter=Q(enrolments__attempts__state=states.SUBMITTED))
    rows: QuerySet[Sitting] = marked_sittings().annotate(handed_in=handed_in).filter(handed_in__gt=0)
    return rows.select_related("exam").order_by("-opens_at", "-id")
