"""Writes marks that need no person, and reads the result of an attempt."""

from exams.kinds.registry import kind_named
from exams.marking.automatic import Result, points_for, result
from exams.models import Attempt, Mark
from proctor_site.kernel import clock


def mark_automatically(attempt: Attempt) -> list[Mark]:
    """Gives points for every answer that a rule can mark, in the caller's transaction.

    Questions that a person has to mark stay without a mark. What is marked already stays as it is.
    """
    now = clock.now()
    marks = []
    rows = attempt.paper.filter(mark=None).select_related("version__question", "answer")
    for item in rows.order_by("position"):
        kind = kind_named(item.version.question.kind)
        answer = getattr(item, "answer", None)
        share = kind.mark(item.version.content, answer.value if answer else None)
        if share is not None:
            points = points_for(share, item.points)
            marks.append(
                Mark(
                    institution=attempt.institution,
                    attempt=attempt,
                    item=item,
                    points=points,
                    rule_points=points,
                    marked_at=now,
                )
            )
    return Mark.objects.bulk_create(marks)


def result_of(attempt: Attempt) -> Result:
    """Points, percentage and whether it is passed; `passed` None while a person still has to mark.

    Before the end nothing is marked, so everything counts as unmarked.
    """
    rows = attempt.paper.values_list("points", "mark__possible", "mark__points")
    items = [(on_paper if possible is None else possible, given) for on_paper, possible, given in rows]
    exam = attempt.enrolment.sitting.exam
    return result(items, pass_percentage=exam.pass_percentage, grade_steps=exam.grade_steps)
