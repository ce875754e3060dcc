"""Writes marks that need no person, and reads the result of an attempt."""

from dataclasses import replace

from exams.marking import marks
from exams.marking.automatic import Result, result
from exams.marking.queries import marked_attempts
from exams.marking.rule_marks import AS_ON_PAPER, by_rule, rules_in_force
from exams.models import Attempt, Mark, PaperItem, RoundAnswer, Sitting


def has_person_mark(item: PaperItem) -> bool:
    """Whether a person, or a ruling for everybody, has decided about the points of this question."""
    mark = Mark.objects.filter(item=item).first()
    return mark is not None and (mark.person_points is not None or bool(mark.ruling))


def mark_automatically(attempt: Attempt) -> list[marks.Wanted]:
    """Gives points for every answer that a rule can mark, in the caller's transaction; returns what is new.

    Questions that a person has to mark stay without a mark, and what a person gave stands. Regrades of the
    sitting hold here as well.
    """
    rows = attempt.paper.select_related("version__question", "answer", "mark__key", "institution")
    rules = rules_in_force(attempt.enrolment.sitting)
    fresh = []
    for item in rows.order_by("position"):
        as_is, wanted = (
            marks.wanted_as_is(item),
            by_rule(item, rules.get(item.version.question_id, AS_ON_PAPER)),
        )
        if (as_is.layers, as_is.key) != (wanted.layers, wanted.key):
            fresh.append(wanted)
    marks.write(fresh, actor=None, source="rule")
    return fresh


def mark_ended(sitting: Sitting) -> None:
    """Marks by rule what ended without being handed in (a proctor ended it), in the caller's transaction."""
    # A join and no Exists: within a scope SQLite would search that by institution, through all its marks.
    for attempt in marked_attempts(sitting).filter(marks=None).select_related("institution"):
        mark_automatically(attempt)


def take_back_marks(attempt: Attempt) -> None:
    """Unmarks an attempt that goes on after all, in the caller's transaction; the history keeps all."""
    RoundAnswer.objects.filter(item__attempt=attempt).delete()
    rows = attempt.paper.filter(mark__isnull=False)
    rows = rows.select_related("mark__key", "mark__marker", "institution")
    wanted = [marks.wanted_as_is(item) for item in rows]
    cleared = [
        replace(each, marker=None, comment="", layers=replace(each.layers, rule=None, person=None, ruling=""))
        for each in wanted
    ]
    marks.write(cleared, actor=None, source="reinstated")


def result_of(attempt: Attempt) -> Result:
    """Points, percentage and whether it is passed; `passed` None while a person still has to mark.

    Before the end nothing is marked, so everything counts as unmarked.
    """
    rows = attempt.paper.values_list("points", "mark__possible", "mark__points")
    items = [(on_paper if possible is None else possible, given) for on_paper, possible, given in rows]
    exam = attempt.enrolment.sitting.exam
    return result(items, pass_percentage=exam.pass_percentage, grade_steps=exam.grade_steps)
