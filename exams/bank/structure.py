"""Writes what stands in an exam: sections, questions and pools in their order, with their points.

Papers that are drawn already keep theirs, so every one of these may be done at any time.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams.kinds.shapes import plain_text
from exams.models import Exam, Question, QuestionCategory, QuestionTag, Section, SectionPool, SectionQuestion
from exams.models.exam import Navigation
from exams.models.pool import LARGEST_POOL
from proctor_site.kernel.errors import Conflict, InvalidInput

MOST_POINTS = Decimal("9999.99")
MOST_ADDED = 200
Place = SectionQuestion | SectionPool


def add_section(exam: Exam, *, title: str, actor: User | None) -> Section:
    """A new section at the end. Raises InvalidInput (title), and what `require_own` raises."""
    title = plain_text(title, "title", "The title", most=200).strip()
    require_own(exam)
    with transaction.atomic():
        lock(exam)
        last = max((section.position for section in exam.sections.all()), default=0)
        section = Section.objects.create(
            institution=exam.institution,
            exam=exam,
            title=title,
            position=last + 1,
            navigation=Navigation.FREE,
        )
        _note(exam, "section_added", actor, section=section.pk)
    return section


def require_own(exam: Exam) -> None:
    """Raises Conflict (outside) where another system delivers the exam, with its own questions."""
    if exam.is_outside:
        raise Conflict("Another system delivers this exam: it has no questions here.", code="outside")


def move_section(section: Section, *, up: bool, actor: User | None) -> None:
    """Moves a section one place; at the end already: nothing happens."""
    with transaction.atomic():
        lock(section.exam)
        rows = list(section.exam.sections.order_by("position", "id"))
        if _swap(rows, rows.index(section), up):
            _renumber(rows)
            _note(section.exam, "section_moved", actor, section=section.pk)


def add_questions(
    section: Section, questions: Sequence[Question], *, points: Decimal, actor: User | None
) -> int:
    """Puts questions at the end of a section; how many were not there yet.

    Raises InvalidInput (points, questions): of another institution, retired, more than MOST_ADDED.
    """
    points = clean_points(points)
    if not questions or len(questions) > MOST_ADDED:
        raise InvalidInput(f"Choose 1 to {MOST_ADDED} questions.", field="questions")
    for question in questions:
        if question.institution_id != section.institution_id or question.retired_at is not None:
            raise InvalidInput(f"“{question}” cannot be used.", field="questions")
    with transaction.atomic():
        lock(section.exam)
        rows = places_of(section)
        there = {row.question_id for row in rows if isinstance(row, SectionQuestion)}
        new = list({each.pk: each for each in questions if each.pk not in there}.values())
        rows += [
            SectionQuestion.objects.create(
                institution=section.institution, section=section, question=question, points=points, position=1
            )
            for question in new
        ]
        _renumber(rows)
        if new:
            _note(section.exam, "questions_added", actor, questions=[each.pk for each in new])
    return len(new)


def save_pool(
    section: Section,
    *,
    pool: SectionPool | None,
    count: int,
    points: Decimal,
    category: QuestionCategory | None,
    with_children: bool,
    tags: Iterable[QuestionTag],
    least_difficulty: int | None,
    most_difficulty: int | None,
    actor: User | None,
) -> SectionPool:
    """A pool at the end of a section, or the changed `pool`, which stays in its place.

    Raises InvalidInput: count, points, category or tags of another institution, most_difficulty below the
    lowest one. A pool that is short is not refused here: questions may still come.
    """
    tags = list(tags)
    if not 1 <= count <= LARGEST_POOL:
        raise InvalidInput(f"A pool draws 1 to {LARGEST_POOL} questions.", field="count")
    if any(row is not None and row.institution_id != section.institution_id for row in (category, *tags)):
        raise InvalidInput("Category and tags must be your own.", field="category")
    if least_difficulty and most_difficulty and least_difficulty > most_difficulty:
        raise InvalidInput("The lowest difficulty is above the highest.", field="most_difficulty")
    values: dict[str, Any] = {
        "count": count,
        "points": clean_points(points),
        "category": category,
        "with_children": with_children,
        "least_difficulty": least_difficulty,
        "most_difficulty": most_difficulty,
    }
    with transaction.atomic():
        lock(section.exam)
        if pool is None:
            pool = SectionPool.objects.create(
                institution=section.institution, section=section, position=LAST, **values
            )
            verb = "pool_added"
        else:
            SectionPool.objects.filter(pk=pool.pk, section__exam=section.exam).update(**values)
            pool.refresh_from_db()
            verb = "pool_changed"
        pool.tags.set(tags)
        _renumber(places_of(pool.section))
        _note(section.exam, verb, actor, pool=pool.pk, source=pool.source, count=count)
    return pool


LAST = 32_767


def move(place: Place, *, up: bool, actor: User | None) -> None:
    """Moves a question or pool one place in its section; at the end already: into the section beside it."""
    exam = place.section.exam
    with transaction.atomic():
        lock(exam)
        rows = places_of(place.section)
        if _swap(rows, rows.index(place), up):
            _renumber(rows)
        elif not _move_across(place, exam, up):
            return
        _note(exam, "place_moved", actor, **_named(place))


def remove(place: Place, *, actor: User | None) -> None:
    """Takes a question or pool out of its section; the question stays in the bank."""
    exam = place.section.exam
    with transaction.atomic():
        lock(exam)
        detail = _named(place)
        section = place.section
        place.delete()
        _renumber(places_of(section))
        _note(exam, "place_removed", actor, **detail)


def set_points(exam: Exam, points: Mapping[Place, Decimal], *, actor: User | None) -> int:
    """Sets points of questions and pools; how many changed. Raises InvalidInput (points)."""
    changed = 0
    with transaction.atomic():
        lock(exam)
        for place, value in points.items():
            clean = clean_points(value)
            if clean != place.points:
                place.points = clean
                place.save(update_fields=["points"])
                changed += 1
        if changed:
            _note(exam, "points_changed", actor, places=changed)
    return changed


def places_of(section: Section) -> list[Place]:
    """Questions and pools of a section in their order."""
    rows: list[Place] = [*section.questions.order_by("id"), *section.pools.order_by("id")]
    return sorted(rows, key=lambda each: (each.position, isinstance(each, SectionPool), each.pk))


def clean_points(value: object) -> Decimal:
    """`value` as points of one question. Raises InvalidInput (points)."""
    if not isinstance(value, Decimal) or not value.is_finite() or not 0 <= value <= MOST_POINTS:
        raise InvalidInput(f"Points are a number from 0 to {MOST_POINTS}.", field="points")
    if value != value.quantize(Decimal("0.01")):
        raise InvalidInput("Points have at most two decimals.", field="points")
    return value.quantize(Decimal("0.01"))


def _move_across(place: Place, exam: Exam, up: bool) -> bool:
    sections = list(exam.sections.order_by("position", "id"))
    beside = sections.index(place.section) + (-1 if up else 1)
    if not 0 <= beside < len(sections):
        return False
    target = sections[beside]
    if isinstance(place, SectionQuestion) and target.questions.filter(question=place.question_id).exists():
        raise Conflict(f"“{place.question}” stands in “{target.title}” already.", code="twice_in_section")
    left, rows = place.section, places_of(target)
    rows.insert(len(rows) if up else 0, place)
    place.section = target
    place.save(update_fields=["section"])
    _renumber(rows)
    _renumber(places_of(left))
    return True


def _swap(rows: list[Any], at: int, up: bool) -> bool:
    other = at + (-1 if up else 1)
    if not 0 <= other < len(rows):
        return False
    rows[at], rows[other] = rows[other], rows[at]
    return True


def _renumber(rows: Sequence[Any]) -> None:
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])


def _named(place: Place) -> dict[str, int]:
    return {"question": place.question_id} if isinstance(place, SectionQuestion) else {"pool": place.pk}


def _note(exam: Exam, what: str, actor: User | None, **detail: Any) -> None:
    exam.save(update_fields=["changed_at"])
    audit.record(exam.institution, exam, f"exam.{what}", actor=actor, detail=detail)
