"""Reads an exam as its author sees it: questions and pools, totals, and what is wrong with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from exams.bank.categories import lies_in
from exams.bank.pools import Pool, draw
from exams.kinds import certainty
from exams.kinds.registry import KINDS
from exams.models import Exam, Question, Section, SectionPool, SectionQuestion

TOO_MANY_POINTS = (
    f"With certainty-based marking a question can have at most {certainty.LARGEST_UNIT} points, because it "
    "counts up to six times as many. Give fewer points, or switch the option off."
)
_ANY_SEED = 0
"""How many questions each pool finds does not depend on the seed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in a section: a fixed question or a pool; `points` for each question of it."""

    section: Section
    position: int
    points: Decimal
    placement: SectionQuestion | None = None
    pool: SectionPool | None = None

    @property
    def question_id(self) -> int | None:
        return self.placement.question_id if self.placement else None

    @property
    def count(self) -> int:
        return self.pool.count if self.pool else 1


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about an exam that its author should know. With `is_blocking` no paper can be drawn."""

    code: str
    text: str
    is_blocking: bool = False


def entries_of(exam: Exam) -> list[Entry]:
    """The places of an exam in order of sections and positions; a question before a pool of its position."""
    placed = SectionQuestion.objects.filter(section__exam=exam).select_related("section", "question")
    pools = SectionPool.objects.filter(section__exam=exam).select_related("section", "category")
    entries = [Entry(row.section, row.position, row.points, placement=row) for row in placed.order_by("id")]
    entries += [
        Entry(row.section, row.position, row.points, pool=row)
        for row in pools.order_by("id").prefetch_related("tags")
    ]
    return sorted(
        entries, key=lambda each: (each.section.position, each.section.pk, each.position, bool(each.pool))
    )


def matching(pool: SectionPool) -> "QuerySet[Question]":
    """The questions a pool may draw: with a wording, not retired, in its category, tags and difficulty."""
    rows = Question.objects.filter(
        institution=pool.institution_id, retired_at=None, versions__isnull=False
    ).distinct()
    if pool.category is not None:
        rows = rows.filter(lies_in(pool.category, with_children=pool.with_children))
    for tag in pool.tags.all() if pool.pk else ():
        rows = rows.filter(tags=tag)
    if pool.least_difficulty:
        rows = rows.filter(difficulty__gte=pool.least_difficulty)
    if pool.most_difficulty:
        rows = rows.filter(difficulty__lte=pool.most_difficulty)
    return rows.order_by("pk")


def pools_of(entries: Iterable[Entry]) -> dict[int, Pool]:
    """The pools among `entries` with what they may draw, by pool id and in their order."""
    return {
        each.pool.pk: Pool(
            str(each.pool.pk), each.pool.count, list(matching(each.pool).values_list("pk", flat=True))
        )
        for each in entries
        if each.pool is not None
    }


def found_by_pool(entries: Sequence[Entry]) -> dict[int, int]:
    """How many questions each pool can draw on one paper beside all others, by pool id."""
    wanted = pools_of(entries)
    taken = {each.question_id for each in entries if each.question_id is not None}
    drawn = draw(list(wanted.values()), taken=taken, seed=_ANY_SEED)
    return {pk: len(found) for pk, found in zip(wanted, drawn, strict=True)}


def totals(entries: Iterable[Entry]) -> tuple[int, Decimal]:
    """How many questions a paper has, and how many points they give together."""
    rows = list(entries)
    return sum(row.count for row in rows), sum((row.count * row.points for row in rows), Decimal(0))


def most_points(exam: Exam, entries: Iterable[Entry]) -> Decimal:
    """The most points that a paper can give, certainty counted; for what pools may draw the upper limit."""
    return sum((row.count * row.points * _factor(exam, row) for row in entries), Decimal(0))


def _factor(exam: Exam, row: Entry) -> int:
    if not exam.asks_certainty:
        return 1
    by_person = row.placement is not None and KINDS[row.placement.question.kind].marked_by_person
    return 1 if by_person else certainty.FACTOR


def findings_of(exam: Exam, entries: Sequence[Entry] | None = None) -> list[Finding]:
    """What the author or officer should know before the exam is scheduled; the worst first."""
    rows = entries_of(exam) if entries is None else entries
    found = found_by_pool(rows)
    short = [
        Finding(
            "pool_short",
            f"The pool {row.pool.source} in “{row.section.title}” has {found[row.pool.pk]} of the "
            f"{row.pool.count} questions it needs.",
            is_blocking=True,
        )
        for row in rows
        if row.pool is not None and found[row.pool.pk] < row.pool.count
    ]
    large = (
        [Finding("too_many_points", TOO_MANY_POINTS, is_blocking=True)] if _is_too_large(exam, rows) else []
    )
    return [*short, *large, *_of_questions(exam, rows), *_of_sections(exam, rows)]


def _is_too_large(exam: Exam, rows: Sequence[Entry]) -> bool:
    return any(_factor(exam, row) > 1 and row.points > certainty.LARGEST_UNIT for row in rows)


def _of_questions(exam: Exam, rows: Sequence[Entry]) -> list[Finding]:
    count, points = totals(rows)
    if not count:
        return [Finding("no_questions", "This exam has no questions yet.", is_blocking=True)]
    noted = []
    if not points:
        noted.append(Finding("no_points", "No question gives points, so nobody can pass."))
    retired = [
        str(row.placement.question) for row in rows if row.placement and row.placement.question.retired_at
    ]
    if retired:
        names = ", ".join(f"“{name}”" for name in retired)
        noted.append(Finding("retired", f"Retired questions are still asked: {names}."))
    return noted


def _of_sections(exam: Exam, rows: Sequence[Entry]) -> list[Finding]:
    filled = {row.section.pk for row in rows}
    sections = list(exam.sections.order_by("position", "id"))
    empty = [section for section in sections if section.pk not in filled]
    return [
        Finding("empty_section", f"“{section.title}” has no questions; candidates will not see it.")
        for section in empty
    ]


def notes_for(exam: Exam, *, duration_minutes: int) -> list[str]:
    """What an officer should know who schedules the exam with that working time; the worst first."""
    notes = [each.text for each in findings_of(exam)]
    limits = sum(section.minutes for section in exam.sections.all() if section.minutes)
    if limits > duration_minutes:
        notes.append(
            f"The parts of this exam may take {limits} minutes, but the working time is {duration_minutes} "
            "minutes: who takes all the time of the first parts has too little for the last."
        )
    return notes
